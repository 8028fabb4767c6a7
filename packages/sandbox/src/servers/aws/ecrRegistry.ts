import type { ScanFrequency } from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import { ReplicationRule } from '../../world/aws/registry/types';
import { checkPolicyText } from './ecrPolicies';
import { CallContext, Handlers } from './handlers';

/** Amazon ECR: what is set for a registry as a whole. */
export const ecrRegistryHandlers: Handlers<
  typeof import('@aws-sdk/client-ecr')
> = {
  PutReplicationConfiguration(input, context) {
    const rules = input.replicationConfiguration!.rules!.map(
      ({ destinations, repositoryFilters }): ReplicationRule => ({
        destinations: destinations!.map(({ region, registryId }) => ({
          region: region!,
          accountId: registryId!,
        })),
        prefixes: (repositoryFilters ?? []).map(({ filter }) => filter!),
      }),
    );
    for (const { region, accountId } of rules.flatMap(
      rule => rule.destinations,
    )) {
      if (region === context.region && accountId === context.accountId) {
        throw new AwsError(
          'InvalidParameterException',
          `Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication destination cannot be the same as the source registry'`,
        );
      }
    }
    context.aws.registry.setReplicationRules(context, rules);
    return { replicationConfiguration: input.replicationConfiguration };
  },

  DescribeRegistry(_input, context) {
    return {
      registryId: context.accountId,
      replicationConfiguration: {
        rules: context.aws.registry
          .getReplicationRules(context)
          .map(({ destinations, prefixes }) => ({
            destinations: destinations.map(({ accountId, region }) => ({
              region,
              registryId: accountId,
            })),
            repositoryFilters: prefixes.map(filter => ({
              filter,
              filterType: 'PREFIX_MATCH' as const,
            })),
          })),
      },
    };
  },

  GetRegistryScanningConfiguration(_input, context) {
    return {
      registryId: context.accountId,
      scanningConfiguration: scanningConfiguration(
        context.aws.registry.settings.of(context),
      ),
    };
  },

  PutRegistryScanningConfiguration(input, context) {
    const { settings } = context.aws.registry;
    settings.change(context, {
      scanType: input.scanType ?? 'BASIC',
      scanningRules: (input.rules ?? []).map(
        ({ scanFrequency, repositoryFilters }) => ({
          scanFrequency: scanFrequency!,
          filters: repositoryFilters!.map(({ filter }) => filter!),
        }),
      ),
    });
    return {
      registryScanningConfiguration: scanningConfiguration(
        settings.of(context),
      ),
    };
  },

  PutRegistryPolicy({ policyText }, context) {
    checkPolicyText(policyText!, 'registry');
    context.aws.registry.settings.change(context, { policy: policyText });
    return { registryId: context.accountId, policyText };
  },

  GetRegistryPolicy(_input, context) {
    return registryPolicyOf(context);
  },

  DeleteRegistryPolicy(_input, context) {
    const reply = registryPolicyOf(context);
    context.aws.registry.settings.change(context, { policy: undefined });
    return reply;
  },
};

function registryPolicyOf({ aws, accountId, region }: CallContext) {
  const { policy } = aws.registry.settings.of({ accountId, region });
  if (policy === undefined) {
    throw new AwsError(
      'RegistryPolicyNotFoundException',
      `Registry policy does not exist in the registry with id '${accountId}'`,
    );
  }
  return { registryId: accountId, policyText: policy };
}

function scanningConfiguration({
  scanType,
  scanningRules,
}: {
  scanType: 'BASIC' | 'ENHANCED';
  scanningRules: Array<{ scanFrequency: string; filters: string[] }>;
}) {
  return {
    scanType,
    rules: scanningRules.map(({ scanFrequency, filters }) => ({
      scanFrequency: scanFrequency as ScanFrequency,
      repositoryFilters: filters.map(filter => ({
        filter,
        filterType: 'WILDCARD' as const,
      })),
    })),
  };
}
