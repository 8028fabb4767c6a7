import { yaml } from '../gitops/kustomize/labels';
import { ComponentDatabase, DatabaseEnvironment } from './types';

/** The catalog entry of a component's database, as YAML. */
export function renderDatabaseEntity(
  database: ComponentDatabase,
  environments: DatabaseEnvironment[],
): string {
  const { component, system, owner } = database;
  return yaml({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: `${component}-database`,
      description: `The PostgreSQL database of ${component}, in ${environments
        .map(({ name }) => name)
        .join(', ')}`,
      annotations: {
        'fairway.dev/environments': environments
          .map(({ name }) => name)
          .join(','),
      },
      tags: ['postgresql'],
    },
    spec: {
      type: 'database',
      owner,
      system,
      dependsOn: [
        ...new Set(environments.map(({ databaseRef }) => databaseRef)),
      ],
      dependencyOf: [`component:default/${component}`],
    },
  });
}
