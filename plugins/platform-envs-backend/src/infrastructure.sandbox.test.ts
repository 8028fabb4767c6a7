import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { EnvironmentDetail } from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { impatientScheduler } from './__testUtils__/impatientScheduler';
import { policyFake } from './__testUtils__/policyFake';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import plugin from '.';

jest.setTimeout(120_000);

const SAMPLE = PLATFORMS.filter(p => p.system === 'sample-platform-ai');
const UAT = '/api/platform-envs/environments/default/sample-platform-ai-uat';

const user = (name: string, ...groups: string[]): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name, namespace: 'default' },
  relations: groups.map(group => ({
    type: 'memberOf',
    targetRef: `group:default/${group}`,
  })),
});

describe('what environments stand on, on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let api: ReturnType<typeof request>;
  let stop: () => Promise<void>;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-infrastructure-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: SAMPLE,
      speed: 20,
      only: ['github', 'argocd', 'kubernetes', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    const entities = [
      ...sandboxEntities(SAMPLE),
      user('ann', 'sample-platform-ai'),
      user('bob', 'mobilytics'),
    ];
    const backend = await startTestBackend({
      features: [
        plugin,
        catalogServiceMock.factory({ entities }),
        impatientScheduler,
        policyFake(entities).factory,
        mockServices.rootConfig.factory({
          data: {
            aws: sandbox.awsConfig,
            platformEnvs: {
              clusters: {
                pollInterval: { seconds: 1 },
                urlTemplate: `${sandbox.urls.kubernetes}/clusters/{cluster}`,
                token: 'sandbox-kubernetes-token',
              },
              stacks: { pollInterval: { seconds: 1 } },
            },
          },
        }),
      ],
    });
    stop = () => backend.stop();
    api = request(backend.server);
    await detailWhere(
      d => d.capacity.state === 'live' && d.stacks.state === 'live',
    );
  });

  afterAll(async () => {
    await stop?.();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  const as = (name: string) =>
    mockCredentials.user.header(`user:default/${name}`);

  async function detail(name = 'ann'): Promise<EnvironmentDetail> {
    const { body } = await api.get(UAT).set('Authorization', as(name));
    return body;
  }

  async function detailWhere(
    isSo: (detail: EnvironmentDetail) => boolean,
  ): Promise<EnvironmentDetail> {
    for (;;) {
      const found = await detail();
      if (found.capacity && isSo(found)) return found;
      await sleep(100);
    }
  }

  const detectDrift = (name: string, body: object) =>
    api
      .post(`${UAT}/drift-detections`)
      .set('Authorization', as(name))
      .send(body);

  it('shows the cluster and the stacks of an environment', async () => {
    const { capacity, stacks } = await detail();
    expect(capacity.value).toMatchObject({
      cluster: 'sample-platform-ai-uat',
      namespace: 'sample-platform-ai',
      sharedWith: [],
      capacity: { pools: [{ nodes: 3, ready: 3 }], unwellNodes: [] },
    });
    expect(stacks.value).toMatchObject([
      { name: 'sample-platform-ai-uat-baseline', match: 'tag' },
    ]);
  });

  it('has drift detected by the team that owns the environment, and follows it', async () => {
    const { stacks, operations } = await detail();
    expect(operations.detectDrift).toEqual({ allowed: true });
    const [{ id: stackId }] = stacks.value!;
    const { status, body } = await detectDrift('ann', { stackId });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { detection: { state: 'running', startedBy: 'user:default/ann' } },
    });
    expect((await detail()).stacks.value![0].detection).toMatchObject({
      state: 'running',
    });
    const done = await detailWhere(d => !d.stacks.value![0].detection);
    expect(done.stacks.value![0].drift).toMatchObject({
      status: 'in-sync',
      checkedAt: expect.any(String),
    });
  });

  it('lets nobody else do so, and says who may', async () => {
    const { stacks, operations } = await detail('bob');
    expect(operations.detectDrift).toEqual({
      allowed: false,
      reason: expect.stringContaining('Only the team that owns'),
    });
    const [{ id: stackId }] = stacks.value!;
    const { status, body } = await detectDrift('bob', { stackId });
    expect(status).toBe(403);
    expect(body.error.message).toContain('Only the team that owns');
  });

  it('refuses what is no stack of the environment', async () => {
    expect((await detectDrift('ann', { stackId: 'arn:other' })).status).toBe(
      404,
    );
    expect((await detectDrift('ann', {})).status).toBe(400);
  });

  it('F39 shows the last readings with their age while AWS throttles, and heals by itself', async () => {
    await sandbox.world.scenarios.start('throttled');
    const { stacks, capacity } = await detailWhere(
      d => d.stacks.state === 'stale',
    );
    expect(stacks.message).toMatch(/throttles calls of CloudFormation/);
    expect(stacks.value).toHaveLength(1);
    expect(Date.parse(stacks.observedAt!)).toBeLessThanOrEqual(Date.now());
    expect(capacity.state).toBe('live');
    await sandbox.world.scenarios.start('calm');
    await detailWhere(d => d.stacks.state === 'live');
  });
});
