import { AwsError } from '../AwsError';
import { ImageRegistry, ReplicationRule } from '../ImageRegistry';
import { Properties, ResourceType } from './ResourceType';

/**
 * AWS::ECR::ReplicationConfiguration: the one replication setting of a registry.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-replicationconfiguration.html
 */
export function ecrReplicationType(registry: ImageRegistry): ResourceType {
  return {
    properties: ['ReplicationConfiguration'],
    required: ['ReplicationConfiguration'],
    replacedBy: [],

    create(properties, { place }) {
      if (registry.getReplicationRules(place).length > 0) {
        throw new AwsError(
          'AlreadyExists',
          `Replication Configuration already exists in the registry with id '${place.accountId}'`,
        );
      }
      registry.setReplicationRules(place, toRules(properties));
      return place.accountId;
    },

    update(_physicalId, properties, { place }) {
      registry.setReplicationRules(place, toRules(properties));
    },

    delete(_physicalId, _properties, { place }) {
      registry.setReplicationRules(place, []);
    },

    attributes(physicalId) {
      return { RegistryId: physicalId };
    },

    read(_physicalId, { place }) {
      const rules = registry.getReplicationRules(place);
      return rules.length === 0
        ? undefined
        : {
            ReplicationConfiguration: {
              Rules: rules.map(({ destinations, prefixes }) => ({
                Destinations: destinations.map(({ accountId, region }) => ({
                  Region: region,
                  RegistryId: accountId,
                })),
                ...(prefixes.length > 0 && {
                  RepositoryFilters: prefixes.map(Filter => ({
                    Filter,
                    FilterType: 'PREFIX_MATCH',
                  })),
                }),
              })),
            },
          };
    },
  };
}

function toRules(properties: Properties): ReplicationRule[] {
  const rules: Properties[] = properties.ReplicationConfiguration.Rules ?? [];
  return rules.map(({ Destinations, RepositoryFilters }) => ({
    destinations: (Destinations as Properties[]).map(
      ({ Region, RegistryId }) => ({ region: Region, accountId: RegistryId }),
    ),
    prefixes: ((RepositoryFilters ?? []) as Properties[]).map(
      ({ Filter }) => Filter,
    ),
  }));
}
