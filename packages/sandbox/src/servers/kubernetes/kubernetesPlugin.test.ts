import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { KUBERNETES_TOKEN } from './access';
import {
  KubernetesRig,
  startKubernetes,
} from './__testUtils__/startKubernetes';

/**
 * Backstage's own backend with its own Kubernetes plugin, in a process of its
 * own: the plugin imports ES modules, which jest's sandbox cannot.
 */
const BACKEND = `
const { mockServices, startTestBackend } = require('@backstage/backend-test-utils');
const { catalogServiceMock } = require('@backstage/plugin-catalog-node/testUtils');
const { config, entities } = JSON.parse(process.argv[1]);
startTestBackend({
  features: [
    mockServices.rootConfig.factory({ data: config }),
    catalogServiceMock.factory({ entities }),
    require('@backstage/plugin-kubernetes-backend').default,
  ],
}).then(
  ({ server }) => console.log('PORT ' + server.port()),
  error => { console.error(error); process.exit(1); },
);
process.stdin.resume().on('end', () => process.exit(0));
`;

const entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'sample-backend',
    namespace: 'default',
    annotations: { 'backstage.io/kubernetes-id': 'sample-backend' },
  },
  spec: { type: 'service', owner: 'x', lifecycle: 'production' },
};

describe("Backstage's Kubernetes plugin", () => {
  let rig: KubernetesRig;
  let backend: ChildProcess;
  let api: string;

  beforeAll(async () => {
    rig = await startKubernetes();
    const cluster = (name: string, token: string) => ({
      name,
      url: `${rig.url}/clusters/${name}`,
      authProvider: 'serviceAccount',
      serviceAccountToken: token,
    });
    backend = spawn(
      process.execPath,
      [
        '-e',
        BACKEND,
        JSON.stringify({
          entities: [entity],
          config: {
            kubernetes: {
              serviceLocatorMethod: { type: 'multiTenant' },
              clusterLocatorMethods: [
                {
                  type: 'config',
                  clusters: [
                    cluster('sample-platform-ai-uat', KUBERNETES_TOKEN),
                    cluster('sample-platform-ai-prod', 'wrong'),
                  ],
                },
              ],
            },
          },
        }),
      ],
      { cwd: join(__dirname, '..', '..', '..') },
    );
    let output = '';
    const port = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk;
        const found = /^PORT (\d+)$/m.exec(output);
        if (found) {
          resolve(found[1]);
        }
      };
      backend.stdout!.on('data', read);
      backend.stderr!.on('data', read);
      backend.on('exit', code =>
        reject(new Error(`ended with ${code}: ${output}`)),
      );
    });
    api = `http://localhost:${port}/api/kubernetes`;
  }, 60_000);
  afterAll(async () => {
    backend?.stdin!.end();
    await rig.close();
  });

  const post = async (path: string, body: unknown) => {
    const reply = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: reply.status, body: (await reply.json()) as any };
  };
  const proxy = (path: string) =>
    fetch(`${api}/proxy${path}`, {
      headers: { 'Backstage-Kubernetes-Cluster': 'sample-platform-ai-uat' },
    });

  it('lists its clusters', async () => {
    const { items } = (await (await fetch(`${api}/clusters`)).json()) as any;
    expect(items.map(({ name }: any) => name)).toEqual([
      'sample-platform-ai-uat',
      'sample-platform-ai-prod',
    ]);
  });

  it('shows a component with pods, workloads and metrics, and an error where the token is wrong', async () => {
    const { status, body } = await post('/services/sample-backend', {
      entity,
      auth: {},
    });
    expect(status).toBe(200);
    const of = (name: string) =>
      body.items.find((item: any) => item.cluster.name === name);
    const uat = of('sample-platform-ai-uat');
    expect(uat.errors).toEqual([]);
    expect(
      Object.fromEntries(
        uat.resources.map((r: any) => [r.type, r.resources.length]),
      ),
    ).toMatchObject({
      pods: 2,
      services: 1,
      deployments: 1,
      replicasets: 1,
      horizontalpodautoscalers: 1,
    });
    // One list of each of the plugin's default kinds, none refused.
    expect(uat.resources.map((r: any) => r.type).sort()).toEqual([
      'configmaps',
      'cronjobs',
      'daemonsets',
      'deployments',
      'horizontalpodautoscalers',
      'ingresses',
      'jobs',
      'limitranges',
      'pods',
      'replicasets',
      'resourcequotas',
      'services',
      'statefulsets',
    ]);
    expect(uat.podMetrics).toHaveLength(2);
    expect(Number(uat.podMetrics[0].cpu.currentUsage)).toBeGreaterThan(0);
    expect(of('sample-platform-ai-prod').errors[0]).toMatchObject({
      errorType: 'UNAUTHORIZED_ERROR',
      statusCode: 401,
    });
  });

  it('reads pod logs through its proxy', async () => {
    const base = '/api/v1/namespaces/sample-platform-ai/pods';
    const { items } = (await (await proxy(base)).json()) as any;
    const log = await proxy(
      `${base}/${items[0].metadata.name}/log?container=${items[0].spec.containers[0].name}&tailLines=3`,
    );
    expect(log.status).toBe(200);
    expect((await log.text()).trim().split('\n')).toHaveLength(3);
  });

  it('fetches what is asked for by type', async () => {
    const { status, body } = await post('/resources/custom/query', {
      entityRef: 'component:default/sample-backend',
      auth: {},
      customResources: [
        { group: 'policy', apiVersion: 'v1', plural: 'poddisruptionbudgets' },
      ],
    });
    expect(status).toBe(200);
    expect(body.items[0].resources[0].resources[0].kind).toBe(
      'PodDisruptionBudget',
    );
  });
});
