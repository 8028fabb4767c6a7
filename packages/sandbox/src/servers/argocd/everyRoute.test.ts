import { argocdSwagger } from './__testUtils__/argocdSwagger';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

// Real git and kustomize, on machines that may be busy.
jest.setTimeout(60_000);

const APP = '/api/v1/applications/sample-backend-uat';
const PROJECT = '/api/v1/projects/made';
const SETS = '/api/v1/applicationsets';
const DEPLOYMENT =
  'namespace=sample-platform-ai&resourceName=sample-backend&version=v1&kind=Deployment&group=apps';

/**
 * Every call that is served is made here once, over the wire, and what it
 * answers must agree with Argo CD's own description (the rig refuses what does
 * not). The last test names those that were left out.
 */
describe('every reply agrees with what Argo CD describes', () => {
  let argocd: ArgocdTestServer;
  beforeAll(async () => {
    argocd = await startArgocdServer();
  });
  afterAll(() => argocd.close());

  /** Calls that were not answered with 200. */
  const refused: string[] = [];
  const note = (what: string, status: number) => {
    if (status !== 200) {
      refused.push(`${what}: ${status}`);
    }
  };
  const get = async (path: string) => {
    const { status, body } = await argocd.get(path);
    note(`GET ${path}`, status);
    return body;
  };
  const send = async (
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    token?: string,
  ) => {
    const reply = await argocd.call(method, path, body, token);
    note(`${method} ${path}`, reply.status);
    return reply.body;
  };

  it('session, accounts, version, settings', async () => {
    const session = { username: 'admin', password: 'password' };
    const { token } = await send('POST', '/api/v1/session', session, '');
    await send('DELETE', '/api/v1/session', undefined, token);
    await get('/api/v1/session/userinfo');
    await get('/api/version');
    await get('/api/v1/settings');
    await get('/api/v1/account');
    await get('/api/v1/account/fairway');
    await get('/api/v1/account/can-i/applications/sync/*');
    await send('POST', '/api/v1/account/fairway/token', {});
    expect(refused).toEqual([]);
  });

  it('applications', async () => {
    await get('/api/v1/applications');
    const { spec } = await get(APP);
    const input = { metadata: { name: 'made' }, spec };
    await send('POST', '/api/v1/applications', input);
    await send('PUT', '/api/v1/applications/made', input);
    await send('PUT', '/api/v1/applications/made/spec', spec);
    await send('PATCH', '/api/v1/applications/made', {
      patchType: 'merge',
      patch: '{"metadata":{"labels":{"a":"b"}}}',
    });
    await send('DELETE', '/api/v1/applications/made?cascade=false');
    expect(refused).toEqual([]);
  });

  it('what is behind an application', async () => {
    const { history } = (await get(APP)).status;
    for (const path of [
      '/resource-tree',
      '/managed-resources',
      '/manifests',
      `/resource?${DEPLOYMENT}`,
      '/events',
      '/links',
      '/syncwindows',
      `/revisions/${history[0].revision}/metadata`,
    ]) {
      await get(`${APP}${path}`);
    }
    expect(refused).toEqual([]);
  });

  it('streams, message by message', async () => {
    const { nodes } = await get(`${APP}/resource-tree`);
    const pod = nodes.find((n: { kind: string }) => n.kind === 'Pod').name;
    for (const path of [
      // Stays open to the end: closing it would count as a failure.
      '/api/v1/stream/applications',
      `${APP}/logs?tailLines=3`,
      `${APP}/pods/${pod}/logs?tailLines=3`,
    ]) {
      const { until } = await argocd.stream(path);
      await until(messages => messages.length >= 4);
    }
    expect(refused).toEqual([]);
  });

  it('operations', async () => {
    await send('POST', `${APP}/sync`, {});
    await argocd.sandbox.until('sample-backend-uat', a =>
      Boolean(a.status.operationState),
    );
    await send('DELETE', `${APP}/operation`);
    await argocd.sandbox.until('sample-backend-uat', a => !a.operation);
    await send('POST', `${APP}/rollback`, { id: 0 });
    await argocd.sandbox.until('sample-backend-uat', a => !a.operation);
    expect(refused).toEqual([]);
  });

  it('actions on resources', async () => {
    const actions = `${APP}/resource/actions`;
    await get(`${actions}?${DEPLOYMENT}`);
    await send('POST', `${actions}?${DEPLOYMENT}`, 'restart');
    await send('POST', `${actions}/v2`, {
      ...Object.fromEntries(new URLSearchParams(DEPLOYMENT)),
      action: 'restart',
    });
    expect(refused).toEqual([]);
  });

  it('projects', async () => {
    const project = {
      metadata: { name: 'made' },
      spec: {
        roles: [{ name: 'ci', policies: [] }],
        syncWindows: [{ kind: 'allow', schedule: '* * * * *', duration: '1h' }],
      },
    };
    await send('POST', '/api/v1/projects', { project });
    await send('PUT', PROJECT, { project: await get(PROJECT) });
    await send('POST', `${PROJECT}/roles/ci/token`, {});
    const [{ iat }] = (await get(PROJECT)).spec.roles[0].jwtTokens;
    await send('DELETE', `${PROJECT}/roles/ci/token/${iat}`);
    await get('/api/v1/projects');
    for (const part of [
      'detailed',
      'syncwindows',
      'events',
      'links',
      'globalprojects',
    ]) {
      await get(`${PROJECT}/${part}`);
    }
    await send('DELETE', PROJECT);
    expect(refused).toEqual([]);
  });

  it('application sets', async () => {
    const { spec } = await get(APP);
    const applicationSet = {
      metadata: { name: 'made' },
      spec: {
        generators: [{ list: { elements: [{ name: 'one' }] } }],
        template: { metadata: { name: 'made-{{name}}' }, spec },
      },
    };
    await send('POST', SETS, applicationSet);
    await send('POST', `${SETS}/generate`, { applicationSet });
    await get(SETS);
    await get(`${SETS}/made`);
    await get(`${SETS}/made/resource-tree`);
    await send('DELETE', `${SETS}/made`);
    expect(refused).toEqual([]);
  });

  it('clusters, repositories, certificates', async () => {
    const { items: clusters } = await get('/api/v1/clusters');
    await get(`/api/v1/clusters/${encodeURIComponent(clusters[0].server)}`);
    const { items } = await get('/api/v1/repositories');
    const repository = `/api/v1/repositories/${encodeURIComponent(
      items[0].repo,
    )}`;
    await get(repository);
    await get(`${repository}/refs`);
    await get('/api/v1/certificates');
    expect(refused).toEqual([]);
  });

  it('leaves no served call out', () => {
    const { counters } = argocd.sandbox.world;
    const { routes } = counters.read().argocd;
    const answered = (route: string) =>
      (routes[route]?.calls ?? 0) > (routes[route]?.failures ?? 0);
    const served = counters
      .routesOf('argocd')
      .filter(route => / \/api\//.test(route) && !route.startsWith('HEAD '));
    expect(served.length).toBeGreaterThan(50);
    expect(served.filter(route => !answered(route))).toEqual([]);
  });

  it('would not agree with a reply that has another field or another type', () => {
    const check = argocdSwagger();
    const version = (body: object) => check('GET', '/api/version', 200, body);
    expect(version({ Version: 'v3' })).toEqual([]);
    expect(version({ Version: 3 })).toEqual(['/Version: 3 is no string']);
    expect(version({ Colour: 'red' })).toEqual([
      '/Colour is unknown to Argo CD',
    ]);
    expect(check('GET', '/api/v1/moons', 200, {})).toEqual([
      'GET /api/v1/moons is not in the description',
    ]);
  });
});
