import {
  EnvironmentRuntime,
  EnvironmentSummary,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import { BoardInput } from './board';

/** Id of the Argo CD that is not configured. */
const NO_ARGOCD = 'argocd';

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

/** The same of some environments only: a source that says nothing about them is none of theirs. */
export function sourcesAbout(
  environments: EnvironmentSummary[],
  input: BoardInput,
): OverviewSource[] {
  const runtimes = new Set(environments.map(e => e.runtime));
  const folders = environments.flatMap(({ gitops }) => gitops ?? []);
  return boardSources({
    ...input,
    catalog: { ...input.catalog, environments },
    repositories: input.repositories.filter(({ repository, branch }) =>
      folders.some(f => f.repository === repository && f.branch === branch),
    ),
    deploymentSources: input.deploymentSources.filter(({ runtime }) =>
      runtimes.has(runtime),
    ),
  }).filter(({ id }) => id !== NO_ARGOCD || runtimes.has('eks'));
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
            id: NO_ARGOCD,
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
