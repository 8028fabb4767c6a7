import { mockServices } from '@backstage/backend-test-utils';
import { Audience, Deployment } from '@fairway/plugin-platform-envs-node';
import {
  anApplication,
  json,
  MisbehavingArgocd,
} from './__testUtils__/MisbehavingArgocd';
import {
  ArgocdDeploymentSource,
  ArgocdDeploymentSourceOptions,
} from './ArgocdDeploymentSource';
import { LIST_FIELDS } from './schema';

/** What Argo CD's own table of list fields has (v3.1, forwarder_overwrite.go). */
const UPSTREAM_LIST_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.annotations',
  'metadata.labels',
  'metadata.creationTimestamp',
  'metadata.deletionTimestamp',
  'spec',
  'status.sourceHydrator',
  'status.sync.status',
  'status.health',
  'status.summary',
  'status.operationState.startedAt',
  'status.operationState.finishedAt',
  'status.resources',
  'operation.sync',
  'status.operationState.phase',
  'status.operationState.operation.sync',
];

let argocd: MisbehavingArgocd;
let source: ArgocdDeploymentSource | undefined;

beforeEach(async () => {
  argocd = await MisbehavingArgocd.start();
});

afterEach(async () => {
  await source?.stop();
  source = undefined;
  await argocd.close();
});

function follow(
  options: Partial<ArgocdDeploymentSourceOptions> = {},
  audience?: Audience,
) {
  source = new ArgocdDeploymentSource({
    instance: 'main',
    url: argocd.url,
    token: 'token',
    logger: mockServices.logger.mock(),
    backoffMs: { min: 5, max: 20 },
    confirmDelayMs: 20,
    ...options,
  });
  if (audience) source.attend(audience);
  source.start();
  return source;
}

async function until(
  isDone: () => boolean,
  what = 'the expected state',
): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (isDone()) return;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`${what} was not reached`);
}

const names = (s: ArgocdDeploymentSource) =>
  s
    .getSnapshot()
    .deployments.map(d => d.name)
    .sort();

const get = (s: ArgocdDeploymentSource, name: string): Deployment =>
  s.getSnapshot().deployments.find(d => d.name === name)!;

const isLive = (s: ArgocdDeploymentSource) =>
  s.getSnapshot().state === 'live' && argocd.openStreams === 1;

