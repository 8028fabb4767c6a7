import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';
import { ARGOCD_READONLY_TOKEN } from './ArgocdAccounts';

jest.setTimeout(60_000);

const APP = '/api/v1/applications/sample-backend-uat';

describe('logs and actions of resources', () => {
  let argocd: ArgocdTestServer;
  beforeAll(async () => {
    argocd = await startArgocdServer();
  });
  afterAll(() => argocd.close());

  it('gives logs, and restarts and scales workloads', async () => {
    const { call, get, url, sandbox } = argocd;
    const resource =
      'namespace=sample-platform-ai&resourceName=sample-backend&version=v1&kind=Deployment&group=apps';
    const logs = await fetch(`${url}${APP}/logs?tailLines=3&${resource}`, {
      headers: { authorization: `Bearer ${ARGOCD_READONLY_TOKEN}` },
    });
    const lines = (await logs.text())
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).result);
    expect(lines.at(-1)).toMatchObject({ last: true, content: '' });
    expect(lines.length).toBe(2 * 3 + 1);
    expect(lines[0].podName).toMatch(/^sample-backend-/);

    const actions = await get(`${APP}/resource/actions?${resource}`);
    expect(actions.body.actions.map((a: any) => a.name)).toEqual([
      'pause',
      'restart',
      'resume',
      'scale',
    ]);
    const tree = async () =>
      (await get(`${APP}/resource-tree`)).body.nodes.filter(
        (n: any) => n.kind === 'ReplicaSet',
      ).length;
    const before = await tree();
    await call('POST', `${APP}/resource/actions?${resource}`, 'restart');
    expect(await tree()).toBe(before + 1);
    const healthy = await sandbox.until(
      'sample-backend-uat',
      a => a.status.health.status === 'Healthy',
    );
    // A restart is no difference to git; another number of replicas is.
    expect(healthy.status.sync.status).toBe('Synced');
    const body = Object.fromEntries(new URLSearchParams(resource));
    await call('POST', `${APP}/resource/actions/v2`, {
      ...body,
      action: 'scale',
      resourceActionParameters: [{ name: 'replicas', value: '5' }],
    });
    await sandbox.until(
      'sample-backend-uat',
      a => a.status.sync.status === 'OutOfSync',
    );
    expect(
      (
        await call(
          'POST',
          `${APP}/resource/actions?${resource}`,
          'restart',
          ARGOCD_READONLY_TOKEN,
        )
      ).body.message,
    ).toContain('applications, action/apps/Deployment/restart, ');
  });
});
