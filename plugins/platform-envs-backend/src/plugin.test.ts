import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  platformEnvsAdaptersExtensionPoint,
  PlatformEnvsService,
  platformEnvsServiceRef,
} from '@fairway/plugin-platform-envs-node';
import {
  aDeployment,
  FakeDeploymentSource,
  FakeGitHost,
  FakeReplicationLagSource,
} from '@fairway/plugin-platform-envs-node/testUtils';
import { Server } from 'node:http';
import request from 'supertest';
import {
  aComponent,
  anEnvironment,
  anImage,
  anOverlay,
  BACKEND,
  DEV,
  digestOf,
  PROD,
  REPOSITORY,
} from './__testUtils__/entities';
import { FollowedAnswers, followAnswers } from './__testUtils__/followAnswers';
import plugin from '.';

const HOST = 'git.example.com';

type Decision = AuthorizeResult.ALLOW | AuthorizeResult.DENY;

interface Setup {
  entities?: Entity[];
  decide?: (permission: string, resourceRef?: string) => Decision;
  /** Without Argo CD, Git host and AWS. */
  bare?: boolean;
}

/** What all backends of this file answered. */
const followed: FollowedAnswers[] = [];

async function start(setup: Setup = {}) {
  const source = new FakeDeploymentSource();
  const gitHost = new FakeGitHost();
  const lag = new FakeReplicationLagSource();
  gitHost.push(REPOSITORY, 'main', {
    'gitops/overlays/dev/backend/kustomization.yaml': anOverlay(
      'backend',
      '1.2.0',
    ),
    'gitops/overlays/prod/backend/kustomization.yaml': anOverlay(
      'backend',
      '1.1.0',
    ),
  });
  source.set([
    aDeployment({
      name: 'backend-dev',
      labels: {
        'fairway.dev/component': 'backend',
        'fairway.dev/environment': 'dev',
      },
      automated: true,
      images: [anImage('backend', '1.2.0')],
      url: 'https://argocd.example.com/applications/argocd/backend-dev',
      history: [
        { id: 1, revision: 'a'.repeat(40), deployedAt: '2026-01-01T00:00:00Z' },
      ],
    }),
  ]);
  source.metadata.set('a'.repeat(40), { author: 'Ada', message: 'Release' });
  const adapters = createBackendModule({
    pluginId: 'platform-envs',
    moduleId: 'fakes',
    register(reg) {
      reg.registerInit({
        deps: { adapters: platformEnvsAdaptersExtensionPoint },
        async init(deps) {
          deps.adapters.addDeploymentSource(source);
          deps.adapters.addGitHost(HOST, gitHost);
          deps.adapters.addReplicationLagSource(lag);
        },
      });
    },
  });
  const entities = setup.entities ?? [
    anEnvironment('dev'),
    anEnvironment('prod'),
    aComponent('backend'),
  ];
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(r => ({
        result:
          setup.decide?.(
            r.permission.name,
            'resourceRef' in r ? r.resourceRef : undefined,
          ) ?? AuthorizeResult.ALLOW,
      })),
  });
  const auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ({ success: jest.fn(), fail: jest.fn() })),
  });
  let service: PlatformEnvsService | undefined;
  const backend = await startTestBackend({
    features: [
      plugin,
      anotherPlugin(ready => {
        service = ready;
      }),
      ...(setup.bare ? [] : [adapters]),
      catalogServiceMock.factory({ entities }),
      permissions.factory,
      auditor.factory,
      mockServices.rootConfig.factory({
        data: setup.bare ? {} : { platformEnvs: { gitHost: { host: HOST } } },
      }),
    ],
  });
  followed.push(followAnswers(backend.server as Server));
  const api = request(backend.server);
  await until(async () => {
    const { body } = await api.get('/api/platform-envs/overview');
    return (
      !setup.decide &&
      body.rows?.length !== 0 &&
      body.sources?.every((s: { state: string }) =>
        ['live', 'absent'].includes(s.state),
      )
    );
  });
  return {
    api,
    source,
    gitHost,
    lag,
    auditor,
    server: backend.server,
    service: service!,
  };
}

/** Another plugin that asks platform-envs through its service. */
function anotherPlugin(onReady: (service: PlatformEnvsService) => void) {
  return createBackendPlugin({
    pluginId: 'other',
    register(reg) {
      reg.registerInit({
        deps: { service: platformEnvsServiceRef, logger: coreServices.logger },
        async init({ service }) {
          onReady(service);
        },
      });
    },
  });
}

