import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FastifyInstance } from 'fastify';
import {
  ArgocdWorld,
  startArgocdWorld,
} from '../../world/argocd/__testUtils__/startArgocdWorld';
import { PLATFORMS } from '../../world/platforms';
import {
  KUBERNETES_TOKEN,
  createKubernetesServer,
} from './createKubernetesServer';

const DEFAULT_LISTS = [
  ['', 'v1', 'pods'],
  ['', 'v1', 'services'],
  ['', 'v1', 'configmaps'],
  ['', 'v1', 'limitranges'],
  ['', 'v1', 'resourcequotas'],
  ['apps', 'v1', 'deployments'],
  ['apps', 'v1', 'replicasets'],
  ['autoscaling', 'v2', 'horizontalpodautoscalers'],
  ['batch', 'v1', 'jobs'],
  ['batch', 'v1', 'cronjobs'],
  ['networking.k8s.io', 'v1', 'ingresses'],
  ['apps', 'v1', 'statefulsets'],
  ['apps', 'v1', 'daemonsets'],
];

const run = promisify(execFile);

/** Arguments: folder of the plugin's services, what to fetch. */
const FETCH_AS_THE_PLUGIN = `
const [folder, json] = process.argv.slice(1);
const { KubernetesConnection } = require(folder + '/KubernetesConnection.cjs.js');
const { KubernetesClientBasedFetcher } = require(folder + '/KubernetesFetcher.cjs.js');
const warnings = [];
const fetcher = new KubernetesClientBasedFetcher({
  connection: new KubernetesConnection({ logger: { warn: m => warnings.push(m) } }),
});
(async () => {
  const input = JSON.parse(json);
  const all = await fetcher.fetchObjectsForService({
    ...input, objectTypesToFetch: new Set(input.objectTypesToFetch),
  });
  const metrics = await fetcher.fetchPodMetricsByNamespaces(
    input.clusterDetails, input.credential, new Set(['sample-platform-ai']), input.labelSelector,
  );
  console.log(JSON.stringify({ ...all, metrics, warnings }, (k, v) => typeof v === 'bigint' ? Number(v) : v));
})().catch(error => { console.error(error); process.exit(1); });
`;

