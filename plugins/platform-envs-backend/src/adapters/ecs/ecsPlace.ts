import { parseEntityRef } from '@backstage/catalog-model';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { EcsPlace } from './toDeployment';

/** Key of the source in configuration, snapshots and URLs. */
export const INSTANCE = 'ecs';

/** Where the catalog says that the cluster is, or what it leaves out. */
export function placeOf(
  environment: EnvironmentSummary,
): { place: EcsPlace } | { missing: string } {
  const { awsAccountId, clusterRef, regions } = environment;
  const region = regions.find(r => r.role === 'primary') ?? regions[0];
  const missing = [
    !awsAccountId && 'spec.awsAccountId',
    !clusterRef && 'spec.cluster',
    !region && 'spec.regions',
  ].filter(Boolean);
  if (missing.length || !awsAccountId || !clusterRef || !region) {
    return {
      missing: `${
        environment.title
      } does not say where its cluster is (${missing.join(', ')})`,
    };
  }
  return {
    place: {
      instance: INSTANCE,
      accountId: awsAccountId,
      region: region.name,
      cluster: parseEntityRef(clusterRef).name,
    },
  };
}

/** The same for environments that share a cluster. */
export function keyOf({ accountId, region, cluster }: EcsPlace): string {
  return `${accountId}/${region}/${cluster}`;
}
