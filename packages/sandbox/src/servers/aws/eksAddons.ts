import { ADDON_CATALOG, AddonVersion } from '../../world/aws/eks/addonCatalog';
import { AwsError } from '../../world/aws/AwsError';
import { eksPage } from './eksPages';
import { addonShape } from './eksShapes';
import { Handlers } from './handlers';

/** Amazon EKS: what stands on a cluster, and what could. */
export const eksAddonHandlers: Handlers<typeof import('@aws-sdk/client-eks')> =
  {
    ListAddons(input, { aws, ...place }) {
      const { addons } = aws.eks.get(place, input.clusterName!);
      const page = eksPage(addons, input);
      return {
        addons: page.items.map(({ name }) => name),
        nextToken: page.nextToken,
      };
    },

    DescribeAddon(input, { aws, ...place }) {
      const cluster = aws.eks.get(place, input.clusterName!);
      const addon = cluster.addons.find(({ name }) => name === input.addonName);
      if (!addon) {
        throw new AwsError(
          'ResourceNotFoundException',
          `No addon: ${input.addonName} found in cluster: ${cluster.name}`,
          404,
          { clusterName: cluster.name, addonName: input.addonName },
        );
      }
      return { addon: addonShape(cluster, addon) };
    },

    DescribeAddonVersions(input) {
      const { kubernetesVersion, addonName, types, owners, publishers } = input;
      const found = ADDON_CATALOG.filter(
        ({ name, type }) =>
          (!addonName || name === addonName) &&
          (!types || types.includes(type)) &&
          (!owners || owners.includes('aws')) &&
          (!publishers || publishers.includes('eks')),
      )
        .map(kind => ({
          ...kind,
          versions: kind.versions.filter(
            ({ clusterVersions }) =>
              !kubernetesVersion || clusterVersions.includes(kubernetesVersion),
          ),
        }))
        .filter(({ versions }) => versions.length > 0);
      if (addonName && found.length === 0) {
        throw new AwsError(
          'ResourceNotFoundException',
          'Addon specified is not supported',
          404,
          { addonName },
        );
      }
      const page = eksPage(found, input);
      return {
        addons: page.items.map(kind => ({
          addonName: kind.name,
          type: kind.type,
          owner: 'aws',
          publisher: 'eks',
          defaultNamespace: kind.defaultNamespace,
          addonVersions: kind.versions.map(version => ({
            ...versionShape(version, kubernetesVersion),
            requiresIamPermissions: kind.requiresIamPermissions,
          })),
        })),
        nextToken: page.nextToken,
      };
    },
  };

function versionShape(
  { version, clusterVersions, defaultFor }: AddonVersion,
  kubernetesVersion: string | undefined,
) {
  return {
    addonVersion: version,
    architecture: ['amd64', 'arm64'],
    computeTypes: ['ec2', 'auto', 'hybrid'],
    compatibilities: clusterVersions
      .filter(name => !kubernetesVersion || name === kubernetesVersion)
      .map(clusterVersion => ({
        clusterVersion,
        platformVersions: ['*'],
        defaultVersion: defaultFor.includes(clusterVersion),
      })),
    requiresConfiguration: false,
  };
}
