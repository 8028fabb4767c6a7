import { mockServices } from '@backstage/backend-test-utils';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { FaultSpec, PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ArgocdDeploymentSource,
  ArgocdDeploymentSourceOptions,
} from './ArgocdDeploymentSource';

jest.setTimeout(60_000);

const LIST = '/api/v1/applications';
const STREAM = '/api/v1/stream/applications';
const TOKEN = 'sandbox-argocd-token';
const REPOSITORY = 'sample-platform-ai/sample-platform-ai';
const SEEDED = [
  'sample-backend-dev',
  'sample-backend-prod',
  'sample-backend-uat',
  'sample-frontend-dev',
  'sample-frontend-prod',
  'sample-frontend-uat',
  // each holds those of its environment
  'sample-platform-ai-dev',
  'sample-platform-ai-prod',
  'sample-platform-ai-uat',
];

describe('ArgocdDeploymentSource on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let source: ArgocdDeploymentSource | undefined;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: PLATFORMS.filter(p => p.system === 'sample-platform-ai'),
      speed: 50,
      only: ['github', 'argocd'],
    });
  });

  afterEach(async () => {
    sandbox.world.faults.remove();
    await sandbox.world.scenarios.start('calm');
    await source?.stop();
    source = undefined;
  });

  afterAll(async () => {
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  function follow(options: Partial<ArgocdDeploymentSourceOptions> = {}) {
    source = new ArgocdDeploymentSource({
      instance: 'main',
      url: sandbox.urls.argocd,
      token: TOKEN,
      logger: mockServices.logger.mock(),
      backoffMs: { min: 20, max: 200 },
      confirmDelayMs: 150,
      treePauseMs: { min: 50, max: 200 },
      ...options,
    });
    source.start();
    return source;
  }

  async function followLive(
    options: Partial<ArgocdDeploymentSourceOptions> = {},
  ) {
    const s = follow(options);
    await until('it is live', () => isLive(s));
    return s;
  }

  const engine = () => sandbox.world.argocd!;
  const fault = (spec: Omit<FaultSpec, 'upstream'>) =>
    sandbox.world.faults.add({ upstream: 'argocd', ...spec } as FaultSpec);
  const names = (s: ArgocdDeploymentSource) =>
    s
      .getSnapshot()
      .deployments.map(d => d.name)
      .filter(
        name => name.startsWith('sample-') && /-(dev|uat|prod)$/.test(name),
      )
      .sort();
  const get = (s: ArgocdDeploymentSource, name: string): Deployment =>
    s.getSnapshot().deployments.find(d => d.name === name)!;
  function openStreams(): number {
    const { routes } = sandbox.world.counters.read().argocd;
    return routes[`GET ${STREAM}`]?.open ?? 0;
  }
  const calls = (route: string) =>
    sandbox.world.counters.read().argocd.routes[route]?.calls ?? 0;
  function isLive(s: ArgocdDeploymentSource): boolean {
    return s.getSnapshot().state === 'live' && openStreams() === 1;
  }

  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(`${sandbox.urls.argocd}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${TOKEN}`,
        'Content-Type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  /** An application of no platform: a folder of the sample's own repository. */
  async function create(name: string) {
    const template = engine().store.get('sample-backend-dev')!;
    return call('POST', '/api/v1/applications', {
      metadata: { name },
      spec: { ...template.spec, syncPolicy: {} },
    });
  }

  const remove = (name: string) =>
    call('DELETE', `/api/v1/applications/${name}?cascade=false`);

  it.each<[string, Omit<FaultSpec, 'upstream'>, RegExp]>([
    [
      'a login page',
      { kind: 'html', path: LIST },
      /text\/html.* instead of JSON; is http.* a login page or a proxy\?/,
    ],
    ['truncated JSON', { kind: 'truncate', path: LIST }, /incomplete JSON/],
  ])(
    'F46 %s for a list is an error of the feed, and no application leaves the view',
    async (_, spec, message) => {
      const s = await followLive({ relistIntervalMs: 200 });
      const known = s.getSnapshot().deployments;
      const observedAt = s.getSnapshot().observedAt!;
      fault(spec);
      await until('it is an error', () => s.getSnapshot().state === 'error');
      expect(s.getSnapshot()).toMatchObject({
        message: expect.stringMatching(message),
        observedAt: expect.any(String),
      });
      expect(s.getSnapshot().observedAt! >= observedAt).toBe(true);
      expect(names(s)).toEqual(SEEDED);
      expect(s.getSnapshot().deployments).toHaveLength(known.length);
      sandbox.world.faults.remove();
      await until('it is live again', () => isLive(s));
      expect(s.getSnapshot().message).toBeUndefined();
      expect(names(s)).toEqual(SEEDED);
    },
  );

  it('F47 a list that is empty because rights were lost is asked again and never believed', async () => {
    const s = await followLive({ relistIntervalMs: 200 });
    const before = s.getSnapshot().deployments.length;
    await sandbox.world.scenarios.start('argo-rbac-lost');
    await until('it asks again', () =>
      /suddenly lists 0 of \d+ applications; asking again/.test(
        s.getSnapshot().message ?? '',
      ),
    );
    expect(s.getSnapshot().state).toBe('error');
    await until('it says why', () =>
      /its token may no longer see the others/.test(
        s.getSnapshot().message ?? '',
      ),
    );
    expect(s.getSnapshot().state).toBe('error');
    expect(s.getSnapshot().deployments).toHaveLength(before);
    expect(
      calls('GET /api/v1/account/can-i/:resource/:action/*'),
    ).toBeGreaterThan(0);
    await sandbox.world.scenarios.start('calm');
    await until('it is live again', () => isLive(s));
    expect(s.getSnapshot().deployments).toHaveLength(before);
  });

  it('F47 applications that were really deleted are believed on the second list', async () => {
    const extra = Array.from({ length: 12 }, (_, i) => `extra-${i}`);
    for (const name of extra) await create(name);
    const s = await followLive();
    const before = s.getSnapshot().deployments.length;
    // while nobody is told
    fault({ kind: 'lose', path: STREAM });
    for (const name of extra) await remove(name);
    const lists = calls(`GET ${LIST}`);
    cutStreams();
    await until(
      'they are gone',
      () => s.getSnapshot().deployments.length === before - extra.length,
    );
    expect(calls(`GET ${LIST}`) - lists).toBe(2);
    expect(names(s)).toEqual(SEEDED);
    sandbox.world.faults.remove();
    await until('it is live again', () => isLive(s));
  });

  it('F48 a stream that stalls ends by its idle timer; a list and a new stream follow', async () => {
    const s = await followLive({ idleTimeoutMs: 500 });
    const [lists, streams] = [calls(`GET ${LIST}`), calls(`GET ${STREAM}`)];
    fault({ kind: 'stall', at: 'stream', path: STREAM });
    await create('made-in-silence');
    try {
      await until('the list told of it', () =>
        s.getSnapshot().deployments.some(d => d.name === 'made-in-silence'),
      );
      expect(calls(`GET ${LIST}`)).toBeGreaterThan(lists);
      await until(
        'a new stream is open',
        () => calls(`GET ${STREAM}`) > streams && openStreams() === 1,
      );
    } finally {
      await remove('made-in-silence');
    }
  });

  it('F48 argo-silent makes the source stale with the age of its last word', async () => {
    const s = await followLive({ idleTimeoutMs: 500, requestTimeoutMs: 300 });
    const heard = Date.parse(s.getSnapshot().observedAt!);
    await sandbox.world.scenarios.start('argo-silent');
    await until('it is stale', () => s.getSnapshot().state === 'stale');
    const { observedAt, deployments } = s.getSnapshot();
    expect(Date.parse(observedAt!) - heard).toBeLessThan(1_500);
    expect(Date.now() - Date.parse(observedAt!)).toBeGreaterThan(450);
    expect(deployments.length).toBeGreaterThanOrEqual(SEEDED.length);
    await until('it says why', () =>
      /took too long to answer$/.test(s.getSnapshot().message ?? ''),
    );
    expect(s.getSnapshot()).toMatchObject({ state: 'stale', observedAt });
    await sandbox.world.scenarios.start('calm');
    await until('it is live again', () => isLive(s));
  });

  it('F49 the final state is right though a fifth of the events is lost', async () => {
    const s = await followLive({ relistIntervalMs: 1_000 });
    fault({ kind: 'lose', path: STREAM, share: 0.2, seed: 7 });
    const made = Array.from({ length: 10 }, (_, i) => `lossy-${i}`);
    for (const name of made) await create(name);
    for (const name of made.slice(0, 5)) await remove(name);
    const truth = () =>
      engine()
        .store.list()
        .map(
          a =>
            `${a.metadata.name} ${a.status.sync.status} ${a.status.health.status}`,
        )
        .sort();
    const seen = () =>
      s
        .getSnapshot()
        .deployments.map(d => `${d.name} ${d.sync} ${d.health}`)
        .sort();
    try {
      await until(
        'what is seen is what is',
        () => String(seen()) === String(truth()),
      );
      expect(seen().filter(line => line.startsWith('lossy-'))).toHaveLength(5);
      expect(sandbox.world.faults.list()[0].hits).toBeGreaterThan(0);
      expect(openStreams()).toBe(1);
    } finally {
      for (const name of made.slice(5)) await remove(name);
    }
  });

  it('F50 a restart that takes resource versions back leaves no ghosts', async () => {
    await create('ghost');
    const s = await followLive();
    expect(get(s, 'ghost')).toBeDefined();
    const streams = calls(`GET ${STREAM}`);
    // the restart comes with the deletion: no watch tells of it
    fault({ kind: 'lose', path: STREAM });
    await remove('ghost');
    await sandbox.world.scenarios.start('argo-restart');
    await until('the ghost is gone', () => get(s, 'ghost') === undefined);
    sandbox.world.faults.remove();
    await until(
      'a stream follows again',
      () => calls(`GET ${STREAM}`) > streams && isLive(s),
    );
    expect(names(s)).toEqual(SEEDED);
    // what happens after the restart, under lower versions, is seen
    await create('after-restart');
    await until('events come', () => get(s, 'after-restart') !== undefined);
    await remove('after-restart');
    await until('also removals', () => get(s, 'after-restart') === undefined);
  });

  it('F51 an expired token is one clear error, no login, no storm', async () => {
    const logger = mockServices.logger.mock();
    const s = await followLive({ logger, backoffMs: { min: 100, max: 2_000 } });
    await sandbox.world.scenarios.start('argo-token-expired');
    cutStreams();
    await until('it is an error', () => s.getSnapshot().state === 'error');
    expect(s.getSnapshot()).toMatchObject({
      message:
        'Argo CD main refuses the token (401); renew platformEnvs.argocd.instances.main.token',
    });
    expect(names(s)).toEqual(SEEDED);
    const before = sandbox.world.counters.read().argocd.calls;
    await new Promise(resolve => setTimeout(resolve, 1_500));
    expect(sandbox.world.counters.read().argocd.calls - before).toBeLessThan(
      12,
    );
    expect(calls('POST /api/v1/session')).toBe(0);
    const warnings = logger.warn.mock.calls.filter(
      ([text]) => text === 'Argo CD cannot be followed',
    );
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain(TOKEN);
    await sandbox.world.scenarios.start('calm');
    await until('it is live again', () => isLive(s));
  });

  it.each(['../../session', 'a/b', 'a%2fb', '..', '', 'x'.repeat(300)])(
    'F52 the name %p reaches no route of the API',
    async name => {
      const s = await followLive();
      await until('details are read', () =>
        SEEDED.every(n => get(s, n).history !== undefined),
      );
      await new Promise(resolve => setTimeout(resolve, 100));
      const before = routeCalls();
      for (const attempt of [
        () => s.sync(name),
        () => s.refresh(name),
        () => s.getRevisionMetadata(name, 'a'.repeat(40)),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          name: 'NotFoundError',
        });
      }
      expect(routeCalls()).toEqual(before);
    },
  );

  it('F52 a revision that looks like a path stays a revision', async () => {
    const s = await followLive();
    const before = routeCalls();
    await expect(
      s.getRevisionMetadata('sample-backend-dev', '../../../../session'),
    ).rejects.toThrow();
    const changed = Object.entries(routeCalls())
      .filter(([route, n]) => n !== before[route])
      .map(([route]) => route);
    expect(changed).not.toContain('GET /api/v1/session/userinfo');
    expect(
      changed.filter(route => !/revisions|applications/.test(route)),
    ).toEqual([]);
  });

  it('shows why pods cannot start, by the tree, until they can', async () => {
    const s = await followLive();
    await sandbox.world.scenarios.start('image-missing', {
      application: 'sample-backend-uat',
    });
    await until('a pod says why', () =>
      get(s, 'sample-backend-uat').resources.some(
        r => r.kind === 'Pod' && /image/.test(r.message ?? ''),
      ),
    );
    await until('an event of a pod says so, too', () =>
      (get(s, 'sample-backend-uat').events ?? []).some(
        e => e.isWarning && e.object?.kind === 'Pod' && /image/.test(e.message),
      ),
    );
    const times = get(s, 'sample-backend-uat').events!.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    await sandbox.world.scenarios.start('calm');
    await until('it is well and pods are left out', () => {
      const { health, resources } = get(s, 'sample-backend-uat');
      return health === 'Healthy' && resources.every(r => r.kind !== 'Pod');
    });
    expect(get(s, 'sample-backend-uat').events).toBeUndefined();
    expect(get(s, 'sample-backend-uat').resources.length).toBeGreaterThan(1);
  });

  it('tells what made an application, and what it is rendered from', async () => {
    const url = new URL(sandbox.urls.github);
    await call('POST', '/api/v1/applicationsets', {
      metadata: { name: 'bases' },
      spec: {
        generators: [
          {
            git: {
              repoURL: `${url.origin}/${REPOSITORY}.git`,
              revision: 'main',
              directories: [{ path: 'gitops/base/*' }],
            },
          },
        ],
        template: {
          metadata: { name: 'bases-{{path.basename}}' },
          spec: {
            project: 'sample-platform-ai',
            source: {
              repoURL: `${url.origin}/${REPOSITORY}.git`,
              targetRevision: 'main',
              path: '{{path}}',
            },
            destination: {
              name: 'sample-platform-ai-uat',
              namespace: 'sample-platform-ai',
            },
          },
        },
      },
    });
    const s = await followLive();
    await until(
      'the set has made its applications',
      () =>
        get(s, 'bases-sample-backend')?.managedBy !== undefined &&
        get(s, 'sample-backend-dev')?.managedBy !== undefined &&
        get(s, 'sample-backend-dev')?.revision !== undefined,
    );
    expect(get(s, 'bases-sample-backend').managedBy).toEqual({
      kind: 'ApplicationSet',
      name: 'bases',
    });
    const parent = get(s, 'sample-backend-dev').managedBy!;
    expect(parent.kind).toBe('Application');
    expect(get(s, parent.name).children).toContainEqual(
      expect.objectContaining({
        kind: 'Application',
        name: 'sample-backend-dev',
      }),
    );
    expect(get(s, parent.name).images).toEqual([]);
    expect(get(s, 'sample-backend-dev').sources).toEqual([
      {
        repoURL: expect.stringContaining(REPOSITORY),
        path: 'gitops/overlays/dev/sample-backend',
        targetRevision: 'main',
        revision: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    ]);
    await call('DELETE', '/api/v1/applicationsets/bases');
    await until('they are gone', () => !get(s, 'bases-sample-backend'));
  });

  it('knows the sync windows of projects, and that Argo CD refuses inside them', async () => {
    const project = await call('GET', '/api/v1/projects/sample-platform-ai');
    await call('PUT', '/api/v1/projects/sample-platform-ai', {
      project: {
        ...project,
        spec: {
          ...project.spec,
          syncWindows: [
            {
              kind: 'deny',
              schedule: '* * * * *',
              duration: '1h',
              applications: ['*-prod'],
              description: 'Freeze',
            },
          ],
        },
      },
    });
    const s = await followLive({ relistIntervalMs: 200 });
    await until(
      'the window is known',
      () => !!get(s, 'sample-backend-prod').syncWindow,
    );
    expect(get(s, 'sample-backend-prod').syncWindow).toEqual({
      kind: 'deny',
      isOpen: false,
      manualSync: false,
      description: 'Freeze',
    });
    expect(get(s, 'sample-backend-dev').syncWindow).toBeUndefined();
    await expect(s.sync('sample-backend-prod')).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('blocked by sync window'),
    });
    await call('PUT', '/api/v1/projects/sample-platform-ai', {
      project: { ...project, metadata: { name: project.metadata.name } },
    });
    await until(
      'the window is gone',
      () => get(s, 'sample-backend-prod').syncWindow === undefined,
    );
  });

  it('keeps to the projects and namespaces that it is told', async () => {
    const other = await followLive({ projects: ['default'] });
    const all = engine().store.list();
    const ofDefault = all.filter(a => a.spec.project === 'default');
    expect(other.getSnapshot().deployments).toHaveLength(ofDefault.length);
    expect(ofDefault.length).toBeLessThan(all.length);
    await other.stop();
    await until('its stream is closed', () => openStreams() === 0);
    const nowhere = await followLive({ namespaces: ['team-a'] });
    expect(nowhere.getSnapshot().deployments).toEqual([]);
  });

  function routeCalls(): Record<string, number> {
    const { routes } = sandbox.world.counters.read().argocd;
    return Object.fromEntries(
      Object.entries(routes)
        .filter(([route]) => !/ (\/api\/v1\/projects|.*stream)/.test(route))
        .map(([route, { calls: n }]) => [route, n]),
    );
  }

  /** Ends open streams, as a proxy that restarts does. */
  function cutStreams() {
    engine().events.emit('restart');
  }
});

async function until(what: string, isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 1_500; i++) {
    if (isDone()) return;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`In 15 s it was not so that ${what}`);
}
