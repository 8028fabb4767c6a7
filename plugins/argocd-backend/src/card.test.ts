import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  Deployment,
  platformEnvsServiceRef,
} from '@fairway/plugin-platform-envs-node';
import { aDeployment } from '@fairway/plugin-platform-envs-node/testUtils';
import type { ArgoCDApi } from '@roadiehq/backstage-plugin-argo-cd';
import { Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import plugin from '.';

/** The card's client alone: its components need a browser. It refuses what it cannot decode. */
const { ArgoCDApiClient } = jest.requireActual(
  join(
    dirname(require.resolve('@roadiehq/backstage-plugin-argo-cd/package.json')),
    'dist/api/index.esm.js',
  ),
);

const COMMIT = 'a'.repeat(40);

const git = {
  repoURL: 'https://git.example.com/shop/gitops',
  path: 'overlays/prod/web',
  targetRevision: 'main',
};

const DEPLOYMENTS: Deployment[] = [
  aDeployment({
    name: 'web',
    instance: 'nonprod',
    labels: { team: 'a' },
    url: 'https://nonprod.example.com/applications/argocd/web',
    source: git,
    sources: [{ ...git, revision: COMMIT }],
    history: [{ id: 1, revision: COMMIT, deployedAt: '2026-01-01T00:00:00Z' }],
  }),
  aDeployment({
    name: 'web',
    instance: 'prod',
    namespace: 'team-a',
    labels: { team: 'a' },
    url: 'https://prod.example.com/applications/team-a/web',
    source: { ...git, position: 2 },
    sources: [
      {
        repoURL: 'https://charts.example.com',
        chart: 'web',
        revision: '1.4.7',
      },
      { ...git, revision: COMMIT },
    ],
    operation: { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' },
    history: [{ id: 1, revision: COMMIT }],
  }),
  aDeployment({
    name: 'cache',
    instance: 'prod',
    project: 'shared',
    sources: [
      {
        repoURL: 'https://charts.example.com',
        chart: 'redis',
        revision: '19.6.4',
      },
    ],
    source: { repoURL: 'https://charts.example.com' },
    history: [{ id: 0, revision: '19.6.4' }, { id: 1 }],
  }),
  // nothing has been told yet
  aDeployment({ name: 'new', instance: 'prod', history: undefined }),
  { ...aDeployment({ name: 'bad', instance: 'prod' }), problem: 'unreadable' },
];

describe('the Argo CD card, with the answers of argocdPlugin', () => {
  let api: ArgoCDApi;
  let stop: () => Promise<void>;
  const asked: string[] = [];

  beforeAll(async () => {
    const backend = await startTestBackend({
      features: [
        plugin,
        mockServices.rootConfig.factory(),
        createServiceFactory({
          service: platformEnvsServiceRef,
          deps: {},
          factory: () => ({
            listDeployments: async ({ name, instance, namespace, project }) =>
              DEPLOYMENTS.filter(
                d =>
                  (!name || d.name === name) &&
                  (!instance || d.instance === instance) &&
                  (!namespace || d.namespace === namespace) &&
                  (!project || d.project === project),
              ),
            getRevisionMetadata: async ({ instance, revision }) => {
              asked.push(`${instance} ${revision}`);
              return { author: 'Ada', message: 'Release', date: '2026-01-01' };
            },
          }),
        }),
      ],
    });
    stop = () => backend.stop();
    const { port } = (backend.server as Server).address() as AddressInfo;
    api = new ArgoCDApiClient({
      discoveryApi: { getBaseUrl: async () => '' },
      identityApi: { getCredentials: async () => ({}) },
      backendBaseUrl: `http://localhost:${port}`,
      searchInstances: true,
      useNamespacedApps: true,
    });
  });

  afterAll(() => stop?.());

  it('finds one name in several instances, and describes each', async () => {
    const found: any = await api.serviceLocatorUrl({ appName: 'web' });
    expect(found.map((f: any) => f.name)).toEqual(['nonprod', 'prod']);
    for (const { name: instance, url } of found) {
      const details: any = await api.getAppDetails({
        url: '',
        appName: 'web',
        instance,
      });
      expect(details.metadata.instance).toEqual({ name: instance, url });
      expect(details.status.history).toHaveLength(1);
    }
  });

  it('keeps to the namespace that the entity names', async () => {
    const found: any = await api.serviceLocatorUrl({
      appName: 'web',
      appNamespace: 'team-a',
    });
    expect(found).toEqual([
      { name: 'prod', url: 'https://prod.example.com', appName: ['web'] },
    ]);
  });

  it('can decode every kind of application', async () => {
    for (const { name, instance } of DEPLOYMENTS) {
      const details = await api.getAppDetails({
        url: '',
        appName: name,
        instance,
      });
      expect(details.metadata.name).toBe(name);
    }
    const list: any = await api.getAppListDetails({
      url: '',
      appSelector: 'team=a',
      instance: 'prod',
    });
    expect(list.items.length).toBeGreaterThan(1);
    const ofProject: any = await api.listApps({
      url: '/argocd/api',
      projectName: 'shared',
    });
    expect(ofProject.items.map((a: any) => a.metadata.name)).toEqual(['cache']);
  });

  it('asks who made a commit, and of a chart nobody', async () => {
    const details = (instanceName: string, app: string, revisionID: string) =>
      api.getRevisionDetails({ url: '', app, instanceName, revisionID });
    expect(await details('prod', 'web', COMMIT)).toMatchObject({
      author: 'Ada',
    });
    expect(await details('prod', 'cache', '19.6.4')).toEqual({
      author: 'n/a',
      message: 'n/a',
      date: 'n/a',
    });
    expect(asked).toEqual([`prod ${COMMIT}`]);
  });
});
