import {
  EnvironmentRuntime,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import { BoardInput } from './board';

/**
 * Where the board's readings come from, and how fresh they are: the catalog,
 * repositories by name, then what deploys. The order is the same in every
 * replica, whichever repository it read first.
 */
export function boardSources(input: BoardInput): OverviewSource[] {
  const repositories = input.repositories.toSorted(
    (a, b) =>
      a.repository.localeCompare(b.repository, 'en') ||
      a.branch.localeCompare(b.branch, 'en'),
  );
  return [
    input.catalogSource,
    ...repositories.map(r => ({
      id: `git:${r.repository}#${r.branch}`,
      title: `Git ${r.repository}`,
      state: r.state,
      ...(r.observedAt && { observedAt: r.observedAt }),
      ...(r.message && { message: r.message }),
    })),
    ...input.deploymentSources
      .filter(({ snapshot }) => snapshot.state !== 'absent')
      .map(({ instance, title, runtime, snapshot }) => ({
        id: runtime === 'eks' ? `argocd:${instance}` : instance,
        title,
        state: snapshot.state,
        ...(snapshot.observedAt && { observedAt: snapshot.observedAt }),
        ...(snapshot.message && { message: snapshot.message }),
      })),
    ...missingSources(input),
  ];
}

/** What environments would need, and is not configured. */
function missingSources({
  catalog,
  deploymentSources,
}: BoardInput): OverviewSource[] {
  const lacks = (runtime: EnvironmentRuntime) =>
    deploymentSources.every(s => s.runtime !== runtime);
  const absent = { state: 'absent' as const };
  return [
    ...(lacks('eks')
      ? [
          {
            id: 'argocd',
            title: 'Argo CD',
            message: 'Not configured (platformEnvs.argocd.instances)',
            ...absent,
          },
        ]
      : []),
    ...(lacks('ecs') && catalog.environments.some(e => e.runtime === 'ecs')
      ? [
          {
            id: 'ecs',
            title: 'Amazon ECS',
            message: 'Not configured (the block aws)',
            ...absent,
          },
        ]
      : []),
  ];
}
