import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

// Real git and kustomize, on machines that may be busy.
jest.setTimeout(30_000);

describe('createArgocdServer', () => {
  let argocd: ArgocdTestServer;
  let sandbox: ArgocdTestServer['sandbox'];
  let server: ArgocdTestServer['server'];

  beforeAll(async () => {
    argocd = await startArgocdServer();
    ({ sandbox, server } = argocd);
  });
  afterAll(() => argocd.close());

  const call: ArgocdTestServer['call'] = (...args) => argocd.call(...args);
  const get = (url: string) => call('GET', url);
  const app = '/api/v1/applications/sample-backend-uat';

  it('asks for a session', async () => {
    const without = await server.inject('/api/v1/applications');
    expect(without.statusCode).toBe(401);
    expect(without.json()).toEqual({
      error: 'no session information',
      code: 16,
      message: 'no session information',
    });
    const wrong = await server.inject({
      url: '/api/v1/applications',
      headers: { authorization: 'Bearer nonsense' },
    });
    expect(wrong.statusCode).toBe(401);
  });

  it('logs admin in and out', async () => {
    const logIn = (password: unknown) =>
      server.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: JSON.stringify({ username: 'admin', password }),
      });
    expect((await logIn('guess')).statusCode).toBe(401);
    expect((await logIn(7)).statusCode).toBe(401);
    const { token } = (await logIn('password')).json();
    const headers = { authorization: `Bearer ${token}` };
    const who = () =>
      server.inject({ url: '/api/v1/session/userinfo', headers });
    expect((await who()).json()).toMatchObject({
      loggedIn: true,
      username: 'admin',
    });
    await server.inject({ method: 'DELETE', url: '/api/v1/session', headers });
    expect((await who()).statusCode).toBe(401);
  });

  it('lists whole applications, by project and label', async () => {
    const all = await get('/api/v1/applications');
    expect(all.body.items).toHaveLength(9);
    const selected = await get(
      '/api/v1/applications?selector=fairway.dev/component%3Dsample-backend,fairway.dev/environment%20in%20(uat,prod)&projects=sample-platform-ai',
    );
    expect(selected.body.items.map((i: any) => i.metadata.name)).toEqual([
      'sample-backend-prod',
      'sample-backend-uat',
    ]);
    expect((await get('/api/v1/applications?project=default')).body.items).toBe(
      null,
    );
    expect((await get('/api/v1/applications?selector=a%3Db%20c')).status).toBe(
      500,
    );
  });

  it('cuts a list down to the fields that Argo CD knows, and drops the others', async () => {
    const { body } = await get(
      '/api/v1/applications?selector=fairway.dev/environment%3Duat&fields=items.metadata.name,items.status.sync.status,items.status.history,items.status.sync.revision',
    );
    expect(body.items).toEqual([
      {
        metadata: { name: 'sample-backend-uat' },
        status: { sync: { status: 'Synced' } },
      },
      {
        metadata: { name: 'sample-frontend-uat' },
        status: { sync: { status: 'Synced' } },
      },
      {
        metadata: { name: 'sample-platform-ai-uat' },
        status: { sync: { status: 'Synced' } },
      },
    ]);
    const excluded = await get(
      '/api/v1/applications?name=sample-backend-uat&fields=-items.spec,items.status.resources,items.status.operationState.operation.sync',
    );
    expect(excluded.body.items[0].spec).toBeUndefined();
    expect(excluded.body.items[0].status.resources).toBeUndefined();
    expect(excluded.body.items[0].status.health.status).toBe('Healthy');
  });

  it('reads everything about an application', async () => {
    const one = await get(`${app}?refresh=normal`);
    const { status } = one.body;
    expect(status.history.length).toBeGreaterThan(1);
    const tree = await get(`${app}/resource-tree`);
    expect(tree.body.nodes.map((n: any) => n.kind)).toEqual([
      'Service',
      'Deployment',
      'ReplicaSet',
      'Pod',
      'Pod',
    ]);
    const managed = await get(`${app}/managed-resources`);
    expect(JSON.parse(managed.body.items[1].targetState).kind).toBe(
      'Deployment',
    );
    const { body: manifests } = await get(`${app}/manifests`);
    expect(manifests).toMatchObject({ sourceType: 'Kustomize' });
    expect(manifests.manifests).toHaveLength(2);
    expect((await get(`${app}/syncwindows`)).body).toEqual({ canSync: true });
    expect((await get(`${app}/links`)).body).toEqual({ items: [] });
    const resource = await get(
      `${app}/resource?resourceName=sample-backend&kind=Deployment&group=apps&version=v1&namespace=sample-platform-ai`,
    );
    expect(JSON.parse(resource.body.manifest).status.readyReplicas).toBe(2);

    const metadata = await get(
      `${app}/revisions/${status.history[0].revision}/metadata`,
    );
    expect(metadata.body).toEqual({
      author: expect.stringMatching(/ <.+@.+>$/),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      message: expect.any(String),
    });
    expect(
      (await get(`${app}/revisions/${'0'.repeat(40)}/metadata`)).status,
    ).toBe(500);
  });

  it('does not tell an unknown application from a forbidden one', async () => {
    expect(await get('/api/v1/applications/nope')).toEqual({
      status: 403,
      body: {
        error: 'permission denied',
        code: 7,
        message: 'permission denied',
      },
    });
    // Those who name a project are told.
    expect(await get(`${app}?project=other`)).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('not found') },
    });
    expect(
      (await call('POST', '/api/v1/applications/nope/sync', {})).status,
    ).toBe(403);
    expect((await get('/api/v1/applications/..%2f..%2fx')).status).toBe(403);
  });

  it('syncs, and writes events about it', async () => {
    const synced = await call('POST', `${app}/sync`, {
      revision: 'main',
      prune: true,
      strategy: { hook: {} },
    });
    expect(synced.body.operation.initiatedBy).toEqual({ username: 'fairway' });
    await sandbox.until('sample-backend-uat', a => !a.operation);
    const events = await get(`${app}/events`);
    expect(events.body.items.map((e: any) => e.reason)).toEqual([
      'OperationStarted',
      'OperationCompleted',
    ]);
    await get(app);

    const refused = await call('POST', `${app}/sync`, { revision: 'nowhere' });
    expect(refused).toMatchObject({ status: 400, body: { code: 9 } });
    expect(
      await call('POST', `${app}/sync`, { resources: [{ kind: 1 }] }),
    ).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('resources.0.kind') },
    });
  });

  it('refuses what Argo CD refuses', async () => {
    const dev = '/api/v1/applications/sample-backend-dev';
    expect(await call('POST', `${dev}/rollback`, { id: 0 })).toMatchObject({
      status: 400,
      body: {
        code: 9,
        message: 'rollback cannot be initiated when auto-sync is enabled',
      },
    });
    expect(await call('DELETE', `${dev}/operation`)).toMatchObject({
      status: 400,
      body: { code: 3 },
    });
  });

  it('F57 holds syncs back in a sync window', async () => {
    const project = (await get('/api/v1/projects/sample-platform-ai')).body;
    const save = (windows: object[]) =>
      call('PUT', '/api/v1/projects/sample-platform-ai', {
        project: {
          ...project,
          spec: { ...project.spec, syncWindows: windows },
        },
      });
    await save([
      {
        kind: 'deny',
        schedule: '* * * * *',
        duration: '1h',
        applications: ['*-uat'],
      },
    ]);
    expect((await get(`${app}/syncwindows`)).body).toMatchObject({
      canSync: false,
      activeWindows: [{ kind: 'deny' }],
    });
    expect(await call('POST', `${app}/sync`, {})).toMatchObject({
      status: 403,
      body: { message: 'cannot sync: blocked by sync window' },
    });
    await save([]);
    await get('/api/v1/projects');
    expect((await get('/api/v1/projects/nope')).status).toBe(404);
  });

  it('creates, changes and deletes applications', async () => {
    const { body: model } = await get(app);
    const input = {
      metadata: { name: 'made-by-hand', labels: { a: 'b' } },
      spec: {
        ...model.spec,
        source: { ...model.spec.source, path: 'gitops/nowhere' },
      },
    };
    const created = await call('POST', '/api/v1/applications', input);
    expect(created.body.metadata).toMatchObject({
      name: 'made-by-hand',
      namespace: 'argocd',
    });
    const broken = await sandbox.until(
      'made-by-hand',
      a => a.status.sync.status === 'Unknown' && Boolean(a.status.conditions),
    );
    expect(broken.status.conditions![0].message).toContain(
      'gitops/nowhere: app path does not exist',
    );
    await get('/api/v1/applications/made-by-hand');
    const changed = { ...input, spec: model.spec };
    expect((await call('POST', '/api/v1/applications', changed)).status).toBe(
      400,
    );
    expect(
      (await call('POST', '/api/v1/applications?upsert=true', changed)).status,
    ).toBe(200);
    const events = await get('/api/v1/applications/made-by-hand/events');
    expect(events.body.items.map((e: any) => e.message)).toEqual([
      'fairway created application',
      'fairway updated application',
    ]);
    expect(
      (
        await call('POST', '/api/v1/applications', {
          ...input,
          spec: { ...input.spec, destination: { name: 'moon' } },
        })
      ).body.message,
    ).toContain('there are no clusters with this name: moon');
    await call('DELETE', '/api/v1/applications/made-by-hand?cascade=false');
    expect((await get('/api/v1/applications/made-by-hand')).status).toBe(403);
  });

  it('tells its version and settings without a session', async () => {
    for (const url of ['/api/version', '/api/v1/settings']) {
      expect((await argocd.get(url, '')).status).toBe(200);
    }
  });

  it('shows a page for each application, with nothing unescaped', async () => {
    const page = await server.inject('/applications/argocd/sample-backend-uat');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('Synced');
    const missing = await server.inject('/applications/argocd/%3Cscript%3E');
    expect(missing.statusCode).toBe(404);
    expect(missing.body).not.toContain('<script>');
    expect((await server.inject('/applications')).body).toContain(
      '/applications/argocd/sample-backend-uat',
    );
  });
});
