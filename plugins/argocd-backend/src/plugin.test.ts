import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  PlatformEnvsService,
  platformEnvsServiceRef,
} from '@fairway/plugin-platform-envs-node';
import { aDeployment } from '@fairway/plugin-platform-envs-node/testUtils';
import request from 'supertest';
import plugin from '.';

const deployment = aDeployment({
  name: 'backend-dev',
  labels: { 'fairway.dev/component': 'backend' },
  url: 'https://argocd.example.com/applications/argocd/backend-dev',
  revision: 'a'.repeat(40),
  operation: { phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z' },
  conditions: [
    { type: 'SyncError', message: 'no', at: '2026-01-01T00:00:00Z' },
  ],
  history: [
    { id: 0, revision: 'b'.repeat(40), deployedAt: '2025-12-31T00:00:00Z' },
    { id: 1, revision: 'a'.repeat(40), deployedAt: '2026-01-01T00:00:00Z' },
  ],
});

async function start(service: Partial<PlatformEnvsService> = {}) {
  const platformEnvs = {
    listDeployments: jest.fn(async query =>
      (!query.name || query.name === deployment.name) &&
      (!query.instance || query.instance === deployment.instance)
        ? [deployment]
        : [],
    ),
    getRevisionMetadata: jest.fn(async () => ({ author: 'Ada' })),
    ...service,
  };
  const { server } = await startTestBackend({
    features: [
      plugin,
      mockServices.rootConfig.factory(),
      createServiceFactory({
        service: platformEnvsServiceRef,
        deps: {},
        factory: () => platformEnvs as PlatformEnvsService,
      }),
    ],
  });
  return { api: request(server), platformEnvs };
}

describe('argocdPlugin', () => {
  it('finds the instances that have an application', async () => {
    const { api } = await start();
    const found = [
      {
        name: 'main',
        url: 'https://argocd.example.com',
        appName: ['backend-dev'],
      },
    ];
    await api.get('/api/argocd/find/name/backend-dev').expect(200, found);
    await api
      .get(
        `/api/argocd/find/selector/${encodeURIComponent(
          'fairway.dev/component=backend',
        )}`,
      )
      .expect(200, found);
    await api.get('/api/argocd/find/name/other').expect(200, []);
  });

  it('describes an application as the card wants it', async () => {
    const { api } = await start();
    const { body } = await api
      .get('/api/argocd/argoInstance/main/applications/name/backend-dev')
      .expect(200);
    expect(body).toEqual({
      metadata: {
        name: 'backend-dev',
        namespace: 'argocd',
        labels: { 'fairway.dev/component': 'backend' },
        instance: { name: 'main', url: 'https://argocd.example.com' },
      },
      spec: {},
      status: {
        sync: { status: 'Synced', revision: 'a'.repeat(40) },
        health: { status: 'Healthy' },
        operationState: {
          phase: 'Succeeded',
          startedAt: '2026-01-01T00:00:00Z',
        },
        conditions: [
          {
            type: 'SyncError',
            message: 'no',
            lastTransitionTime: '2026-01-01T00:00:00Z',
          },
        ],
        history: [
          {
            id: 0,
            revision: 'b'.repeat(40),
            deployedAt: '2025-12-31T00:00:00Z',
          },
          {
            id: 1,
            revision: 'a'.repeat(40),
            deployedAt: '2026-01-01T00:00:00Z',
          },
        ],
        summary: { images: [] },
      },
    });
  });

  it('says when it was so, where Argo CD gives no fresh answer', async () => {
    const observedAt = new Date(Date.now() - 12.5 * 60_000).toISOString();
    const { api } = await start({
      listDeployments: async () => [
        {
          ...deployment,
          condition: { state: 'stale', observedAt, message: 'answered 503' },
        },
      ],
    });
    const { body } = await api
      .get('/api/argocd/argoInstance/main/applications/selector/a%3Db')
      .expect(200);
    const { sync, health, conditions } = body.items[0].status;
    expect(sync.status).toBe(`${deployment.sync}, 12 min ago`);
    expect(health.status).toBe(`${deployment.health}, 12 min ago`);
    expect(conditions[0]).toEqual({
      type: 'Stale',
      message:
        'Argo CD gives no fresh answer, this is from 12 min ago: answered 503',
      lastTransitionTime: observedAt,
    });
  });

  it('leaves out an operation that has no start, which the card would refuse', async () => {
    const { api } = await start({
      listDeployments: async () => [
        { ...deployment, operation: { phase: 'Running' } },
      ],
    });
    const { body } = await api
      .get('/api/argocd/argoInstance/main/applications/selector/a%3Db')
      .expect(200);
    expect(body.items[0].status.operationState).toBeUndefined();
  });

  it('keeps several instances and namespaces apart', async () => {
    const all = ['one', 'two'].flatMap(instance =>
      ['team-a', 'team-b'].map(namespace => ({
        ...deployment,
        instance,
        namespace,
        url: `https://${instance}.example.com/applications/${namespace}/backend-dev`,
      })),
    );
    const { api, platformEnvs } = await start({
      listDeployments: jest.fn(async ({ instance, namespace }) =>
        all.filter(
          d =>
            (!instance || d.instance === instance) &&
            (!namespace || d.namespace === namespace),
        ),
      ),
    });
    await api
      .get('/api/argocd/find/name/backend-dev?appNamespace=team-b')
      .expect(200, [
        {
          name: 'one',
          url: 'https://one.example.com',
          appName: ['backend-dev'],
        },
        {
          name: 'two',
          url: 'https://two.example.com',
          appName: ['backend-dev'],
        },
      ]);
    const { body } = await api
      .get(
        '/api/argocd/argoInstance/two/applications/name/backend-dev?appNamespace=team-b',
      )
      .expect(200);
    expect(body.metadata).toMatchObject({
      namespace: 'team-b',
      instance: { name: 'two' },
    });
    expect(platformEnvs.listDeployments).toHaveBeenLastCalledWith(
      { name: 'backend-dev', instance: 'two', namespace: 'team-b' },
      expect.anything(),
    );
  });

  it('lists what a project has, when only that is annotated', async () => {
    const { api, platformEnvs } = await start();
    const { body } = await api
      .get('/api/argocd/argocd/api/applications?project=shop')
      .expect(200);
    expect(body.items).toHaveLength(1);
    expect(platformEnvs.listDeployments).toHaveBeenCalledWith(
      { project: 'shop' },
      expect.anything(),
    );
  });

  it.each([
    ['19.6.4', { repoURL: 'https://charts.example.com', chart: 'redis' }],
    [
      `sha256:${'b'.repeat(64)}`,
      { repoURL: 'oci://registry.example.com/web', path: '.' },
    ],
  ])(
    'never asks who made %s, and tells the card not to',
    async (revision, origin) => {
      const { api, platformEnvs } = await start({
        listDeployments: async ({ name }) =>
          name === 'unknown'
            ? []
            : [
                {
                  ...deployment,
                  sources: [origin],
                  source: { repoURL: origin.repoURL },
                  revision,
                  history: [{ id: 0, revision }, { id: 1 }],
                },
              ],
      });
      const path = '/api/argocd/argoInstance/main/applications/name';
      const { body } = await api.get(`${path}/backend-dev`).expect(200);
      expect(body.status.history).toEqual([
        {
          id: 0,
          revision,
          source: { repoURL: origin.repoURL, chart: expect.any(String) },
        },
      ]);
      await api
        .get(
          `${path}/backend-dev/revisions/${encodeURIComponent(
            revision,
          )}/metadata`,
        )
        .expect(200, { author: 'n/a', message: 'n/a', date: 'n/a' });
      await api
        .get(
          `${path}/unknown/revisions/${encodeURIComponent(revision)}/metadata`,
        )
        .expect(404);
      expect(platformEnvs.getRevisionMetadata).not.toHaveBeenCalled();
    },
  );

  it('gives the commit of the overlay where there are several sources', async () => {
    const sources = [
      {
        repoURL: 'https://charts.example.com',
        chart: 'web',
        revision: '1.4.7',
      },
      {
        repoURL: 'https://git.example.com/r',
        path: 'dev',
        revision: 'a'.repeat(40),
      },
    ];
    const { api } = await start({
      listDeployments: async () => [
        {
          ...deployment,
          sources,
          source: {
            repoURL: 'https://git.example.com/r',
            path: 'dev',
            position: 2,
          },
        },
      ],
    });
    const { body } = await api
      .get('/api/argocd/argoInstance/main/applications/name/backend-dev')
      .expect(200);
    expect(body.spec).toEqual({
      source: { repoURL: 'https://git.example.com/r', path: 'dev' },
      sources: [
        { repoURL: 'https://charts.example.com', chart: 'web' },
        { repoURL: 'https://git.example.com/r', path: 'dev' },
      ],
    });
    expect(body.status.sync.revisions).toEqual(['1.4.7', 'a'.repeat(40)]);
    // with `sources` in an entry the card would take the first, which is the chart
    expect(body.status.history.every((h: any) => !h.sources && !h.source)).toBe(
      true,
    );
  });

  it('asks with the credentials of the person who looks', async () => {
    const { api, platformEnvs } = await start();
    await api
      .get(
        '/api/argocd/argoInstance/main/applications/name/backend-dev/revisions/abc1234/metadata',
      )
      .set('Authorization', mockCredentials.user.header('user:default/ada'))
      .expect(200, { author: 'Ada' });
    expect(platformEnvs.getRevisionMetadata).toHaveBeenCalledWith(
      { instance: 'main', name: 'backend-dev', revision: 'abc1234' },
      { credentials: mockCredentials.user('user:default/ada') },
    );
  });

  it('says that a commit cannot be asked for now, so that the card does not load for ever', async () => {
    const { api } = await start({
      getRevisionMetadata: async () => {
        throw Object.assign(new Error('silent'), { statusCode: 503 });
      },
    });
    const { body } = await api
      .get(
        '/api/argocd/argoInstance/main/applications/name/backend-dev/revisions/abc1234/metadata',
      )
      .expect(200);
    expect(body.message).toBe('not known: Argo CD does not answer');
  });

  it('passes refusals on', async () => {
    const denied = await start({
      listDeployments: async () => {
        throw new NotAllowedError('no');
      },
      getRevisionMetadata: async () => {
        throw new NotFoundError('no');
      },
    });
    await denied.api.get('/api/argocd/find/name/backend-dev').expect(403);
    await denied.api
      .get(
        '/api/argocd/argoInstance/main/applications/name/x/revisions/abc1234/metadata',
      )
      .expect(404);
    await denied.api
      .get('/api/argocd/find/name/backend-dev')
      .set('Authorization', mockCredentials.none.header())
      .expect(401);
    const { api } = await start();
    await api
      .get('/api/argocd/argoInstance/other/applications/name/backend-dev')
      .expect(404);
  });

  it('F52 keeps a name a name, whatever is in it', async () => {
    const { api, platformEnvs } = await start();
    await api.get('/api/argocd/find/name/..%2f..%2fsession').expect(200, []);
    expect(platformEnvs.listDeployments).toHaveBeenCalledWith(
      { name: '../../session' },
      expect.anything(),
    );
  });

  it('has no way to change anything', async () => {
    const { api } = await start();
    const path = '/api/argocd/argoInstance/main/applications/backend-dev';
    await api.delete(path).expect(404);
    await api.post('/api/argocd/sync').expect(404);
  });
});
