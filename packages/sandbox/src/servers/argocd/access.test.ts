import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';
import { ARGOCD_READONLY_TOKEN } from './ArgocdAccounts';

jest.setTimeout(60_000);

const APP = '/api/v1/applications/sample-backend-uat';
const PROJECT = '/api/v1/projects/sample-platform-ai';

describe('access to Argo CD', () => {
  let argocd: ArgocdTestServer;
  beforeAll(async () => {
    argocd = await startArgocdServer();
  });
  afterAll(() => argocd.close());

  it('lets a reader read and nothing else, in Argo CD words', async () => {
    const { call, get } = argocd;
    expect((await get(APP, ARGOCD_READONLY_TOKEN)).status).toBe(200);
    expect(
      (await get('/api/v1/applications', ARGOCD_READONLY_TOKEN)).body.items,
    ).toHaveLength(9);
    expect(
      await call('POST', `${APP}/sync`, {}, ARGOCD_READONLY_TOKEN),
    ).toEqual({
      status: 403,
      body: {
        error:
          'permission denied: applications, sync, sample-platform-ai/sample-backend-uat, sub: readonly',
        code: 7,
        message:
          'permission denied: applications, sync, sample-platform-ai/sample-backend-uat, sub: readonly',
      },
    });
    for (const [method, path, body] of [
      ['POST', `${APP}/rollback`, { id: 0 }],
      ['DELETE', APP, undefined],
      ['PUT', PROJECT, { project: {} }],
      ['POST', '/api/v1/projects', { project: { metadata: { name: 'x' } } }],
      ['POST', '/api/v1/account/fairway/token', {}],
    ] as const) {
      const { status } = await call(method, path, body, ARGOCD_READONLY_TOKEN);
      expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 403`);
    }
  });

  it('names the moment of a session in a refusal', async () => {
    const { call } = argocd;
    const { body } = await call(
      'POST',
      '/api/v1/session',
      { username: 'readonly', password: 'password' },
      '',
    );
    const refused = await call('POST', `${APP}/sync`, {}, body.token);
    expect(refused.body.message).toMatch(
      /, sub: readonly, iat: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
  });

  it('gives a role of a project tokens that may what its policies say, until they are taken back', async () => {
    const { call, get } = argocd;
    const { body: project } = await get(PROJECT);
    const may = (action: string, object: string) =>
      `p, proj:sample-platform-ai:ci, applications, ${action}, sample-platform-ai/${object}, allow`;
    const saved = await call('PUT', PROJECT, {
      project: {
        ...project,
        spec: {
          ...project.spec,
          roles: [
            {
              name: 'ci',
              policies: [may('get', '*'), may('sync', 'sample-backend-*')],
            },
          ],
        },
      },
    });
    expect(saved.status).toBe(200);
    // Who read the project before that change must read it again.
    expect(await call('PUT', PROJECT, { project })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('has been modified') },
    });

    const made = await call('POST', `${PROJECT}/roles/ci/token`, {
      expiresIn: '3600',
    });
    const { token } = made.body;
    expect((await get('/api/v1/applications', token)).body.items).toHaveLength(
      9,
    );
    expect((await call('POST', `${APP}/sync`, {}, token)).status).toBe(200);
    await argocd.sandbox.until('sample-backend-uat', a => !a.operation);
    expect(
      argocd.sandbox.engine.store.get('sample-backend-uat')!.status
        .operationState!.operation.initiatedBy,
    ).toEqual({ username: 'proj:sample-platform-ai:ci' });
    const other = APP.replace('backend', 'frontend');
    expect(
      (await call('POST', `${other}/sync`, {}, token)).body.message,
    ).toMatch(
      /^permission denied: applications, sync, sample-platform-ai\/sample-frontend-uat, sub: proj:sample-platform-ai:ci, iat: /,
    );
    expect((await get('/api/v1/clusters', token)).body.items).toEqual([]);

    const [{ iat }] = (await get(PROJECT)).body.spec.roles[0].jwtTokens;
    await call('DELETE', `${PROJECT}/roles/ci/token/${iat}`);
    expect((await get(APP, token)).status).toBe(401);
    const events = await get(`${PROJECT}/events`);
    expect(
      events.body.items.map((e: any) => `${e.reason}: ${e.message}`),
    ).toEqual([
      'ResourceUpdated: fairway updated project',
      'ResourceCreated: fairway created token',
      'ResourceDeleted: fairway deleted token',
    ]);
  });

  it('F51 answers an expired token with 401, and says so', async () => {
    const { call, get, sandbox } = argocd;
    const { body } = await call('POST', '/api/v1/account/fairway/token', {
      expiresIn: '60',
    });
    expect((await get(APP, body.token)).status).toBe(200);
    sandbox.world.clock.advance(61_000);
    const expired = {
      status: 401,
      body: {
        error: 'invalid session: token has invalid claims: token is expired',
        code: 16,
        message: 'invalid session: token has invalid claims: token is expired',
      },
    };
    expect(await get(APP, body.token)).toEqual(expired);

    expect((await get(APP)).status).toBe(200);
    await sandbox.world.scenarios.start('argo-token-expired');
    expect(await get(APP)).toEqual(expired);
    await sandbox.world.scenarios.start('calm');
    expect((await get(APP)).status).toBe(200);
    // A token of somebody else's making is none.
    expect(
      (await get(APP, `${body.token.slice(0, -4)}AAAA`)).body.message,
    ).toBe('invalid session: token is malformed or has been revoked');
  });

  it('tells of accounts, clusters, repositories and certificates', async () => {
    const { get } = argocd;
    const names = (reply: { body: any }) =>
      reply.body.items.map((i: { name: string }) => i.name);
    expect(names(await get('/api/v1/account'))).toEqual([
      'admin',
      'fairway',
      'readonly',
    ]);
    expect((await get('/api/v1/account/admin')).body.capabilities).toEqual([
      'login',
    ]);
    expect((await get('/api/v1/account/nobody')).status).toBe(404);
    expect(
      (await get('/api/v1/account/can-i/applications/sync/*')).body.value,
    ).toBe('yes');
    expect(
      (
        await get(
          '/api/v1/account/can-i/applications/sync/*',
          ARGOCD_READONLY_TOKEN,
        )
      ).body.value,
    ).toBe('no');

    const clusters = await get('/api/v1/clusters');
    expect(names(clusters)).toEqual([
      'sample-platform-ai-dev',
      'sample-platform-ai-uat',
      'sample-platform-ai-prod',
      'in-cluster',
    ]);
    expect(clusters.body.items[0].info.applicationsCount).toBe(2);
    const byName = await get('/api/v1/clusters/in-cluster?id.type=name');
    expect(byName.body.server).toBe('https://kubernetes.default.svc');
    expect(
      (
        await get(
          `/api/v1/clusters/${encodeURIComponent(
            'https://kubernetes.default.svc',
          )}`,
        )
      ).body.name,
    ).toBe('in-cluster');
    expect((await get('/api/v1/clusters/moon?id.type=name')).status).toBe(403);

    const [{ repo, connectionState }] = (await get('/api/v1/repositories')).body
      .items;
    expect(connectionState.status).toBe('Successful');
    const refs = await get(
      `/api/v1/repositories/${encodeURIComponent(repo)}/refs`,
    );
    expect(refs.body.branches).toContain('main');
    expect((await get('/api/v1/certificates')).body.items).toEqual([]);
    const health = await fetch(`${argocd.url}/healthz`);
    expect(await health.text()).toBe('ok');
  });

  it('F52 takes a name with slashes for a name, never for another path', async () => {
    const { get, call } = argocd;
    for (const name of [
      '..%2fprojects',
      'a%2Fb',
      '%2e%2e%2f%2e%2e',
      'x'.repeat(4000),
    ]) {
      expect(
        `${name} ${(await get(`/api/v1/applications/${name}`)).status}`,
      ).toBe(`${name} 403`);
    }
    const { body } = await get(APP);
    for (const name of ['a/b', '..', '-x', 'A', '']) {
      expect(
        (
          await call('POST', '/api/v1/applications', {
            metadata: { name },
            spec: body.spec,
          })
        ).status,
      ).toBe(400);
    }
  });

  it('F47 shows no application when rights are lost', async () => {
    const { get, sandbox } = argocd;
    await sandbox.world.scenarios.start('argo-rbac-lost');
    expect(await get('/api/v1/applications')).toMatchObject({
      status: 200,
      body: { items: null },
    });
    expect((await get(APP)).status).toBe(403);
    await sandbox.world.scenarios.start('calm');
    expect((await get('/api/v1/applications')).body.items).toHaveLength(9);
  });

  it('F50 cuts watches and goes back with its resource versions at a restart', async () => {
    const { get, sandbox, url } = argocd;
    const version = async () =>
      Number((await get('/api/v1/applications')).body.metadata.resourceVersion);
    const before = await version();
    const watch = await fetch(
      `${url}/api/v1/stream/applications?resourceVersion=${before}`,
      { headers: { authorization: `Bearer ${ARGOCD_READONLY_TOKEN}` } },
    );
    const ended = watch.text();
    await sandbox.world.scenarios.start('argo-restart');
    await ended;
    expect(await version()).toBeLessThan(before);
    // What changes now is older than what a watcher asks for: only a list tells.
    await sandbox.engine.refresh('sample-backend-uat');
    expect(await version()).toBeLessThan(before);
    await sandbox.world.scenarios.start('calm');
  });

  it('forbids what a project does not permit', async () => {
    const { call, get, sandbox } = argocd;
    const { body: model } = await get(APP);
    await call('POST', '/api/v1/projects', {
      project: {
        metadata: { name: 'narrow' },
        spec: {
          sourceRepos: [model.spec.source.repoURL],
          destinations: [{ name: 'sample-platform-ai-dev', namespace: 'shop' }],
          namespaceResourceBlacklist: [{ group: '', kind: 'Service' }],
          clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
        },
      },
    });
    const input = (spec: object) => ({
      metadata: { name: 'narrow-app' },
      spec: {
        ...model.spec,
        project: 'narrow',
        destination: { name: 'sample-platform-ai-dev', namespace: 'shop' },
        source: { ...model.spec.source, path: 'gitops/base/sample-backend' },
        ...spec,
      },
    });
    const create = (spec: object) =>
      call('POST', '/api/v1/applications', input(spec));
    expect(
      (await create({ destination: model.spec.destination })).body.message,
    ).toBe(
      "application spec for narrow-app is invalid: InvalidSpecError: application destination server 'sample-platform-ai-uat' and namespace 'sample-platform-ai' do not match any of the allowed destinations in project 'narrow'",
    );
    expect(
      (
        await create({
          source: {
            ...model.spec.source,
            repoURL: 'http://git/other/repo.git',
          },
        })
      ).body.message,
    ).toContain(
      "application repo http://git/other/repo.git is not permitted in project 'narrow'",
    );
    expect((await create({})).status).toBe(200);
    await call('POST', '/api/v1/applications/narrow-app/sync', {});
    const { status } = await sandbox.until(
      'narrow-app',
      a => a.status.operationState?.phase === 'Failed',
    );
    expect(status.operationState).toMatchObject({
      message: 'one or more synchronization tasks are not valid',
      syncResult: {
        resources: [
          {
            kind: 'Service',
            status: 'SyncFailed',
            message: 'resource :Service is not permitted in project narrow',
          },
        ],
      },
    });
    // A project that is narrowed afterwards shows in the conditions.
    const { body: narrow } = await get('/api/v1/projects/narrow');
    await call('PUT', '/api/v1/projects/narrow', {
      project: { ...narrow, spec: { ...narrow.spec, destinations: [] } },
    });
    const invalid = await sandbox.until('narrow-app', a =>
      Boolean(a.status.conditions?.length),
    );
    expect(invalid.status.conditions![0].type).toBe('InvalidSpecError');
    expect((await call('DELETE', '/api/v1/projects/narrow')).body.message).toBe(
      'project is referenced by 1 applications',
    );
    await call('DELETE', '/api/v1/applications/narrow-app');
    expect((await call('DELETE', '/api/v1/projects/narrow')).status).toBe(200);
  });
});
