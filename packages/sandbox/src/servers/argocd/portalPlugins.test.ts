import { startTestBackend, mockServices } from '@backstage/backend-test-utils';
import roadieArgocd from '@roadiehq/backstage-plugin-argo-cd-backend';
import communityArgocd from '@backstage-community/plugin-argocd-backend';
import type { ArgoCDApi } from '@roadiehq/backstage-plugin-argo-cd';
import { dirname, join } from 'node:path';
import { SAMPLE_REPOSITORY } from '../../world/argocd/__testUtils__/startArgocdWorld';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';
import { ARGOCD_TOKEN } from './ArgocdAccounts';

// Real git and kustomize, on machines that may be busy.
jest.setTimeout(60_000);

/** The client alone: the plugin's components need a browser. */
const { ArgoCDApiClient } = jest.requireActual(
  join(
    dirname(require.resolve('@roadiehq/backstage-plugin-argo-cd/package.json')),
    'dist/api/index.esm.js',
  ),
);

/**
 * Argo CD plugins of others, unmodified, over the wire. What they answer is
 * what their screens show, so every word of it comes from the sandbox.
 */
describe('portal plugins of others', () => {
  let argocd: ArgocdTestServer;
  let sandbox: ArgocdTestServer['sandbox'];
  let url: string;

  beforeAll(async () => {
    argocd = await startArgocdServer();
    ({ sandbox, url } = argocd);
  });
  afterAll(() => argocd.close());

  const start = async (plugin: typeof roadieArgocd, password = 'password') => {
    const backend = await startTestBackend({
      features: [
        plugin,
        mockServices.rootConfig.factory({
          data: {
            argocd: {
              username: 'admin',
              password,
              waitCycles: 20,
              waitInterval: 100,
              appLocatorMethods: [
                { type: 'config', instances: [{ name: 'sandbox', url }] },
              ],
            },
          },
        }),
      ],
    });
    const base = `http://localhost:${backend.server.port()}/api/argocd`;
    return {
      origin: `http://localhost:${backend.server.port()}`,
      stop: () => backend.stop(),
      async call(path: string, method = 'GET', body?: object) {
        const reply = await fetch(`${base}${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        return { status: reply.status, body: await reply.json() };
      },
    };
  };
  const SELECTOR = encodeURIComponent('fairway.dev/component=sample-backend');

  describe('@roadiehq/backstage-plugin-argo-cd-backend', () => {
    let roadie: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      roadie = await start(roadieArgocd);
    });
    afterAll(() => roadie.stop());

    it('finds applications by name and by selector', async () => {
      expect((await roadie.call('/find/name/sample-backend-uat')).body).toEqual(
        [{ name: 'sandbox', url, appName: ['sample-backend-uat'] }],
      );
      expect((await roadie.call('/find/name/nowhere')).body).toEqual([]);
      const found = await roadie.call(`/find/selector/${SELECTOR}`);
      expect(found.body[0].appName.sort()).toEqual([
        'sample-backend-dev',
        'sample-backend-prod',
        'sample-backend-uat',
      ]);
      expect(
        (await roadie.call('/allArgoApps/sandbox')).body.items,
      ).toHaveLength(9);
    });

    it('shows what its cards read: sync, health, history and who made a revision', async () => {
      const { body } = await roadie.call(
        '/argoInstance/sandbox/applications/name/sample-backend-uat',
      );
      expect(body).toMatchObject({
        instance: 'sandbox',
        metadata: { name: 'sample-backend-uat' },
        status: {
          sync: { status: 'Synced' },
          health: { status: 'Healthy' },
          operationState: {
            phase: 'Succeeded',
            startedAt: expect.any(String),
            finishedAt: expect.any(String),
          },
          history: expect.arrayContaining([
            {
              id: 0,
              deployedAt: expect.any(String),
              deployStartedAt: expect.any(String),
              revision: expect.stringMatching(/^[0-9a-f]{40}$/),
              source: expect.objectContaining({ repoURL: expect.any(String) }),
              initiatedBy: expect.anything(),
            },
          ]),
          resources: expect.arrayContaining([
            expect.objectContaining({ kind: 'Deployment', status: 'Synced' }),
          ]),
        },
        spec: { source: { repoURL: expect.any(String) } },
      });
      const metadata = await roadie.call(
        `/argoInstance/sandbox/applications/name/sample-backend-uat/revisions/${body.status.history[0].revision}/metadata`,
      );
      expect(metadata.body).toEqual({
        author: expect.any(String),
        date: expect.any(String),
        message: expect.any(String),
      });
    });

    /** The client of the plugin's cards; it refuses what it cannot decode. */
    const client = (searchInstances: boolean, token?: string): ArgoCDApi =>
      new ArgoCDApiClient({
        discoveryApi: { getBaseUrl: async () => url },
        backendBaseUrl: roadie.origin,
        identityApi: { getCredentials: async () => ({ token }) },
        useNamespacedApps: false,
        searchInstances,
      });

    it('is understood by the client of its cards, through its backend', async () => {
      const api = client(true);
      const [{ name: instance }] = (await api.serviceLocatorUrl({
        appSelector: 'fairway.dev/component=sample-backend',
      })) as Array<{ name: string }>;
      expect(instance).toBe('sandbox');
      const list = await api.getAppListDetails({
        url: '',
        instance,
        appSelector: 'fairway.dev/component=sample-backend',
      });
      expect(list.items).toHaveLength(3);
      const details = await api.getAppDetails({
        url: '',
        instance,
        appName: 'sample-backend-uat',
      });
      expect(details.status.sync.status).toBe('Synced');
      const revision = await api.getRevisionDetails({
        url: '',
        app: 'sample-backend-uat',
        instanceName: instance,
        revisionID: String(details.status.history![0].revision),
      });
      expect(revision.author).toMatch(/ <.+@.+>$/);
    });

    it('is understood by the client of its cards, straight from Argo CD', async () => {
      const api = client(false, ARGOCD_TOKEN);
      const list = await api.listApps({
        url: '/api/v1',
        appSelector: 'fairway.dev/component=sample-backend',
      });
      expect(list.items).toHaveLength(3);
      const details = await api.getAppDetails({
        url: '/api/v1',
        appName: 'sample-backend-uat',
      });
      expect(details.status.health.status).toBe('Healthy');
    });

    it('creates a project with an application, changes both, syncs and deletes them', async () => {
      const input = {
        clusterName: 'sandbox',
        namespace: 'argocd',
        projectName: 'roadie-made',
        appName: 'roadie-made',
        labelValue: 'roadie-made',
        sourceRepo: `${sandbox.world.urls.github}/${SAMPLE_REPOSITORY}.git`,
        sourcePath: 'gitops/base/sample-backend',
      };
      expect(await roadie.call('/createArgo', 'POST', input)).toEqual({
        status: 200,
        body: {
          argoProjectName: 'roadie-made',
          argoAppName: 'roadie-made',
          kubernetesNamespace: 'argocd',
        },
      });
      const app = await sandbox.until('roadie-made', a =>
        Boolean(a.status.reconciledAt),
      );
      expect(app.metadata.labels).toEqual({ 'backstage-name': 'roadie-made' });
      expect(app.spec.syncPolicy?.retry).toMatchObject({ limit: 10 });
      expect(
        await roadie.call('/updateArgo/roadie-made', 'PUT', {
          ...input,
          sourcePath: 'gitops/base/sample-frontend',
        }),
      ).toMatchObject({ status: 200 });
      expect(sandbox.engine.store.get('roadie-made')!.spec.source!.path).toBe(
        'gitops/base/sample-frontend',
      );
      await sandbox.until('roadie-made', a => a.operation === undefined);
      expect(
        (
          await roadie.call('/sync', 'POST', {
            appSelector: 'fairway.dev/component=sample-frontend',
          })
        ).body[0],
      ).toHaveLength(3);
      const deleted = await roadie.call(
        '/argoInstance/sandbox/applications/roadie-made?terminateOperation=',
        'DELETE',
      );
      // Argo CD answers 403 for what is gone, which the plugin does not take for gone.
      expect(deleted.body.deleteAppDetails.message).toContain('roadie-made');
      expect(sandbox.engine.store.get('roadie-made')).toBeUndefined();
    });

    it('cannot log in with a wrong password', async () => {
      const locked = await start(roadieArgocd, 'guess');
      expect((await locked.call('/find/name/sample-backend-uat')).body).toEqual(
        [],
      );
      await locked.stop();
    });
  });

  describe('@backstage-community/plugin-argocd-backend', () => {
    let community: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      community = await start(communityArgocd);
    });
    afterAll(() => community.stop());

    it('finds, lists and reads applications and revisions', async () => {
      const { body: found } = await community.call(
        '/find/name/sample-backend-dev?expand=applications&project=sample-platform-ai&appNamespace=argocd',
      );
      expect(found).toMatchObject([
        {
          name: 'sandbox',
          url,
          appName: ['sample-backend-dev'],
          applications: [{ metadata: { name: 'sample-backend-dev' } }],
        },
      ]);
      const list = await community.call(
        `/argoInstance/sandbox/applications/selector/${SELECTOR}`,
      );
      expect(list.body.items).toHaveLength(3);
      const one = await community.call(
        '/argoInstance/sandbox/applications/sample-backend-dev?appNamespace=argocd',
      );
      expect(one.body.status.summary.images).toHaveLength(1);
      const { revision } = one.body.status.history[0];
      const metadata = await community.call(
        `/argoInstance/sandbox/applications/name/sample-backend-dev/revisions/${revision}/metadata`,
      );
      expect(metadata.body).toMatchObject({
        revisionID: revision,
        author: expect.any(String),
      });
    });

    it('is told 403 of an application that does not exist', async () => {
      const reply = await community.call(
        '/argoInstance/sandbox/applications/nowhere',
      );
      expect(reply.status).toBe(403);
      expect(reply.body.error.message).toContain('Insufficient permissions');
    });

    it('cannot log in with a wrong password', async () => {
      const locked = await start(communityArgocd, 'guess');
      const reply = await locked.call(
        '/argoInstance/sandbox/applications/sample-backend-dev',
      );
      expect(reply.status).toBe(401);
      await locked.stop();
    });
  });
});