async function until(isDone: () => Promise<boolean>, tries = 60) {
  for (let i = 0; i < tries; i++) {
    if (await isDone()) return;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

const OPERATE = `/api/platform-envs/components/default/component/backend/environments/default/shop-dev`;

describe('platformEnvsPlugin', () => {
  it('puts catalog, Git and Argo CD side by side', async () => {
    const { api } = await start();
    const { body } = await api
      .get('/api/platform-envs/components/default/component/backend/delivery')
      .expect(200);
    const { row } = body;
    expect(row.component.ref).toBe(BACKEND);
    expect(row.cells).toEqual([
      expect.objectContaining({
        environmentRef: DEV,
        state: 'healthy',
        sync: 'Synced',
        health: 'Healthy',
        application: {
          name: 'backend-dev',
          instance: 'main',
          match: 'declared',
        },
        desired: expect.objectContaining({
          status: 'ok',
          value: expect.objectContaining({
            version: '1.2.0',
            digest: digestOf('1.2.0'),
            author: 'Somebody',
          }),
        }),
        live: expect.objectContaining({ status: 'ok' }),
      }),
      expect.objectContaining({
        environmentRef: PROD,
        state: 'missing',
        behind: expect.objectContaining({
          environmentRef: DEV,
          state: 'behind',
          fromVersion: '1.1.0',
          toVersion: '1.2.0',
        }),
      }),
    ]);
    expect(row.findings).toEqual([
      'prod: there is an overlay in Git, but no Argo CD application deploys it.',
    ]);
  });

  it('tells of the board no more than a grid shows, and of a cell everything', async () => {
    const { api } = await start();
    const { body } = await api.get('/api/platform-envs/overview').expect(200);
    expect(body.rows).toEqual([
      {
        component: expect.objectContaining({ ref: BACKEND }),
        cells: [
          {
            environmentRef: DEV,
            version: '1.2.0',
            digest: digestOf('1.2.0').slice(7, 15),
            since: '2026-01-01T00:00:00Z',
          },
          expect.objectContaining({
            environmentRef: PROD,
            state: 'missing',
            version: '1.1.0',
            of: 'git',
            unmatched: true,
            behind: expect.objectContaining({ state: 'behind' }),
          }),
        ],
        findings: [expect.stringMatching(/^prod: there is an overlay/)],
      },
    ]);
    expect(body).toMatchObject({ total: 1, attention: 1 });
    const cell = await api
      .get(OPERATE.replace('shop-dev', 'shop-prod'))
      .expect(200);
    expect(cell.body).toMatchObject({
      revision: body.revision,
      component: { ref: BACKEND },
      environment: { ref: PROD },
      cell: { desired: { value: { author: 'Somebody' } } },
      findings: body.rows[0].findings,
    });
    await api.get(OPERATE.replace('shop-dev', 'gone')).expect(404);
  });

  it('answers 304 to whoever may see and has seen', async () => {
    const { api } = await start();
    const first = await api.get('/api/platform-envs/overview').expect(200);
    await api
      .get('/api/platform-envs/overview')
      .set('If-None-Match', first.headers.etag)
      .expect(304);
    await api
      .get('/api/platform-envs/overview?state=degraded')
      .set('If-None-Match', first.headers.etag)
      .expect(200);
  });

  it('F74 refuses before any cache answers, also with the right ETag', async () => {
    const open = await start();
    const { headers } = await open.api.get('/api/platform-envs/overview');
    const { api } = await start({ decide: () => AuthorizeResult.DENY });
    for (const path of [
      '/overview',
      '/overview/stream',
      '/environments',
      '/environments/default/shop-dev',
      '/environments/default/shop-dev/replication-lag',
      '/components/default/component/backend/delivery',
      '/components/default/component/backend/environments/default/shop-dev',
      '/applications',
    ]) {
      await api
        .get(`/api/platform-envs${path}`)
        .set('If-None-Match', headers.etag)
        .expect(403);
    }
  });

  it('asks strangers to sign in', async () => {
    const { api } = await start();
    for (const path of ['/overview', '/overview/stream', '/applications']) {
      await api
        .get(`/api/platform-envs${path}`)
        .set('Authorization', mockCredentials.none.header())
        .expect(401);
    }
    await api
      .post(`${OPERATE}/sync`)
      .set('Authorization', mockCredentials.none.header())
      .expect(401);
  });

  it('shows one environment with its findings', async () => {
    const { api } = await start();
    const { body } = await api
      .get('/api/platform-envs/environments/default/shop-prod')
      .expect(200);
    expect(body.environment.ref).toBe(PROD);
    expect(body.rows).toHaveLength(1);
    expect(body.findings).toEqual([
      'backend: prod: there is an overlay in Git, but no Argo CD application deploys it.',
    ]);
    await api
      .get('/api/platform-envs/environments/default/nowhere')
      .expect(404);
    await api.get('/api/platform-envs/environments/default/..%2f').expect(400);
  });

  it('tells how a component is delivered, with authors and links', async () => {
    const { api } = await start();
    const { body } = await api
      .get('/api/platform-envs/components/default/component/backend/delivery')
      .expect(200);
    expect(body.environments.map((e: { ref: string }) => e.ref)).toEqual([
      DEV,
      PROD,
    ]);
    expect(body.history).toEqual([
      expect.objectContaining({
        environmentRef: DEV,
        author: 'Ada',
        message: 'Release',
        release: expect.objectContaining({ version: '1.2.0' }),
      }),
    ]);
    expect(
      body.row.cells[0].links.map((l: { type: string }) => l.type),
    ).toEqual(['argocd', 'git']);
  });

  it('syncs and refreshes for whoever may, and keeps a record', async () => {
    const { api, source, auditor } = await start();
    await api.post(`${OPERATE}/sync`).expect(202);
    await api.post(`${OPERATE}/refresh`).expect(202);
    expect(source.calls.map(c => c.method)).toEqual(['sync', 'refresh']);
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'environment-operate',
        meta: {
          operation: 'sync',
          componentRef: BACKEND,
          environmentRef: DEV,
        },
      }),
    );
  });

  it('does not let readers operate, and names the pair that it decided on', async () => {
    const asked: unknown[] = [];
    const { api, source } = await start({
      decide: (permission, resourceRef) => {
        asked.push([permission, resourceRef]);
        return permission === 'platform-envs.environment.operate'
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW;
      },
    });
    await api.post(`${OPERATE}/sync`).expect(403);
    await api
      .post(`${OPERATE}/sync`)
      .set('Authorization', mockCredentials.service.header())
      .expect(403);
    expect(source.calls).toEqual([]);
    expect(asked).toContainEqual([
      'platform-envs.environment.operate',
      `${BACKEND}@${DEV}`,
    ]);
  });

  it('lists applications by name and by selector', async () => {
    const { api } = await start();
    const names = async (query: string) => {
      const { body } = await api
        .get(`/api/platform-envs/applications?${query}`)
        .expect(200);
      return body.items.map((d: { name: string }) => d.name);
    };
    expect(await names('name=backend-dev')).toEqual(['backend-dev']);
    expect(await names('selector=fairway.dev/component%3Dbackend')).toEqual([
      'backend-dev',
    ]);
    expect(await names('selector=fairway.dev/component%3Dother')).toEqual([]);
    await api
      .get('/api/platform-envs/applications?selector=a%20in%20(b)')
      .expect(400);
    const { body } = await api
      .get(
        `/api/platform-envs/applications/main/backend-dev/revisions/${'a'.repeat(
          40,
        )}`,
      )
      .expect(200);
    expect(body.author).toBe('Ada');
    await api
      .get('/api/platform-envs/applications/main/backend-dev/revisions/..%2fx')
      .expect(400);
  });

  it('selects by label what an annotation chose, and narrows by instance, namespace and project', async () => {
    const { api, source } = await start({
      entities: [
        anEnvironment('dev'),
        anEnvironment('prod'),
        aComponent('backend', {
          'dev.env.fairway.dev/argocd-app-name': 'odd',
        }),
      ],
    });
    source.set([
      aDeployment({ name: 'odd', namespace: 'team-a', project: 'a' }),
      aDeployment({ name: 'backend-prod', project: 'b' }),
      aDeployment({ name: 'other', project: 'b' }),
    ]);
    const names = async (query: string) => {
      const { body } = await api
        .get(`/api/platform-envs/applications?${query}`)
        .expect(200);
      return body.items.map((d: { name: string }) => d.name);
    };
    const ofBackend = 'selector=fairway.dev/component%3Dbackend';
    await until(async () => (await names(ofBackend)).length === 2);
    expect(await names(ofBackend)).toEqual(['backend-prod', 'odd']);
    expect(await names(`${ofBackend},fairway.dev/environment%3Ddev`)).toEqual([
      'odd',
    ]);
    expect(await names(`${ofBackend}&namespace=team-a`)).toEqual(['odd']);
    expect(await names('project=b')).toEqual(['backend-prod', 'other']);
    expect(await names(`${ofBackend}&instance=other`)).toEqual([]);
  });

  it('answers other plugins on behalf of who asks them', async () => {
    const { service } = await start();
    const credentials = mockCredentials.user();
    const found = await service.listDeployments(
      { name: 'backend-dev' },
      { credentials },
    );
    expect(found.map(d => [d.name, d.health])).toEqual([
      ['backend-dev', 'Healthy'],
    ]);
    const deployment = { instance: 'main', name: 'backend-dev' };
    await expect(
      service.getRevisionMetadata(
        { ...deployment, revision: 'a'.repeat(40) },
        { credentials },
      ),
    ).resolves.toEqual({ author: 'Ada', message: 'Release' });
    await expect(
      service.getRevisionMetadata(
        { ...deployment, revision: 'b'.repeat(40) },
        { credentials },
      ),
    ).rejects.toMatchObject({ statusCode: 404 });
    const refused = await start({ decide: () => AuthorizeResult.DENY });
    await expect(
      refused.service.listDeployments({}, { credentials }),
    ).rejects.toMatchObject({ statusCode: 403 });
  });

  it('tells other plugins that what it lists is not the present', async () => {
    const { service, source } = await start();
    const condition = {
      state: 'stale' as const,
      observedAt: '2026-01-01T00:00:00.000Z',
      message: 'Argo CD main answered 503',
    };
    source.set(source.getSnapshot().deployments, condition);
    await expect(
      service.listDeployments({}, { credentials: mockCredentials.user() }),
    ).resolves.toEqual([expect.objectContaining({ condition })]);
  });

  it('works without Argo CD, Git host and AWS, and says so', async () => {
    const { api } = await start({ bare: true });
    const { body } = await api.get('/api/platform-envs/overview').expect(200);
    expect(body.sources).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'argocd', state: 'absent' }),
        expect.objectContaining({
          id: `git:${REPOSITORY}#main`,
          state: 'absent',
        }),
      ]),
    );
    const { body: dev } = await api.get(OPERATE).expect(200);
    expect(dev.cell).toMatchObject({
      state: 'unknown',
      desired: { status: 'unavailable' },
      live: { status: 'unavailable' },
    });
    await api.post(`${OPERATE}/sync`).expect(409);
    const lag = await api
      .get('/api/platform-envs/environments/default/shop-dev/replication-lag')
      .expect(200);
    expect(lag.body.absentReason).toBe('This environment names no database.');
  });

  it('F54 a malformed entity costs only itself', async () => {
    const { api } = await start({
      entities: [
        anEnvironment('dev'),
        anEnvironment('prod', { delivery: undefined }),
        aComponent('backend', { 'fairway.dev/environments': 'dev,qa' }),
        aComponent('idle', { 'fairway.dev/environments': '' }),
      ],
    });
    const { body } = await api.get('/api/platform-envs/overview').expect(200);
    expect(body.rows.map((r: { findings?: string[] }) => r.findings)).toEqual([
      [
        'Its annotation fairway.dev/environments names "qa", which shop does not have.',
      ],
      [
        'It runs nowhere: its annotation fairway.dev/environments names no environment.',
      ],
    ]);
    expect(body.rows[0].cells).toHaveLength(1);
  });

  it('F75 F76 streams hints without data, ten at most for one person', async () => {
    const { server, source } = await start();
    const { port } = server.address() as { port: number };
    const url = `http://localhost:${port}/api/platform-envs/overview/stream`;
    const abort = new AbortController();
    const open = () =>
      fetch(url, {
        signal: abort.signal,
        headers: { Authorization: mockCredentials.user.header() },
      });
    const streams = await Promise.all(Array.from({ length: 10 }, open));
    expect(streams.map(s => s.status)).toEqual(Array(10).fill(200));
    expect((await open()).status).toBe(429);

    const reader = streams[0].body!.getReader();
    const read = async () =>
      new TextDecoder().decode((await reader.read()).value);
    const hello = await read();
    expect(hello).toMatch(/^event: revision\ndata: {"revision":"\w+"}\n\n$/);
    source.set([
      { ...source.getSnapshot().deployments[0], health: 'Degraded' },
    ]);
    const hint = await read();
    expect(hint).toMatch(
      /^event: revision\ndata: {"revision":"\w+","changed":\["component:default\/backend"\]}\n\n$/,
    );
    expect(hint.length).toBeLessThan(200);

    abort.abort();
    await until(async () => {
      const again = await fetch(url, {
        headers: { Authorization: mockCredentials.user.header() },
      });
      await again.body?.cancel();
      return again.status === 200;
    });
  });
});

describe('what was answered in all of these tests', () => {
  it('is as the API is described', () => {
    expect(followed.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
