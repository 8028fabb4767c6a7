import { Entity } from '@backstage/catalog-model';
import {
  aDeployment,
  FakeGitHost,
} from '@fairway/plugin-platform-envs-node/testUtils';
import {
  aComponent,
  anEnvironment,
  anImage,
  BACKEND,
  DEV,
  digestOf,
  PROD,
  REPOSITORY,
} from '../__testUtils__/entities';
import { composeBoard, wholeBoard } from '../__testUtils__/composeBoard';
import { buildCatalogView } from './CatalogView';
import { BoardInput } from './board';
import { DesiredEntry } from './DesiredState';
import { LiveBoard } from './LiveBoard';

// eslint-disable-next-line no-script-url
const SCRIPT_URL = 'javascript:alert(1)';

const NOW = new Date('2026-03-10T12:00:00Z');

const file = (shortName: string, component = 'backend') =>
  `gitops/overlays/${shortName}/${component}/kustomization.yaml`;

function entry(path: string, version?: string): [string, DesiredEntry] {
  return [
    path,
    {
      path,
      blobSha: 'b'.repeat(40),
      ...(version && {
        release: {
          image: 'registry.example.com/backend',
          version,
          digest: digestOf(version),
        },
      }),
    },
  ];
}

const labels = (component: string, environment: string, system = 'shop') => ({
  'fairway.dev/component': component,
  'fairway.dev/environment': environment,
  'app.kubernetes.io/part-of': system,
});

function board(
  options: {
    entities?: Entity[];
    entries?: Array<[string, DesiredEntry]>;
    deployments?: Parameters<typeof aDeployment>[0][];
    input?: Partial<BoardInput>;
  } = {},
) {
  const input: BoardInput = {
    catalog: buildCatalogView(
      options.entities ?? [
        anEnvironment('dev'),
        anEnvironment('prod'),
        aComponent('backend'),
      ],
    ),
    catalogSource: { id: 'catalog', title: 'Catalog', state: 'live' },
    repositories: [
      {
        repository: REPOSITORY,
        branch: 'main',
        head: 'h',
        state: 'live',
        observedAt: NOW.toISOString(),
        entries: Object.fromEntries(
          options.entries ?? [
            entry(file('dev'), '1.2.0'),
            entry(file('prod'), '1.1.0'),
          ],
        ),
      },
    ],
    deploymentSources: [
      {
        instance: 'main',
        title: 'Argo CD main',
        runtime: 'eks',
        snapshot: {
          state: 'live',
          observedAt: NOW.toISOString(),
          deployments: (options.deployments ?? []).map(d => aDeployment(d)),
        },
      },
    ],
    gitHost: new FakeGitHost(),
    linkTemplates: [],
    ...options.input,
  };
  return { input, ...composeBoard(input, NOW) };
}

