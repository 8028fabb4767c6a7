import { mockServices } from '@backstage/backend-test-utils';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { ClusterAccess } from '@fairway/plugin-platform-envs-node';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EksAccess } from './EksAccess';
import { EksClusterSource } from './EksClusterSource';

jest.setTimeout(120_000);

const PLATFORM = PLATFORMS.find(
  p => p.system === 'campaign-lifecycle-platform',
)!;
const PROD = PLATFORM.environments.find(e => e.shortName === 'prod')!;
const CLUSTER = {
  name: PROD.cluster!,
  accountId: PROD.accountId!,
  region: PROD.regions[0],
};
const GI = 2 ** 30;

describe('EksClusterSource on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-eks-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: [PLATFORM],
      speed: 20,
      only: ['github', 'argocd', 'kubernetes', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
  });

  afterEach(() => {
    sandbox.world.faults.remove();
  });

  afterAll(async () => {
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  const aws = () =>
    DefaultAwsCredentialsManager.fromConfig(
      mockServices.rootConfig({
        data: { aws: sandbox.awsConfig },
      }),
    );

  const source = (access: ClusterAccess = {}) =>
    new EksClusterSource({
      credentials: aws(),
      accessOf: cluster => ({
        url: `${sandbox.urls.kubernetes}/clusters/${cluster}`,
        token: 'sandbox-kubernetes-token',
        ...access,
      }),
    });

  const read = (
    from = source(),
    namespaces?: string[],
    signal = AbortSignal.timeout(20_000),
  ) =>
    from.getCapacity(CLUSTER, {
      namespaces: namespaces ?? ['platform-apps'],
      others: !namespaces,
      signal,
    });

  it('reads quotas with use, node pools, and what is used now', async () => {
    const { pools, namespaces, unwellNodes, kubeletVersions } = await read();
    expect(pools.map(p => [p.name, p.ready, p.nodes, p.capacity])).toEqual([
      ['apps', 3, 3, { cpuCores: 12, memoryBytes: 48 * GI, pods: 174 }],
      ['data', 2, 2, { cpuCores: 4, memoryBytes: 32 * GI, pods: 116 }],
      ['system', 3, 3, { cpuCores: 6, memoryBytes: 24 * GI, pods: 174 }],
    ]);
    expect(pools[0]).toMatchObject({
      instanceTypes: ['t3.xlarge'],
      architectures: ['amd64'],
      use: { status: 'ok', value: { cpuCores: expect.any(Number) } },
    });
    expect(unwellNodes).toEqual([]);
    expect(kubeletVersions).toHaveLength(1);
    expect(namespaces.map(n => n.name)).toEqual([
      'platform-apps',
      'platform-data',
      'platform-monitoring',
      'platform-system',
    ]);
    const [apps] = namespaces;
    expect(apps.quotas[0].lines).toEqual([
      {
        resource: 'requests.cpu',
        unit: 'cores',
        hard: 30,
        used: expect.any(Number),
      },
      {
        resource: 'limits.cpu',
        unit: 'cores',
        hard: 60,
        used: expect.any(Number),
      },
      {
        resource: 'requests.memory',
        unit: 'bytes',
        hard: 60 * GI,
        used: expect.any(Number),
      },
      {
        resource: 'limits.memory',
        unit: 'bytes',
        hard: 120 * GI,
        used: expect.any(Number),
      },
    ]);
    expect(apps.quotas[0].lines[0].used).toBeGreaterThan(0);
    expect(apps.use).toMatchObject({
      status: 'ok',
      value: { pods: expect.any(Number) },
    });
  });

  it('asks four questions for a cluster, whatever is in it', async () => {
    const calls = () => sandbox.world.counters.read().kubernetes.calls;
    const before = calls();
    await read();
    expect(calls() - before).toBe(4);
  });

  it('looks only into the namespaces that it is told, and reports one without a quota', async () => {
    const { namespaces } = await read(source(), ['platform-apps', 'default']);
    expect(namespaces.map(n => [n.name, n.quotas.length])).toEqual([
      ['default', 0],
      ['platform-apps', 1],
    ]);
  });

  it('asks about four of many namespaces at a time', async () => {
    let open = 0;
    let most = 0;
    const server = createServer((req, res) => {
      const isOfOne = req.url!.includes('/namespaces/');
      if (isOfOne) most = Math.max(most, ++open);
      setTimeout(() => {
        if (isOfOne) open -= 1;
        res.setHeader('Content-Type', 'application/json');
        res.end(JSON.stringify({ items: [] }));
      }, 5);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const namespaces = Array.from({ length: 20 }, (_, i) => `team-${i}`);
      const found = await read(
        source({ url: `http://127.0.0.1:${port}` }),
        namespaces,
      );
      expect(found.namespaces).toHaveLength(20);
      expect(most).toBe(4);
    } finally {
      await new Promise(resolve => server.close(resolve));
    }
  });

  it('says why there is no use when metrics-server is away, and keeps the rest', async () => {
    sandbox.world.faults.add({
      upstream: 'kubernetes',
      path: '/clusters/*/apis/metrics.k8s.io/**',
      kind: 'status',
      status: 503,
    });
    const { pools, namespaces } = await read();
    expect(pools[0].use).toEqual({
      status: 'unavailable',
      reason: 'metrics-server does not answer',
    });
    expect(namespaces[0].use.status).toBe('unavailable');
    expect(namespaces[0].quotas[0].lines[0].used).toBeGreaterThan(0);
  });

  it('says what to do about a token that the cluster does not know', async () => {
    const error = await read(source({ token: 'revoked' })).catch(e => e);
    expect(error.name).toBe('NotAllowedError');
    expect(error.message).toContain(
      `renew platformEnvs.clusters.overrides.${CLUSTER.name}.token`,
    );
  });

  it('F40 names the role and the next step where an account does not let it in', async () => {
    const error = await new EksClusterSource({
      credentials: aws(),
      accessOf: () => ({}),
    })
      .getCapacity(
        { ...CLUSTER, accountId: '999999999999' },
        {
          namespaces: [],
          others: true,
          signal: AbortSignal.timeout(20_000),
        },
      )
      .catch(e => e);
    expect(error.message).toMatch(/999999999999/);
    expect(['NotAllowedError', 'NotFoundError']).toContain(error.name);
  });

  it('F41 ends when it is told to, however long the cluster is silent', async () => {
    sandbox.world.faults.add({
      upstream: 'kubernetes',
      path: '/clusters/**',
      kind: 'stall',
    });
    const begun = Date.now();
    const error = await read(
      source(),
      undefined,
      AbortSignal.timeout(300),
    ).catch(e => e);
    expect(error).toMatchObject({
      name: 'ServiceUnavailableError',
      message: `The cluster ${CLUSTER.name} did not answer in time`,
    });
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('asks EKS where a cluster is, once an hour', async () => {
    let now = new Date('2026-03-10T12:00:00Z');
    const eks = new EksAccess({ credentials: aws(), now: () => now });
    const asked = () =>
      Object.entries(sandbox.world.counters.read().aws.routes)
        .filter(([route]) => /\/clusters\/|DescribeCluster/.test(route))
        .reduce((sum, [, { calls }]) => sum + calls, 0);
    sandbox.world.counters.reset();
    const signal = AbortSignal.timeout(20_000);
    expect(await eks.endpointOf(CLUSTER, signal)).toEqual({
      url: expect.stringMatching(new RegExp(`:\\d+/clusters/${CLUSTER.name}$`)),
      caData: expect.any(String),
    });
    await eks.endpointOf(CLUSTER, signal);
    expect(asked()).toBe(1);
    now = new Date('2026-03-10T13:00:01Z');
    await eks.endpointOf(CLUSTER, signal);
    expect(asked()).toBe(2);
  });

  it('signs a token for one cluster, as its authenticator takes it', async () => {
    let now = new Date('2026-03-10T12:00:00Z');
    const eks = new EksAccess({ credentials: aws(), now: () => now });
    const token = await eks.tokenOf(CLUSTER);
    const [, encoded] = /^k8s-aws-v1\.([\w-]+)$/.exec(token)!;
    const url = new URL(Buffer.from(encoded, 'base64url').toString());
    expect(url.host).toBe(`sts.${CLUSTER.region}.amazonaws.com`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': expect.any(String),
    });
    expect(await eks.tokenOf(CLUSTER)).toBe(token);
    now = new Date('2026-03-10T12:10:01Z');
    expect(await eks.tokenOf(CLUSTER)).not.toBe(token);
    expect(await eks.tokenOf({ ...CLUSTER, name: 'other' })).not.toBe(token);
  });

  it('says which key to set when nothing tells how to reach a cluster', async () => {
    const error = await new EksClusterSource({ accessOf: () => ({}) })
      .getCapacity(CLUSTER, {
        namespaces: [],
        others: true,
        signal: AbortSignal.timeout(1000),
      })
      .catch(e => e);
    expect(error.message).toContain(
      `set platformEnvs.clusters.overrides.${CLUSTER.name}.url`,
    );
  });
});
