import { Deployment } from '@fairway/plugin-platform-envs-node';
import { aDeployment } from '@fairway/plugin-platform-envs-node/testUtils';
import { aComponent, anEnvironment } from '../__testUtils__/entities';
import { buildCatalogView } from './CatalogView';
import { DeploymentIndex, lookupKeysOf } from './matchDeployment';

const labels = (component: string, environment: string) => ({
  'fairway.dev/component': component,
  'fairway.dev/environment': environment,
  'app.kubernetes.io/part-of': 'shop',
});

/** What stands for `backend` in dev and prod, as `instance/namespace/name`. */
function matched(
  deployments: Partial<Deployment>[],
  annotations: Record<string, string> = {},
  environmentAnnotations: Record<string, Record<string, string>> = {},
) {
  const environments = ['dev', 'prod'].map(shortName => {
    const entity = anEnvironment(shortName, {
      cluster: `resource:default/shop-${shortName}`,
    });
    return {
      ...entity,
      metadata: {
        ...entity.metadata,
        annotations: environmentAnnotations[shortName] ?? {},
      },
    };
  });
  const view = buildCatalogView([
    ...environments,
    aComponent('backend', annotations),
  ]);
  const index = new DeploymentIndex(deployments.map(d => aDeployment(d)));
  const [entry] = view.components;
  const results = view.environments.map(environment => ({
    ...index.match(entry, environment),
    keys: lookupKeysOf(entry, environment),
  }));
  const names = results.map(({ match, deployments: found }) => [
    match,
    ...found.map(d => `${d.instance}/${d.namespace}/${d.name}`),
  ]);
  return { names, results, problems: entry.problems, index, view, entry };
}