describe('matching', () => {
  it('an annotation beats labels, labels beat the name', () => {
    const deployments = [
      { name: 'special' },
      { name: 'labelled', labels: labels('backend', 'dev') },
      { name: 'backend-dev' },
    ];
    const cellOf = (annotations: Record<string, string>, apps = deployments) =>
      board({
        entities: [
          anEnvironment('dev'),
          aComponent('backend', {
            'fairway.dev/environments': 'dev',
            ...annotations,
          }),
        ],
        deployments: apps,
      }).rows[0].cells[0].application;
    expect(
      cellOf({ 'dev.env.fairway.dev/argocd-app-name': 'special' }),
    ).toMatchObject({ name: 'special', match: 'declared' });
    expect(cellOf({ 'argocd/app-name': 'special' })).toMatchObject({
      name: 'special',
      match: 'declared',
    });
    expect(cellOf({})).toMatchObject({ name: 'labelled', match: 'declared' });
    expect(cellOf({}, [{ name: 'backend-dev' }])).toMatchObject({
      name: 'backend-dev',
      match: 'derived',
    });
    expect(cellOf({}, [])).toBeUndefined();
  });

  it('one application name cannot stand for several environments', () => {
    const { rows } = board({
      entities: [
        anEnvironment('dev'),
        anEnvironment('prod'),
        aComponent('backend', { 'argocd/app-name': 'backend' }),
      ],
      deployments: [{ name: 'backend' }],
    });
    expect(rows[0].cells.map(c => c.application)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('leaves applications of other systems alone', () => {
    const { rows } = board({
      deployments: [
        { name: 'other', labels: labels('backend', 'dev', 'elsewhere') },
        { name: 'backend-dev', labels: labels('backend', 'dev', 'elsewhere') },
      ],
    });
    expect(rows[0].cells[0].application).toBeUndefined();
  });

  it('finds the GitOps name when it differs from the entity', () => {
    const { rows } = board({
      entities: [
        anEnvironment('dev'),
        aComponent('backend', {
          'fairway.dev/environments': 'dev',
          'fairway.dev/gitops-name': 'api',
        }),
      ],
      entries: [entry(file('dev', 'api'), '1.0.0')],
      deployments: [{ name: 'api-dev', labels: labels('backend', 'dev') }],
    });
    expect(rows[0].cells[0]).toMatchObject({
      application: { name: 'api-dev' },
      desired: { status: 'ok', value: { path: file('dev', 'api') } },
    });
  });
});

describe('findings', () => {
  const texts = (options: Parameters<typeof board>[0]) =>
    board(options).findings.map(f => f.text);

  it('an overlay without application', () => {
    expect(
      texts({ deployments: [{ name: 'b', labels: labels('backend', 'dev') }] }),
    ).toEqual([
      'prod: there is an overlay in Git, but no Argo CD application deploys it.',
    ]);
  });

  it('an application without overlay', () => {
    expect(
      texts({
        entries: [entry(file('dev'), '1.0.0')],
        deployments: [
          { name: 'backend-dev', labels: labels('backend', 'dev') },
          { name: 'backend-prod', labels: labels('backend', 'prod') },
        ],
      }),
    ).toEqual([
      'prod: there is the Argo CD application backend-prod, but Git has no overlay for it.',
    ]);
  });

  it('two applications for one cell, which is then nobody’s', () => {
    const composed = board({
      deployments: [
        { name: 'one', labels: labels('backend', 'dev') },
        { name: 'two', labels: labels('backend', 'dev') },
        { name: 'prod', labels: labels('backend', 'prod') },
      ],
    });
    expect(composed.findings.map(f => f.text)).toEqual([
      'dev: there are 2 Argo CD applications for it (one, two).',
    ]);
    expect(composed.rows[0].cells[0]).toMatchObject({
      state: 'unknown',
      sentence: expect.stringContaining('2 Argo CD applications'),
    });
  });

  it('an application that an annotation names and nobody has', () => {
    expect(
      texts({
        entities: [
          anEnvironment('dev'),
          aComponent('backend', {
            'fairway.dev/environments': 'dev',
            'dev.env.fairway.dev/argocd-app-name': 'gone',
          }),
        ],
        entries: [entry(file('dev'), '1.0.0')],
      }),
    ).toEqual([
      'dev: its annotation names the Argo CD application gone, which does not exist.',
    ]);
  });

  it('applications and overlays that the catalog does not know', () => {
    const composed = board({
      entities: [anEnvironment('dev')],
      entries: [entry(file('dev', 'ghost'), '1.0.0')],
      deployments: [{ name: 'ghost-dev', labels: labels('ghost', 'dev') }],
    });
    expect(composed.findings).toEqual([
      {
        environmentRef: DEV,
        text: 'The Argo CD application ghost-dev deploys "ghost" to dev, but the catalog does not say that it runs there.',
      },
      {
        environmentRef: DEV,
        text: `Git has ${file(
          'dev',
          'ghost',
        )}, but the catalog knows no component "ghost" that runs here.`,
      },
    ]);
  });

  it('accuses nobody while a source is not live', () => {
    const composed = board({
      input: {
        deploymentSources: [
          {
            instance: 'main',
            title: 'Argo CD main',
            runtime: 'eks',
            snapshot: { state: 'stale', deployments: [] },
          },
        ],
      },
    });
    expect(composed.findings).toEqual([]);
    expect(composed.rows[0].cells[0].state).toBe('unknown');
  });

  it('an overlay that cannot be understood', () => {
    const [path, broken] = entry(file('dev'));
    const composed = board({
      entries: [[path, { ...broken, problem: `${path}:4: two images.` }]],
      deployments: [{ name: 'b', labels: labels('backend', 'dev') }],
    });
    expect(composed.rows[0].findings).toContain(`dev: ${path}:4: two images.`);
    expect(composed.rows[0].cells[0].desired).toMatchObject({
      status: 'unavailable',
      reason: `${path}:4: two images.`,
    });
  });
});

describe('environments on ECS', () => {
  const tfvars = (version: string): [string, DesiredEntry] =>
    entry('gitops/dev/backend.tfvars.json', version);
  const ecs = (
    image: string,
    input: Partial<BoardInput['deploymentSources'][number]['snapshot']> = {},
  ) =>
    board({
      entities: [
        anEnvironment('dev', { runtime: 'ecs' }),
        aComponent('backend'),
      ],
      entries: [tfvars('1.2.0')],
      input: {
        deploymentSources: [
          {
            instance: 'ecs',
            title: 'Amazon ECS',
            runtime: 'ecs',
            snapshot: {
              state: 'live',
              environments: {
                [DEV]: { state: 'live', observedAt: NOW.toISOString() },
              },
              deployments: [
                aDeployment({
                  instance: 'ecs',
                  name: 'arn',
                  labels: labels('backend', 'dev'),
                  sync: 'Unknown',
                  images: image ? [image] : [],
                  url: 'https://console.example.com/backend',
                }),
              ],
              ...input,
            },
          },
        ],
      },
    }).rows[0].cells[0];
  const byDigest = (version: string) =>
    `registry.example.com/backend@${digestOf(version)}`;

  it('are in sync when the digest that runs is the one in Git, whose version it has', () => {
    expect(ecs(byDigest('1.2.0'))).toMatchObject({
      sync: 'Synced',
      state: 'healthy',
      live: { value: { version: '1.2.0', digest: digestOf('1.2.0') } },
      links: expect.arrayContaining([
        expect.objectContaining({ title: 'ECS console', type: 'aws' }),
      ]),
    });
  });

  it('are out of sync when another digest runs, and unknown when none can be told', () => {
    const other = ecs(byDigest('1.1.0'));
    expect(other).toMatchObject({ sync: 'OutOfSync', state: 'out-of-sync' });
    expect(other.sentence).toMatch(/runs, but Git says 1\.2\.0; the pipeline/);
    expect(ecs('')).toMatchObject({ sync: 'Unknown', state: 'unknown' });
  });

  it('have the freshness of their own cluster', () => {
    const quiet = {
      state: 'stale' as const,
      observedAt: '2026-03-10T11:50:00Z',
      message: 'throttled',
    };
    expect(ecs(byDigest('1.2.0'), { environments: { [DEV]: quiet } })).toEqual(
      expect.objectContaining({
        state: 'unknown',
        source: quiet,
        sentence:
          'Amazon ECS has not answered for 10 min (throttled); last known: Healthy.',
      }),
    );
    expect(ecs(byDigest('1.2.0'), { environments: {} }).source.message).toBe(
      'shop dev has not been looked at yet',
    );
  });

  it('miss a service that Git has a release for', () => {
    const cell = ecs(byDigest('1.2.0'), { deployments: [] });
    expect(cell).toMatchObject({
      state: 'missing',
      sentence: 'Git says 1.2.0, but Amazon ECS has no service for it.',
    });
  });

  it('say so when AWS is not configured', () => {
    const { rows, sources } = board({
      entities: [
        anEnvironment('dev', { runtime: 'ecs' }),
        aComponent('backend'),
      ],
      entries: [tfvars('1.2.0')],
    });
    expect(rows[0].cells[0].sentence).toBe(
      'Git says 1.2.0; what runs is not known: AWS is not configured (the block aws).',
    );
    expect(sources).toContainEqual({
      id: 'ecs',
      title: 'Amazon ECS',
      state: 'absent',
      message: 'Not configured (the block aws)',
    });
  });
});

describe('cells', () => {
  it('takes the image of the component among several', () => {
    const { rows } = board({
      deployments: [
        {
          name: 'b',
          labels: labels('backend', 'dev'),
          images: ['proxy.example.com/envoy:1.0', anImage('backend', '1.2.0')],
        },
      ],
    });
    expect(rows[0].cells[0].live).toMatchObject({
      status: 'ok',
      value: { version: '1.2.0', digest: digestOf('1.2.0') },
    });
  });

  it('shows the old image as long as it runs beside the new one', () => {
    const { rows } = board({
      deployments: [
        {
          name: 'b',
          labels: labels('backend', 'dev'),
          health: 'Progressing',
          images: [anImage('backend', '1.2.0'), anImage('backend', '1.1.0')],
        },
      ],
    });
    expect(rows[0].cells[0].live).toMatchObject({
      value: { version: '1.1.0' },
    });
  });

  it('says nothing about live where nothing runs, and never an empty version', () => {
    const { rows } = board({
      deployments: [
        {
          name: 'b',
          labels: labels('backend', 'dev'),
          health: 'Missing',
          sync: 'OutOfSync',
        },
      ],
    });
    expect(rows[0].cells[0].live).toEqual({
      status: 'unavailable',
      reason: 'Nothing of it runs in dev',
      observedAt: NOW.toISOString(),
    });
  });

  it('F53 leaves out links that are not web pages', () => {
    const { rows, environments } = board({
      entities: [
        {
          ...anEnvironment('dev'),
          metadata: {
            name: 'shop-dev',
            links: [
              { url: SCRIPT_URL, title: 'x' },
              { url: 'https://wiki.example.com', title: 'Wiki' },
            ],
          },
        },
        aComponent('backend', { 'fairway.dev/environments': 'dev' }),
      ],
      deployments: [
        {
          name: 'b',
          labels: labels('backend', 'dev'),
          url: SCRIPT_URL,
        },
      ],
      input: {
        linkTemplates: [
          {
            title: 'Grafana',
            type: 'grafana',
            urlTemplate: 'https://g.example.com/?c={component}&k={cluster}',
          },
          {
            title: 'Logs',
            type: 'logs',
            urlTemplate: 'https://l.example.com/?n={nothing}',
          },
        ],
      },
    });
    expect(rows[0].cells[0].links.map(l => l.url)).toEqual([
      `https://git.example.com/${REPOSITORY}/blob/main/${file('dev')}`,
      'https://g.example.com/?c=backend&k=shop-cluster',
    ]);
    expect(environments[0].links.map(l => l.type)).toEqual(['git', 'other']);
  });

  it('points at the file to change and the deployment to watch', () => {
    const composed = board({
      deployments: [{ name: 'b', labels: labels('backend', 'dev') }],
    }).board;
    expect(composed.file(BACKEND, PROD)).toEqual({
      repository: REPOSITORY,
      branch: 'main',
      path: file('prod'),
      target: { format: 'kustomize', imageName: 'backend' },
    });
    expect(composed.deployment(BACKEND, DEV)?.name).toBe('b');
  });

  it('composes 2,000 services in 3 environments quickly', () => {
    const services = Array.from({ length: 2000 }, (_, i) => `svc-${i}`);
    const shortNames = ['dev', 'uat', 'prod'];
    const started = process.cpuUsage();
    const composed = board({
      entities: [
        ...shortNames.map(name => anEnvironment(name)),
        ...services.map(name =>
          aComponent(name, { 'fairway.dev/environments': 'dev,uat,prod' }),
        ),
      ],
      entries: services.flatMap(service =>
        shortNames.map(name => entry(file(name, service), '1.0.0')),
      ),
      deployments: services.flatMap(service =>
        shortNames.map(name => ({
          name: `${service}-${name}`,
          labels: labels(service, name),
          images: [anImage(service, '1.0.0')],
        })),
      ),
    });
    expect(composed.rows).toHaveLength(2000);
    // of the processor, for other tests may run beside it
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });
});

describe('keeping in step', () => {
  const services = ['backend', 'web'];
  const deploymentOf = (name: string) =>
    aDeployment({
      name: `${name}-dev`,
      labels: labels(name, 'dev'),
      images: [anImage(name, '1.2.0')],
    });

  function setUp() {
    const { input, board: kept } = board({
      entities: [
        anEnvironment('dev'),
        anEnvironment('prod'),
        ...services.map(name =>
          aComponent(name, { 'fairway.dev/environments': 'dev' }),
        ),
      ],
      entries: services.map(name => entry(file('dev', name), '1.2.0')),
      deployments: services.map(deploymentOf),
    });
    const [source] = input.deploymentSources;
    const [repository] = input.repositories;
    return {
      kept,
      input,
      repository,
      withSource: (
        snapshot: Partial<BoardInput['deploymentSources'][0]['snapshot']>,
      ): BoardInput => ({
        ...input,
        deploymentSources: [
          { ...source, snapshot: { ...source.snapshot, ...snapshot } },
        ],
      }),
    };
  }

  it('has nothing to compose when only times of reading moved', () => {
    const { kept, input, repository, withSource } = setUp();
    const before = kept.revision;
    kept.take({
      ...withSource({
        observedAt: '2026-03-10T13:00:00Z',
        deployments: services.map(deploymentOf),
      }),
      catalogSource: {
        ...input.catalogSource,
        observedAt: '2026-03-10T13:00:00Z',
      },
      repositories: [{ ...repository, observedAt: '2026-03-10T13:00:00Z' }],
    });
    expect(kept.isBehind).toBe(false);
    expect(kept.compose()).toEqual({ changed: new Set(), other: false });
    expect(kept.revision).toBe(before);
    expect(kept.detail(BACKEND, NOW)?.row.cells[0].source.observedAt).toBe(
      '2026-03-10T13:00:00Z',
    );
  });

  it('has nothing to tell when the repository moved and the row did not', () => {
    const { kept, withSource } = setUp();
    const at = (revision: string) =>
      withSource({
        deployments: services.map(name => ({
          ...deploymentOf(name),
          revision,
          sources: [{ repoURL: 'https://git.example.com/x', revision }],
        })),
      });
    kept.take(at('a'.repeat(40)));
    kept.compose();
    const before = kept.revision;
    kept.take(at('b'.repeat(40)));
    expect(kept.compose()).toEqual({ changed: new Set(), other: false });
    expect(kept.revision).toBe(before);
    expect(kept.detail(BACKEND, NOW)?.row.cells[0].live).toMatchObject({
      value: { revision: 'b'.repeat(40) },
    });
  });

  it('composes the row whose deployment changed, came or went, and no other', () => {
    const { kept, withSource } = setUp();
    const [backend, web] = services.map(deploymentOf);
    const steps: Array<[ReturnType<typeof deploymentOf>[], string]> = [
      [[{ ...backend, health: 'Degraded' }, web], 'degraded'],
      [[web], 'missing'],
      [[web, backend], 'healthy'],
      [[web, { ...backend, name: 'other' }], 'healthy'],
    ];
    for (const [deployments, state] of steps) {
      kept.take(withSource({ deployments }));
      expect([...kept.compose().changed]).toEqual([BACKEND]);
      expect(kept.detail(BACKEND, NOW)?.row.cells[0].state).toBe(state);
    }
  });

  it('composes the row whose file changed, and no other', () => {
    const { kept, input, repository } = setUp();
    const [path, changed] = entry(file('dev', 'web'), '1.3.0');
    kept.take({
      ...input,
      repositories: [
        {
          ...repository,
          head: 'h2',
          entries: { ...repository.entries, [path]: changed },
        },
      ],
    });
    expect([...kept.compose().changed]).toEqual(['component:default/web']);
  });

  it('composes every row of a source that went quiet, and again when it is back', () => {
    const { kept, withSource } = setUp();
    const before = kept.revision;
    kept.take(withSource({ state: 'stale', message: 'refused' }));
    expect(kept.compose()).toMatchObject({ changed: { size: 2 }, other: true });
    kept.take(withSource({}));
    expect(kept.compose().changed.size).toBe(2);
    expect(kept.revision).toBe(before);
  });

  it('follows components that come, change and go', () => {
    const { kept, input } = setUp();
    const view = (names: string[], owner = 'group:default/shop') =>
      buildCatalogView([
        anEnvironment('dev'),
        anEnvironment('prod'),
        ...names.map(name =>
          aComponent(
            name,
            { 'fairway.dev/environments': 'dev' },
            name === 'web' ? { owner } : {},
          ),
        ),
      ]);
    kept.take({ ...input, catalog: view(['backend']) });
    expect([...kept.compose().changed]).toEqual(['component:default/web']);
    expect(kept.findings.map(f => f.text)).toEqual([
      expect.stringContaining('web-dev deploys "web" to dev'),
      expect.stringContaining(file('dev', 'web')),
    ]);
    kept.take({ ...input, catalog: view(['backend', 'web'], 'group:x') });
    kept.compose();
    expect(kept.findings).toEqual([]);
    expect(kept.lines.map(({ row }) => row.component.ownerRef)).toEqual([
      'group:default/shop',
      'group:default/x',
    ]);
  });

  it('is the board that a new one would be', () => {
    const { kept, withSource } = setUp();
    const input = withSource({
      deployments: [{ ...deploymentOf('web'), health: 'Degraded' }],
    });
    kept.take(input);
    kept.compose();
    const fresh = composeBoard(input, NOW);
    expect(wholeBoard(kept, NOW)).toEqual({
      rows: fresh.rows,
      environments: fresh.environments,
      sources: fresh.sources,
      findings: fresh.findings,
    });
    expect(kept.revision).toBe(fresh.board.revision);
  });

  it('composes in parts, and tells of each part once', () => {
    const kept = new LiveBoard();
    kept.take(setUp().input);
    expect([...kept.compose(0).changed]).toEqual([BACKEND]);
    expect(kept.isBehind).toBe(true);
    expect([...kept.compose(0).changed]).toEqual(['component:default/web']);
    expect(kept.isBehind).toBe(false);
    expect(kept.compose().changed.size).toBe(0);
  });
});
