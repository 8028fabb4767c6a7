import { parseEntityRef } from '@backstage/catalog-model';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { ComponentEntry } from './CatalogView';
import { LinkValues } from './links';

/** What links may say about an environment, or about a component in it. */
export function linkValuesOf(
  environment: EnvironmentSummary,
  entry?: Pick<ComponentEntry, 'component'>,
): LinkValues {
  const { systemRef, shortName, namespace, clusterRef, databaseRef } =
    environment;
  return {
    ...(entry && { component: entry.component.name }),
    environment: shortName,
    system: parseEntityRef(systemRef).name,
    runtime: environment.runtime,
    account: environment.awsAccountId,
    region: environment.regions.find(r => r.role === 'primary')?.name,
    namespace,
    cluster: clusterRef && parseEntityRef(clusterRef).name,
    database: databaseRef && parseEntityRef(databaseRef).name,
  };
}