describe('DeploymentIndex', () => {
  it('goes by labels, then by name', () => {
    expect(
      matched([
        { name: 'x', labels: labels('backend', 'dev') },
        { name: 'backend-dev' },
        { name: 'backend-prod' },
      ]).names,
    ).toEqual([
      ['declared', 'main/argocd/x'],
      ['derived', 'main/argocd/backend-prod'],
    ]);
  });

  it('takes the base annotation for environments that agree, and the override for one', () => {
    const { names } = matched(
      [
        {
          name: 'shop',
          instance: 'one',
          destination: { cluster: 'shop-dev', namespace: 'shop' },
        },
        {
          name: 'shop',
          instance: 'two',
          destination: { cluster: 'elsewhere', namespace: 'shop' },
        },
        { name: 'special' },
      ],
      {
        'argocd/app-name': 'shop',
        'prod.env.fairway.dev/argocd-app-name': 'special',
      },
    );
    expect(names).toEqual([
      ['declared', 'one/argocd/shop'],
      ['declared', 'main/argocd/special'],
    ]);
  });

  it('goes back to labels and name where the base annotation agrees with nothing', () => {
    const { names } = matched([{ name: 'shop' }, { name: 'backend-dev' }], {
      'argocd/app-name': 'shop',
    });
    expect(names).toEqual([['derived', 'main/argocd/backend-dev'], ['none']]);
  });

  it('keeps instances apart that an environment names', () => {
    const both = ['one', 'two'].map(instance => ({
      name: 'backend',
      instance,
    }));
    const { names } = matched(
      both,
      { 'argocd/app-name': 'backend' },
      {
        dev: { 'argocd/instance-name': 'one' },
        prod: { 'argocd/instance-name': 'two' },
      },
    );
    expect(names).toEqual([
      ['declared', 'one/argocd/backend'],
      ['declared', 'two/argocd/backend'],
    ]);
  });

  it('tells two of one name apart by namespace, project and instance', () => {
    const apps = [
      { name: 'backend-dev', namespace: 'team-a', project: 'a' },
      { name: 'backend-dev', namespace: 'team-b', project: 'b' },
    ];
    expect(matched(apps).names[0]).toHaveLength(3);
    for (const [annotation, value] of [
      ['argocd/app-namespace', 'team-b'],
      ['argocd/project-name', 'b'],
      ['dev.env.fairway.dev/argocd-app-namespace', 'team-b'],
    ]) {
      expect(matched(apps, { [annotation]: value }).names[0]).toEqual([
        'derived',
        'main/team-b/backend-dev',
      ]);
    }
    expect(matched(apps, { 'argocd/instance-name': 'other' }).names[0]).toEqual(
      ['none'],
    );
  });

  it('chooses by selector, within the environment', () => {
    const apps = ['dev', 'prod'].map(shortName => ({
      name: `any-${shortName}`,
      labels: { team: 'a', tier: shortName === 'dev' ? 'test' : 'live' },
    }));
    expect(matched(apps, { 'argocd/app-selector': 'team=a' }).names).toEqual([
      ['declared', 'main/argocd/any-dev'],
      ['declared', 'main/argocd/any-prod'],
    ]);
    expect(
      matched(apps, {
        'dev.env.fairway.dev/argocd-app-selector': 'team=a,tier!=test',
      }).names[0],
    ).toEqual(['declared', 'main/argocd/any-prod']);
    const { results } = matched(apps, {
      'dev.env.fairway.dev/argocd-app-selector': 'team=b,tier!=test',
    });
    expect(results[0]).toMatchObject({
      match: 'none',
      expected: 'team=b,tier!=test',
    });
  });

  it('never takes what only holds other applications for a cell', () => {
    const parent = {
      images: [],
      children: [{ kind: 'Application' as const, name: 'backend-x' }],
    };
    expect(
      matched([
        { ...parent, name: 'root', labels: labels('backend', 'dev') },
        { ...parent, name: 'backend-prod' },
      ]).names,
    ).toEqual([['none'], ['none']]);
    const { results } = matched([{ ...parent, name: 'root' }], {
      'dev.env.fairway.dev/argocd-app-name': 'root',
    });
    expect(results[0]).toMatchObject({
      match: 'none',
      expected: 'root',
      holdsOthers: true,
    });
  });

  it('takes one that holds another beside its own pods', () => {
    expect(
      matched([
        {
          name: 'backend-dev',
          images: ['registry.example.com/backend:1.0.0'],
          children: [{ kind: 'Application', name: 'database' }],
        },
      ]).names[0],
    ).toEqual(['derived', 'main/argocd/backend-dev']);
  });

  it('names a changed key for everything that match would find otherwise', () => {
    const { index, results, view, entry } = matched(
      [{ name: 'any-dev', labels: { team: 'a' } }],
      { 'argocd/app-selector': 'team=a' },
    );
    const { changed } = index.update([]);
    expect(results[0].keys.some(key => changed.has(key))).toBe(true);
    expect(index.match(entry, view.environments[0]).match).toBe('none');
  });

  it.each<[Record<string, string>, string]>([
    [
      { 'argocd/app-name': '../../session' },
      'Its annotation argocd/app-name says "../../session", which cannot be the name of an application.',
    ],
    [
      { 'dev.env.fairway.dev/argocd-app-name': 'a b' },
      'Its annotation dev.env.fairway.dev/argocd-app-name says "a b", which cannot be the name of an application.',
    ],
    [
      { 'argocd/app-selector': 'team in (a)' },
      'Its annotation argocd/app-selector says "team in (a)", which is not understood; write label=value.',
    ],
    [
      { 'argocd/app-selector': 'team!=a' },
      'Its annotation argocd/app-selector says "team!=a", which is not understood; write label=value.',
    ],
    [
      { 'argocd/app-name': 'a', 'argocd/app-selector': 'team=a' },
      'Its annotations argocd/app-name and argocd/app-selector exclude each other; the name counts.',
    ],
    [
      { 'fairway.dev/environments': 'dev,mars' },
      'Its annotation fairway.dev/environments names "mars", which shop does not have.',
    ],
  ])(
    'F54 the annotation %j is told once, and the rest goes on',
    (given, problem) => {
      const { problems, names } = matched(
        [{ name: 'backend-dev' }, { name: 'backend-prod' }],
        given,
      );
      expect(problems).toEqual([problem]);
      expect(names[0]).toEqual(['derived', 'main/argocd/backend-dev']);
    },
  );

  it('F54 a malformed annotation of one component leaves the rows of others as they are', () => {
    const good = aComponent('frontend');
    const view = (annotations: Record<string, string>) =>
      buildCatalogView([
        anEnvironment('dev'),
        anEnvironment('prod'),
        aComponent('backend', annotations),
        good,
      ]);
    const bad = view({
      'argocd/app-name': '%00/../x',
      'argocd/app-selector': '((((',
      'prod.env.fairway.dev/argocd-app-name': ' ',
      'fairway.dev/environments': 'dev,,,🚀',
    });
    const other = (v: typeof bad) =>
      v.components.find(c => c.component.name === 'frontend');
    expect(other(bad)).toEqual(other(view({})));
    expect(bad.environments).toEqual(view({}).environments);
    expect(bad.problems).toEqual([]);
    expect(
      bad.components.find(c => c.component.name === 'backend')!.problems.length,
    ).toBeGreaterThanOrEqual(3);
  });
});