describe('createKubernetesServer', () => {
  let sandbox: ArgocdWorld;
  let server: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    sandbox = await startArgocdWorld({
      platforms: PLATFORMS.filter(p =>
        ['sample-platform-ai', 'campaign-lifecycle-platform'].includes(
          p.system,
        ),
      ),
    });
    server = createKubernetesServer(sandbox.world);
    await server.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  }, 30_000);
  afterAll(async () => {
    await server.close();
    await sandbox.remove();
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await server.inject({
      url: `/clusters/sample-platform-ai-uat${path}`,
      headers: { authorization: `Bearer ${KUBERNETES_TOKEN}`, ...headers },
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  const uat = '/api/v1/namespaces/sample-platform-ai';
  const mine = 'labelSelector=backstage.io/kubernetes-id%3Dsample-backend';

  it('asks for a token, in the words of the API server', async () => {
    for (const authorization of ['', 'Bearer wrong']) {
      const reply = await server.inject({
        url: '/clusters/sample-platform-ai-uat/api/v1/pods',
        headers: { authorization },
      });
      expect(reply.statusCode).toBe(401);
      expect(reply.json()).toMatchObject({
        kind: 'Status',
        reason: 'Unauthorized',
        code: 401,
      });
    }
  });

  it('shows what is deployed, from Deployment to Pod', async () => {
    const { body: deployments } = await get(
      `/apis/apps/v1/deployments?${mine}`,
    );
    const { body: sets } = await get(`/apis/apps/v1/replicasets?${mine}`);
    const { body: pods } = await get(`/api/v1/pods?${mine}`);
    expect(deployments.kind).toBe('DeploymentList');
    expect(deployments.items[0].kind).toBeUndefined();
    expect(deployments.items[0].status.readyReplicas).toBe(2);
    expect(sets.items[0].metadata.ownerReferences[0].uid).toBe(
      deployments.items[0].metadata.uid,
    );
    expect(pods.items).toHaveLength(2);
    for (const pod of pods.items) {
      expect(pod.metadata.ownerReferences[0].uid).toBe(
        sets.items[0].metadata.uid,
      );
      expect(pod.status.containerStatuses[0]).toMatchObject({
        ready: true,
        imageID: expect.stringMatching(/\/sample-backend@sha256:[0-9a-f]{64}$/),
      });
    }
  });

  it('reads one object, or says that it is not there', async () => {
    const { body } = await get(
      '/apis/apps/v1/namespaces/sample-platform-ai/deployments/sample-backend',
    );
    expect(body).toMatchObject({ kind: 'Deployment', apiVersion: 'apps/v1' });
    expect(await get(`${uat}/services/nope`)).toMatchObject({
      status: 404,
      body: {
        kind: 'Status',
        reason: 'NotFound',
        message: 'services "nope" not found',
      },
    });
    expect((await get('/api/v1/nonsense')).status).toBe(404);
    expect((await get('/apis/nonsense/v1/things')).status).toBe(404);
  });

  it('lists by page, label and field', async () => {
    const first = await get('/api/v1/pods?limit=3');
    expect(first.body.items).toHaveLength(3);
    expect(first.body.metadata.remainingItemCount).toBe(1);
    const rest = await get(
      `/api/v1/pods?limit=3&continue=${first.body.metadata.continue}`,
    );
    expect(rest.body.items).toHaveLength(1);
    const { name } = first.body.items[0].metadata;
    const one = await get(`/api/v1/pods?fieldSelector=metadata.name%3D${name}`);
    expect(one.body.items).toHaveLength(1);
    expect((await get('/api/v1/pods?labelSelector=a%3Db%20c')).status).toBe(
      400,
    );
    expect((await get('/api/v1/pods?continue=xyz')).status).toBe(400);
  });

  it('lets nobody read secrets or write', async () => {
    expect((await get('/api/v1/secrets')).status).toBe(403);
    const reply = await server.inject({
      method: 'DELETE',
      url: `/clusters/sample-platform-ai-uat${uat}/pods/x`,
      headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` },
    });
    expect(reply.statusCode).toBe(403);
  });

  it('gives logs of what runs', async () => {
    const { body } = await get(`/api/v1/pods?${mine}`);
    const log = (query: string) =>
      server.inject({
        url: `/clusters/sample-platform-ai-uat${uat}/pods/${body.items[0].metadata.name}/log?${query}`,
        headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` },
      });
    const lines = (await log('tailLines=5')).body.trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(JSON.parse(lines[0])).toMatchObject({ level: 'info' });
    const wrong = await log('container=nope');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().message).toContain('container nope is not valid');
  });

  it('holds the namespaces and quotas of the campaign platform', async () => {
    const reply = await server.inject({
      url: '/clusters/campaign-lifecycle-platform-prod/api/v1/resourcequotas',
      headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` },
    });
    expect(
      Object.fromEntries(
        reply
          .json()
          .items.map((q: any) => [q.metadata.namespace, q.status.hard]),
      ),
    ).toMatchObject({
      'platform-apps': {
        'requests.cpu': '30',
        'limits.cpu': '60',
        'requests.memory': '60Gi',
        'limits.memory': '120Gi',
      },
      'platform-data': { 'requests.cpu': '20' },
      'platform-monitoring': { 'limits.memory': '32Gi' },
      'platform-system': { 'limits.cpu': '20' },
    });
  });

  it("satisfies the fetcher of Backstage's Kubernetes plugin", async () => {
    const input = {
      clusterDetails: {
        name: 'uat',
        url: `${url}/clusters/sample-platform-ai-uat`,
        authMetadata: { 'kubernetes.io/auth-provider': 'serviceAccount' },
      },
      credential: { type: 'bearer token', token: KUBERNETES_TOKEN },
      objectTypesToFetch: DEFAULT_LISTS.map(([group, apiVersion, plural]) => ({
        group,
        apiVersion,
        plural,
        objectType: plural,
      })),
      labelSelector: 'backstage.io/kubernetes-id=sample-backend',
      customResources: [],
    };
    // In its own process: the plugin imports ES modules, which jest's sandbox cannot.
    const { stdout } = await run(process.execPath, [
      '-e',
      FETCH_AS_THE_PLUGIN,
      join(
        dirname(
          require.resolve('@backstage/plugin-kubernetes-backend/package.json'),
        ),
        'dist',
        'service',
      ),
      JSON.stringify(input),
    ]);
    const { errors, responses, metrics, warnings } = JSON.parse(stdout);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([]);
    expect(
      Object.fromEntries(
        responses.map((r: any) => [r.type, r.resources.length]),
      ),
    ).toMatchObject({ pods: 2, services: 1, deployments: 1, replicasets: 1 });
    expect(metrics.errors).toEqual([]);
    expect(metrics.responses[0].resources).toHaveLength(2);
    expect(metrics.responses[0].resources[0].CPU.CurrentUsage).toBeGreaterThan(
      0,
    );
  }, 30_000);

  it('gives metrics that add up', async () => {
    const pods = await get(
      `/apis/metrics.k8s.io/v1beta1${uat.slice(7)}/pods?${mine}`,
    );
    expect(pods.body.kind).toBe('PodMetricsList');
    expect(pods.body.items[0].containers[0].usage).toEqual({
      cpu: expect.stringMatching(/^\d+n$/),
      memory: expect.stringMatching(/^\d+Ki$/),
    });
    const nodes = await get('/apis/metrics.k8s.io/v1beta1/nodes');
    expect(nodes.body.items).toHaveLength(3);
  });

  describe('kubectl', () => {
    it('gets, describes, tops and logs', async () => {
      try {
        execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
      } catch {
        process.stderr.write(
          'SKIPPED: kubectl is not on PATH; the Kubernetes API was not tried with it\n',
        );
        return;
      }
      const config = join(sandbox.dataDir, 'kubeconfig');
      writeFileSync(
        config,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [
            {
              name: 'uat',
              cluster: {
                // No token in a header: kubectl sends none over plain http.
                server: `${url}/token/${KUBERNETES_TOKEN}/clusters/sample-platform-ai-uat`,
              },
            },
          ],
          contexts: [{ name: 'uat', context: { cluster: 'uat' } }],
          'current-context': 'uat',
        }),
      );
      const kubectl = async (...args: string[]) =>
        (
          await run(
            'kubectl',
            ['--kubeconfig', config, '-n', 'sample-platform-ai', ...args],
            { env: { ...process.env, HOME: sandbox.dataDir } },
          )
        ).stdout;

      const table = await kubectl('get', 'pods,deploy,svc');
      expect(table).toMatch(/pod\/sample-backend-\S+ +1\/1 +Running +0 /);
      expect(table).toMatch(/deployment\.apps\/sample-backend +2\/2 +2 +2 /);
      expect(table).toMatch(/service\/sample-backend +ClusterIP +172\./);
      expect(await kubectl('top', 'pods')).toMatch(
        /sample-backend-\S+ +\d+m +\d+Mi/,
      );
      expect(
        await kubectl('logs', 'deploy/sample-backend', '--tail=1'),
      ).toContain('"msg":"request"');
      expect(await kubectl('describe', 'deploy', 'sample-backend')).toContain(
        'NewReplicaSetAvailable',
      );
      expect(
        JSON.parse(await kubectl('get', 'deploy', '-o', 'json')).items,
      ).toHaveLength(2);
    }, 60_000);
  });
});