describe('ArgocdDeploymentSource', () => {
  it('asks only for fields that a list can be narrowed to', () => {
    expect(UPSTREAM_LIST_FIELDS).toEqual(expect.arrayContaining(LIST_FIELDS));
  });

  it('lists once, narrowly, and follows the stream from there', async () => {
    argocd.applications = [anApplication('web-dev')];
    argocd.resourceVersion = 42;
    const s = follow();
    expect(s.getSnapshot()).toMatchObject({ state: 'stale', deployments: [] });
    await until(() => isLive(s));
    expect(argocd.calls[0]).toContain('items.status.sync.status');
    expect(argocd.count(/stream\/applications\?resourceVersion=42$/)).toBe(1);

    argocd.event(
      'MODIFIED',
      anApplication('web-dev', { health: { status: 'Degraded' } }),
    );
    await until(() => get(s, 'web-dev').health === 'Degraded');
    argocd.event('DELETED', anApplication('web-dev'));
    await until(() => names(s).length === 0);
    expect(argocd.count(/GET \/api\/v1\/applications\?fields/)).toBe(1);
  });

  it('knows again what it was told, also after something else was told in between', async () => {
    const well = { health: { status: 'Healthy' } };
    argocd.applications = [anApplication('web-dev', well)];
    const s = follow();
    await until(() => isLive(s));
    let changes = 0;
    s.onChange(() => changes++);
    const tell = (health: string, reconciledAt: string) =>
      argocd.event(
        'MODIFIED',
        anApplication('web-dev', { health: { status: health }, reconciledAt }),
      );
    tell('Degraded', '2026-03-10T11:00:00Z');
    await until(() => get(s, 'web-dev').health === 'Degraded');
    const before = get(s, 'web-dev');
    const told = changes;
    tell('Degraded', '2026-03-10T11:02:00Z');
    tell('Healthy', '2026-03-10T11:04:00Z');
    await until(() => get(s, 'web-dev').health === 'Healthy');
    expect(before.health).toBe('Degraded');
    expect(changes).toBe(told + 1);
    tell('Degraded', '2026-03-10T11:06:00Z');
    await until(() => get(s, 'web-dev').health === 'Degraded');
    argocd.event(
      'DELETED',
      anApplication('web-dev', { health: { status: 'Degraded' } }),
    );
    await until(() => names(s).length === 0);
    tell('Degraded', '2026-03-10T11:08:00Z');
    await until(() => names(s).length === 1);
  });

  it('believes a list over what it knows again', async () => {
    argocd.applications = [
      anApplication('web-dev', { health: { status: 'Healthy' } }),
    ];
    const s = follow({ relistIntervalMs: 50 });
    await until(() => isLive(s));
    const degraded = anApplication('web-dev', {
      health: { status: 'Degraded' },
    });
    argocd.event('MODIFIED', degraded);
    await until(() => get(s, 'web-dev').health === 'Degraded');
    // the event that it is well again is lost; the list still tells it
    await until(() => get(s, 'web-dev').health === 'Healthy');
    const lists = argocd.count(/fields=/);
    argocd.applications = [degraded];
    argocd.event('MODIFIED', degraded);
    await until(() => get(s, 'web-dev').health === 'Degraded');
    await until(() => argocd.count(/fields=/) > lists + 1);
    expect(get(s, 'web-dev').health).toBe('Degraded');
  });

  it('reads the whole document once for what a list does not carry', async () => {
    const whole = anApplication('web-dev', {
      history: [{ id: 3, revision: 'a'.repeat(40), deployedAt: '2026-01-01' }],
      conditions: [{ type: 'SyncError', message: 'no' }],
    });
    argocd.onList = (_, res) =>
      json(res, 200, {
        items: [anApplication('web-dev', { sync: { status: 'Synced' } })],
      });
    argocd.applications = [whole];
    const s = follow({ relistIntervalMs: 50 });
    await until(() => get(s, 'web-dev')?.history?.length === 1);
    expect(get(s, 'web-dev')).toMatchObject({
      revision: 'a'.repeat(40),
      conditions: [{ type: 'SyncError', message: 'no' }],
    });
    await until(() => argocd.count(/fields=/) >= 4);
    expect(argocd.count(/GET \/api\/v1\/applications\/web-dev\?/)).toBe(1);
    expect(get(s, 'web-dev').history).toHaveLength(1);
    await until(
      () => s.peekRevisionMetadata('web-dev', 'a'.repeat(40))?.author === 'Ada',
    );
  });

  it('leaves whole documents until somebody looks', async () => {
    argocd.onList = (_, res) =>
      json(res, 200, { items: [anApplication('web-dev')] });
    argocd.applications = [
      anApplication('web-dev', {
        history: [
          { id: 3, revision: 'a'.repeat(40), deployedAt: '2026-01-01' },
        ],
      }),
    ];
    const arrivals: Array<() => void> = [];
    const audience: Audience = {
      since: undefined,
      onArrival: listener => {
        arrivals.push(listener);
        return () => {};
      },
    };
    const s = follow({ relistIntervalMs: 20 }, audience);
    await until(() => argocd.count(/fields=/) >= 4);
    const documents = /GET \/api\/v1\/applications\/web-dev/;
    expect(argocd.count(documents)).toBe(0);
    Object.assign(audience, { since: 1 });
    for (const arrive of arrivals) arrive();
    await until(() => get(s, 'web-dev')?.history?.length === 1);
  });

  it('tells nobody when an event changes nothing that can be seen', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow();
    await until(() => isLive(s) && get(s, 'web-dev').revision !== undefined);
    const listener = jest.fn();
    s.onChange(listener);
    argocd.event(
      'MODIFIED',
      anApplication('web-dev', { reconciledAt: new Date().toISOString() }),
    );
    argocd.event(
      'MODIFIED',
      anApplication('other-dev', { reconciledAt: new Date().toISOString() }),
    );
    await until(() => names(s).length === 2);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('tells nobody when a list says what an event said before it', async () => {
    const whole = anApplication('web-dev', {
      history: [{ id: 1, revision: 'a'.repeat(40), deployedAt: '2026-01-01' }],
      operationState: {
        phase: 'Succeeded',
        message: 'done',
        startedAt: '2026-01-01T00:00:00Z',
      },
    });
    argocd.applications = [whole];
    argocd.onList = (_, res) => {
      const { metadata, spec, status } = whole as any;
      const { health, summary, sync, operationState } = status;
      const { message, ...operation } = operationState;
      json(res, 200, {
        items: [
          {
            metadata,
            spec,
            status: {
              health,
              summary,
              sync: { status: sync.status },
              operationState: operation,
            },
          },
        ],
      });
    };
    const s = follow({ relistIntervalMs: 50 });
    await until(() => isLive(s) && get(s, 'web-dev').history !== undefined);
    argocd.event('MODIFIED', whole);
    const before = get(s, 'web-dev');
    const listener = jest.fn();
    s.onChange(listener);
    const lists = argocd.count(/applications\?fields/);
    await until(() => argocd.count(/applications\?fields/) > lists + 3);
    expect(listener).not.toHaveBeenCalled();
    expect(get(s, 'web-dev')).toBe(before);
    expect(before).toMatchObject({ operation: { message: 'done' } });
  });

  it('notes when it saw an application go out of sync', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow({ now: () => new Date('2026-01-01T12:00:00Z') });
    await until(() => isLive(s) && get(s, 'web-dev')?.sync === 'Synced');
    expect(get(s, 'web-dev').syncSince).toBeUndefined();
    argocd.event(
      'MODIFIED',
      anApplication('web-dev', { sync: { status: 'OutOfSync' } }),
    );
    await until(() => get(s, 'web-dev').sync === 'OutOfSync');
    expect(get(s, 'web-dev').syncSince).toBe('2026-01-01T12:00:00.000Z');
  });

  it('tells applications of one name apart by namespace', async () => {
    const inTeam = (namespace: string, health: string) => {
      const application = anApplication('web-dev', {
        health: { status: health },
      });
      return { ...application, metadata: { name: 'web-dev', namespace } };
    };
    argocd.applications = [
      inTeam('team-a', 'Healthy'),
      inTeam('team-b', 'Degraded'),
    ];
    argocd.onApplication = (req, res) => {
      const namespace = new URL(req.url!, argocd.url).searchParams.get(
        'appNamespace',
      );
      json(
        res,
        200,
        argocd.applications.find(
          (a: any) => a.metadata.namespace === namespace,
        ),
      );
    };
    const s = follow();
    await until(() => isLive(s) && names(s).length === 2);
    const refreshed = await s.refresh('web-dev', { namespace: 'team-b' });
    expect(refreshed).toMatchObject({
      namespace: 'team-b',
      health: 'Degraded',
    });
    expect(
      s.getSnapshot().deployments.map(d => [d.namespace, d.health]),
    ).toEqual([
      ['team-a', 'Healthy'],
      ['team-b', 'Degraded'],
    ]);
    expect(get(s, 'web-dev').url).toContain('/applications/team-a/web-dev');
  });

  it('one malformed application spoils one cell, not the feed', async () => {
    argocd.applications = [
      anApplication('web-dev'),
      anApplication('bad-dev', { resources: 'none' }),
      { metadata: {} },
      null,
    ];
    const s = follow();
    await until(() => isLive(s));
    expect(names(s)).toEqual(['bad-dev', 'web-dev']);
    expect(get(s, 'bad-dev').problem).toMatch(/bad-dev .*status\.resources/);
    expect(get(s, 'web-dev').problem).toBeUndefined();
  });

  it('understands several sources', async () => {
    argocd.applications = [
      anApplication(
        'web-dev',
        {
          sync: { status: 'Synced', revisions: ['1.2.3', 'b'.repeat(40)] },
          history: [{ id: 1, revisions: ['1.2.3', 'b'.repeat(40)] }],
        },
        {
          source: undefined,
          sources: [
            { repoURL: 'https://charts.example.com', chart: 'web' },
            { repoURL: 'https://git.example.com/r', path: 'overlays/dev' },
          ],
        },
      ),
    ];
    const s = follow();
    await until(() => get(s, 'web-dev')?.history !== undefined);
    expect(get(s, 'web-dev')).toMatchObject({
      source: { path: 'overlays/dev', position: 2 },
      revision: 'b'.repeat(40),
      history: [{ revision: 'b'.repeat(40) }],
    });
    await until(() => argocd.count(/revisions/) > 0);
    expect(argocd.count(/revisions\/1\.2\.3/)).toBe(0);
    expect(argocd.count(/revisions\/b{40}\/metadata\?.*sourceIndex=1$/)).toBe(
      1,
    );
    await s.sync('web-dev', { revision: 'c'.repeat(40) }).catch(() => {});
    expect(argocd.calls).toContain('POST /api/v1/applications/web-dev/sync');
  });

  it.each([
    [
      'HTML',
      (res: any) => {
        res.writeHead(200, { 'Content-Type': 'text/html' });
        res.end('<html>Log in</html>');
      },
      /text\/html instead of JSON; is http.* a login page/,
    ],
    [
      'truncated JSON',
      (res: any) => {
        res.writeHead(200, { 'Content-Type': 'application/json' });
        res.end('{"items": [{"metadata"');
      },
      /incomplete JSON/,
    ],
    [
      'something else',
      (res: any) => json(res, 200, { items: 7 }),
      /not a list/,
    ],
  ])(
    'F46 an answer of %s is an error of the feed, and nothing disappears',
    async (_, answer, message) => {
      argocd.applications = [anApplication('web-dev')];
      const s = follow();
      await until(() => isLive(s));
      argocd.onList = (_req, res) => answer(res);
      argocd.cut();
      await until(() => s.getSnapshot().state === 'error');
      expect(s.getSnapshot().message).toMatch(message);
      expect(names(s)).toEqual(['web-dev']);
      argocd.onList = undefined;
      await until(() => isLive(s));
      expect(s.getSnapshot().message).toBeUndefined();
    },
  );

  it('F47 a list that shrinks suddenly is confirmed before it is believed', async () => {
    argocd.applications = Array.from({ length: 10 }, (_, i) =>
      anApplication(`app-${i}`),
    );
    const all = argocd.applications;
    const s = follow({ confirmDelayMs: 300 });
    await until(() => isLive(s));
    argocd.applications = [];
    argocd.cut();
    await until(() => s.getSnapshot().state === 'error');
    expect(s.getSnapshot().message).toBe(
      'Argo CD main suddenly lists 0 of 10 applications; asking again',
    );
    expect(names(s)).toHaveLength(10);
    argocd.applications = all;
    await until(() => isLive(s));
    expect(names(s)).toHaveLength(10);

    argocd.applications = all.slice(0, 2);
    argocd.cut();
    await until(() => names(s).length === 2);
    expect(s.getSnapshot().state).toBe('live');
  });

  it('F48 a stream that falls silent is opened again, after a list', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow({ idleTimeoutMs: 60 });
    await until(() => argocd.count(/stream/) >= 3);
    expect(argocd.count(/fields=/)).toBeGreaterThanOrEqual(3);
    expect(names(s)).toEqual(['web-dev']);
  });

  it('F49 events that got lost are healed by the next list', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow({ relistIntervalMs: 60 });
    await until(() => isLive(s));
    argocd.applications = [
      anApplication('web-dev', { health: { status: 'Degraded' } }),
      anApplication('new-dev'),
    ];
    await until(
      () => names(s).length === 2 && get(s, 'web-dev').health === 'Degraded',
    );
    expect(argocd.openStreams).toBe(1);
  });

  it('F50 a restart with another resource version leaves no ghosts', async () => {
    argocd.applications = [
      anApplication('a'),
      anApplication('b'),
      anApplication('c'),
      anApplication('d'),
    ];
    argocd.resourceVersion = 900;
    const s = follow();
    await until(() => isLive(s));
    argocd.applications = argocd.applications.slice(1);
    argocd.resourceVersion = 3;
    argocd.cut();
    await until(() => argocd.count(/resourceVersion=3$/) === 1);
    expect(names(s)).toEqual(['b', 'c', 'd']);
  });

  it('F50 a stream from a version that is yet to come is opened anew', async () => {
    argocd.applications = [anApplication('a')];
    argocd.resourceVersion = 900;
    const s = follow({ relistIntervalMs: 50 });
    await until(() => isLive(s));
    argocd.resourceVersion = 901;
    const lists = argocd.count(/applications\?fields/);
    await until(() => argocd.count(/applications\?fields/) > lists + 2);
    expect(argocd.count(/stream/)).toBe(1);
    argocd.resourceVersion = 3;
    await until(() => argocd.count(/resourceVersion=3$/) === 1 && isLive(s));
    expect(names(s)).toEqual(['a']);
  });

  it('F51 a refused token is one clear error and no storm', async () => {
    argocd.onList = (_, res) => json(res, 401, { message: 'token expired' });
    const logger = mockServices.logger.mock();
    const s = follow({ logger, backoffMs: { min: 20, max: 1000 } });
    await until(() => s.getSnapshot().state === 'error');
    expect(s.getSnapshot().message).toBe(
      'Argo CD main refuses the token (401); renew platformEnvs.argocd.instances.main.token',
    );
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(argocd.calls.length).toBeLessThan(12);
    expect(argocd.count(/session/)).toBe(0);
    expect(logger.warn).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain('Bearer');
  });

  it.each(['../../session', 'a/b', 'a%2fb', '..', '', 'x'.repeat(300)])(
    'F52 the name %p never reaches another path',
    async name => {
      const s = follow();
      await until(() => isLive(s));
      const before = argocd.calls.length;
      await expect(s.sync(name)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      await expect(s.refresh(name)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      expect(argocd.calls).toHaveLength(before);
    },
  );

  it('encodes the revision that it asks about', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow();
    await until(() => isLive(s));
    await s.getRevisionMetadata('web-dev', '../x');
    expect(argocd.calls.at(-1)).toContain('/revisions/..%2Fx/metadata');
  });

  it('turns refusals of Argo CD into errors that say what to do', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow();
    await until(() => isLive(s));
    await expect(s.refresh('unknown')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('has no application unknown'),
    });
    const answer = (status: number, message: string) => {
      argocd.onApplication = (_, res) => json(res, status, { message });
    };
    answer(400, 'another operation is already in progress');
    await expect(s.sync('web-dev')).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('already in progress'),
    });
    answer(403, 'permission denied');
    await expect(s.sync('web-dev')).rejects.toMatchObject({
      name: 'NotAllowedError',
    });
    answer(500, 'boom');
    await expect(s.sync('web-dev')).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });

  it('asks once for a revision that many want', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow();
    await until(() => isLive(s));
    const revision = 'd'.repeat(40);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        s.getRevisionMetadata('web-dev', revision),
      ),
    );
    expect(argocd.count(new RegExp(revision))).toBe(1);
  });

  it('shows what was known before a restart, as stale', async () => {
    argocd.onList = (_, res) => json(res, 503, { message: 'starting' });
    const known = new ArgocdDeploymentSource({
      instance: 'main',
      url: argocd.url,
      token: 'token',
      logger: mockServices.logger.mock(),
    });
    known.restore({
      state: 'live',
      observedAt: '2026-01-01T00:00:00.000Z',
      deployments: [
        {
          instance: 'main',
          name: 'web-dev',
          namespace: 'argocd',
          labels: {},
          automated: false,
          sync: 'Synced',
          health: 'Healthy',
          images: [],
          resources: [],
          conditions: [],
        },
      ],
    });
    expect(known.getSnapshot()).toMatchObject({
      state: 'stale',
      observedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(names(known)).toEqual(['web-dev']);
    await known.stop();
  });

  it('keeps what an event said when an older list arrives after it', async () => {
    argocd.applications = [anApplication('web-dev')];
    const s = follow({ relistIntervalMs: 100 });
    await until(() => isLive(s));
    let answer: (() => void) | undefined;
    argocd.onList = (_, res) => {
      const items = [anApplication('web-dev')];
      answer = () => json(res, 200, { items });
    };
    await until(() => answer !== undefined);
    argocd.event(
      'MODIFIED',
      anApplication('web-dev', { health: { status: 'Degraded' } }),
    );
    await until(() => get(s, 'web-dev').health === 'Degraded');
    argocd.onList = undefined;
    argocd.applications = [
      anApplication('web-dev', { health: { status: 'Degraded' } }),
    ];
    const healths = new Set<string>();
    s.onChange(() => healths.add(get(s, 'web-dev').health));
    answer!();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(get(s, 'web-dev').health).toBe('Degraded');
    expect(healths).not.toContain('Healthy');
  });
});
