import { FastifyInstance } from 'fastify';
import {
  ArgocdWorld,
  startArgocdWorld,
} from '../../world/argocd/__testUtils__/startArgocdWorld';
import { PLATFORMS } from '../../world/platforms';
import {
  clusterToken,
  KUBERNETES_TOKEN,
  KUBERNETES_TOKEN_WITHOUT_LOGS,
} from './access';
import { createKubernetesServer } from './createKubernetesServer';

describe('createKubernetesServer', () => {
  let sandbox: ArgocdWorld;
  let server: FastifyInstance;

  beforeAll(async () => {
    sandbox = await startArgocdWorld({
      platforms: PLATFORMS.filter(p =>
        ['sample-platform-ai', 'campaign-lifecycle-platform'].includes(
          p.system,
        ),
      ),
    });
    server = createKubernetesServer(sandbox.world);
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

  it('refuses writes in the words of RBAC, and what does not exist as unknown', async () => {
    const write = async (method: 'POST' | 'DELETE' | 'PATCH', path: string) => {
      const reply = await server.inject({
        method,
        url: `/clusters/sample-platform-ai-uat${path}`,
        headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` },
      });
      return { status: reply.statusCode, body: reply.json() };
    };
    expect(
      await write(
        'PATCH',
        '/apis/apps/v1/namespaces/sample-platform-ai/deployments/sample-backend/scale',
      ),
    ).toMatchObject({
      status: 403,
      body: {
        reason: 'Forbidden',
        message:
          'deployments.apps "sample-backend" is forbidden: User "system:serviceaccount:fairway:fairway" cannot patch resource "deployments/scale" in API group "apps" in the namespace "sample-platform-ai"',
        details: { name: 'sample-backend', group: 'apps', kind: 'deployments' },
      },
    });
    expect((await write('DELETE', `${uat}/pods`)).body.message).toContain(
      'cannot deletecollection resource "pods"',
    );
    expect((await write('POST', '/apis/nope/v1/things')).status).toBe(404);
  });

  it('opens a cluster with its own token, and no other cluster', async () => {
    const ask = async (cluster: string) =>
      (
        await server.inject({
          url: `/clusters/${cluster}/api/v1/pods`,
          headers: {
            authorization: `Bearer ${clusterToken('sample-platform-ai-uat')}`,
          },
        })
      ).statusCode;
    expect(await ask('sample-platform-ai-uat')).toBe(200);
    expect(await ask('sample-platform-ai-prod')).toBe(401);
  });

  it('keeps logs from a token without the right to them', async () => {
    const { body } = await get(`/api/v1/pods?${mine}`);
    const reply = await server.inject({
      url: `/clusters/sample-platform-ai-uat${uat}/pods/${body.items[0].metadata.name}/log`,
      headers: { authorization: `Bearer ${KUBERNETES_TOKEN_WITHOUT_LOGS}` },
    });
    expect(reply.statusCode).toBe(403);
    expect(reply.json().message).toContain('cannot get resource "pods/log"');
  });

  it('writes JSON, also to who would rather have protobuf', async () => {
    const accept = 'application/vnd.kubernetes.protobuf';
    expect(
      (await get('/api/v1/nodes', { accept: `${accept},application/json` }))
        .body.kind,
    ).toBe('NodeList');
    expect((await get('/api/v1/nodes', { accept })).body).toMatchObject({
      reason: 'NotAcceptable',
      code: 406,
    });
  });

  it('holds what a platform team puts around services, with statuses that add up', async () => {
    const all = async (path: string) => (await get(path)).body.items;
    const [autoscaler] = await all(
      '/apis/autoscaling/v2/horizontalpodautoscalers',
    );
    expect(autoscaler.status).toMatchObject({
      currentReplicas: 2,
      currentMetrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            current: { averageUtilization: expect.any(Number) },
          },
        },
      ],
    });
    const [budget] = await all('/apis/policy/v1/poddisruptionbudgets');
    expect(budget.status).toMatchObject({
      expectedPods: 2,
      currentHealthy: 2,
      disruptionsAllowed: 1,
    });
    const [secret] = await all('/apis/external-secrets.io/v1/externalsecrets');
    expect(secret.status.conditions[0]).toMatchObject({
      type: 'Ready',
      reason: 'SecretSynced',
    });
    const [slice] = await all('/apis/discovery.k8s.io/v1/endpointslices');
    expect(slice.endpoints).toHaveLength(2);
    const [node] = await all('/api/v1/nodes');
    expect(node.status.conditions.map((c: any) => c.type)).toEqual([
      'MemoryPressure',
      'DiskPressure',
      'PIDPressure',
      'Ready',
    ]);
  });

  it('selects by the fields that the kind has, and names the others', async () => {
    expect(
      (await get('/api/v1/pods?fieldSelector=status.phase%3DRunning')).body
        .items.length,
    ).toBeGreaterThan(0);
    expect(
      (await get('/api/v1/pods?fieldSelector=spec.colour%3Dred')).body.message,
    ).toContain('field label not supported: spec.colour');
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
    expect((await log('tailLines=1&timestamps=true')).body).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \{/,
    );
    expect((await log('limitBytes=7')).body).toHaveLength(7);
    expect((await log('previous=true')).json().message).toMatch(
      /^previous terminated container "sample-backend" in pod .* not found$/,
    );
    expect((await log('tailLines=-1')).statusCode).toBe(422);
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

  it('admits pods with the defaults of their namespace, and counts them in its quota', async () => {
    const read = async (path: string) =>
      (
        await server.inject({
          url: `/clusters/campaign-lifecycle-platform-prod${path}`,
          headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` },
        })
      ).json().items;
    const pods = await read('/api/v1/namespaces/platform-apps/pods');
    expect(pods[0].spec.containers[0].resources.limits.cpu).toBe('500m');
    expect(pods[0].metadata.annotations['kubernetes.io/limit-ranger']).toMatch(
      /^LimitRanger plugin set: cpu limit for container campaign-/,
    );
    expect(pods[0].status.qosClass).toBe('Burstable');
    const [quota] = await read(
      '/api/v1/namespaces/platform-apps/resourcequotas',
    );
    expect(quota.status.used['limits.cpu']).toBe(
      pods.length % 2 === 0 ? `${pods.length / 2}` : `${pods.length * 500}m`,
    );
  });

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
});
