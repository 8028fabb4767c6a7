import {
  PlannedChange,
  PlannedThing,
} from '@fairway/plugin-platform-envs-common';
import { ComponentEnvironment, GitopsComponent } from '../gitops/types';
import { AddFilesOptions, AddFilesResult } from '../github/addFilesInOneCommit';
import { plannedTerraform } from './plannedTerraform';

/** What {@link plannedDesiredState} is told. */
export interface DesiredStateParts {
  /** The commit as it would be made. */
  change: Pick<
    AddFilesOptions,
    'owner' | 'repo' | 'branch' | 'subject' | 'files'
  >;
  /** What its files say. */
  component: GitopsComponent;
  /** Which of its files are there already. */
  found: Pick<AddFilesResult, 'added' | 'present'>;
}

/**
 * The commit to a GitOps repository with its files, and what would run in each
 * environment for it, in promotion order.
 */
export function plannedDesiredState(parts: DesiredStateParts): PlannedThing[] {
  const { change, component, found } = parts;
  const where = `${change.owner}/${change.repo}@${change.branch}`;
  const names = component.environments.map(({ shortName }) => shortName);
  const added = new Set(found.added);
  const files = [...change.files].map(([name, content]): PlannedThing => {
    const environment = names.find(shortName =>
      name.split('/').includes(shortName),
    );
    return {
      kind: 'file',
      name,
      where,
      change: added.has(name) ? 'create' : 'keep',
      content,
      sizeBytes: Buffer.byteLength(content),
      ...(environment && { environment }),
      ...(!added.has(name) && {
        note: 'It is there already and stays as it is, whatever is in it',
      }),
    };
  });
  return [
    ...(added.size > 0
      ? [
          {
            kind: 'commit' as const,
            name: change.subject,
            where,
            change: 'create' as const,
            note: `${added.size} files`,
          },
        ]
      : []),
    ...files,
    ...component.environments.flatMap(environment => {
      const isNew = files.some(
        file =>
          file.environment === environment.shortName &&
          file.change === 'create',
      );
      const becomes = isNew ? 'create' : 'keep';
      return [
        ...deploymentsIn(component, environment, becomes),
        ...(environment.runtime === 'ecs'
          ? plannedTerraform(component, environment, becomes)
          : []),
      ];
    }),
  ];
}

function deploymentsIn(
  component: GitopsComponent,
  environment: ComponentEnvironment,
  change: PlannedChange,
): PlannedThing[] {
  const { sizing, shortName, cluster, runtime, primaryRegion } = environment;
  const isEcs = runtime === 'ecs';
  // As the variables of the service say it.
  const isSpot = isEcs && environment.tier !== 'prod';
  const deployment = (name: string): PlannedThing => ({
    kind: 'deployment',
    name,
    where: cluster ?? shortName,
    environment: shortName,
    change,
    note: 'It starts when the first image is built',
    ...(primaryRegion && {
      capacity: {
        runtime,
        region: primaryRegion,
        replicas: sizing.replicas,
        ...(sizing.maxReplicas && { maxReplicas: sizing.maxReplicas }),
        ...(isSpot && { spot: true }),
        ...(isEcs
          ? {
              cpu: String(sizing.fargate.cpu / 1024),
              memory: `${sizing.fargate.memory}Mi`,
            }
          : sizing.kubernetes.requests),
      },
    }),
  });
  return [
    deployment(component.name),
    ...(isEcs
      ? component.workers.map(worker =>
          deployment(`${component.name}-${worker.name}`),
        )
      : []),
  ];
}
