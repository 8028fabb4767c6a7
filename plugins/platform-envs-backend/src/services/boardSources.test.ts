import { BoardInput } from './board';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { boardSources, sourcesAbout } from './boardSources';

describe('boardSources', () => {
  it('lists repositories by name, whichever was read first', () => {
    const repository = (name: string, branch = 'main') => ({
      repository: name,
      branch,
      state: 'live' as const,
      observedAt: '2026-03-10T12:00:00Z',
    });
    const idsOf = (repositories: ReturnType<typeof repository>[]) =>
      boardSources({
        catalog: { environments: [], components: [] },
        catalogSource: { id: 'catalog', title: 'Catalog', state: 'live' },
        repositories,
        deploymentSources: [],
      } as unknown as BoardInput).map(({ id }) => id);

    const [a, b, c] = [
      repository('a/infra', 'live'),
      repository('a/infra', 'main'),
      repository('b/infra'),
    ];
    expect(idsOf([c, b, a])).toEqual([
      'catalog',
      'git:a/infra#live',
      'git:a/infra#main',
      'git:b/infra#main',
      'argocd',
    ]);
    expect(idsOf([b, a, c])).toEqual(idsOf([c, b, a]));
  });

  it('names for some environments only what says something about them', () => {
    const repository = (name: string) => ({
      repository: name,
      branch: 'main',
      state: 'live' as const,
    });
    const source = (instance: string, runtime: 'eks' | 'ecs') => ({
      instance,
      title: instance,
      runtime,
      snapshot: { state: 'stale' as const, deployments: [] },
    });
    const environment = (runtime: 'eks' | 'ecs' | 'local', git?: string) =>
      ({
        runtime,
        ...(git && { gitops: { repository: git, branch: 'main', path: '' } }),
      } as EnvironmentSummary);
    const [onEks, onEcs, local] = [
      environment('eks', 'a/infra'),
      environment('ecs', 'b/infra'),
      environment('local'),
    ];
    const input = {
      catalog: { environments: [onEks, onEcs, local], components: [] },
      catalogSource: { id: 'catalog', title: 'Catalog', state: 'live' },
      repositories: [repository('a/infra'), repository('b/infra')],
      deploymentSources: [source('main', 'eks'), source('ecs:1', 'ecs')],
    } as unknown as BoardInput;
    const idsOf = (environments: EnvironmentSummary[], given = input) =>
      sourcesAbout(environments, given).map(({ id }) => id);
    expect(idsOf([onEks])).toEqual([
      'catalog',
      'git:a/infra#main',
      'argocd:main',
    ]);
    expect(idsOf([onEcs])).toEqual(['catalog', 'git:b/infra#main', 'ecs:1']);
    expect(idsOf([local])).toEqual(['catalog']);
    const unconfigured = { ...input, deploymentSources: [] };
    expect(idsOf([onEks], unconfigured)).toContain('argocd');
    expect(idsOf([onEcs], unconfigured)).toEqual([
      'catalog',
      'git:b/infra#main',
      'ecs',
    ]);
  });
});
