import { BoardInput } from './board';
import { boardSources } from './boardSources';

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
});
