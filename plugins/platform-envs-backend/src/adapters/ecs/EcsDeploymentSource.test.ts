import {
  CreateServiceCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockServices } from '@backstage/backend-test-utils';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { DeploymentSnapshot } from '@fairway/plugin-platform-envs-node';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PresentAudience } from '../../services/audience/PresentAudience';
import {
  EcsDeploymentSource,
  EcsDeploymentSourceOptions,
} from './EcsDeploymentSource';

jest.setTimeout(120_000);

const MOBILYTICS = PLATFORMS.find(p => p.system === 'mobilytics')!;
const DEV_ACCOUNT = MOBILYTICS.environments.find(e => e.shortName === 'dev')!
  .accountId!;

function environment(
  shortName: string,
  overrides: Partial<EnvironmentSummary> = {},
): EnvironmentSummary {
  const seed = MOBILYTICS.environments.find(e => e.shortName === shortName)!;
  return {
    ref: `environment:default/mobilytics-${shortName}`,
    name: `mobilytics-${shortName}`,
    title: `mobilytics ${shortName}`,
    shortName,
    tier: 'dev',
    promotionOrder: 10,
    lifecycle: 'active',
    systemRef: 'system:default/mobilytics',
    ownerRef: 'group:default/mobilytics',
    runtime: 'ecs',
    awsAccountId: seed.accountId,
    regions: [{ name: 'us-east-1', role: 'primary' }],
    availability: 'single-az',
    clusterRef: `resource:default/${seed.cluster}`,
    delivery: { policy: 'auto', minApprovals: 0, approverRefs: [] },
    routing: 'simple',
    links: [],
    ...overrides,
  };
}

const DEV = environment('dev');

describe('EcsDeploymentSource on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let source: EcsDeploymentSource;
  let ecs: ECSClient;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  const newSource = (options: Partial<EcsDeploymentSourceOptions> = {}) =>
    new EcsDeploymentSource({
      credentials: DefaultAwsCredentialsManager.fromConfig(
        mockServices.rootConfig({
          data: { aws: sandbox.awsConfig },
        }),
      ),
      logger: mockServices.logger.mock(),
      pollIntervalMs: 200,
      ...options,
    });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-ecs-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: [MOBILYTICS],
      speed: 20,
      only: ['github', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    ecs = new ECSClient({
      region: 'us-east-1',
      credentials: {
        accessKeyId: `AKIA${DEV_ACCOUNT}SANDBOX`,
        secretAccessKey: 'sandbox',
      },
    });
    source = newSource();
    source.follow([DEV]);
    source.start();
    await snapshotWhere(({ state }) => state === 'live');
  });

  afterAll(async () => {
    await source?.stop();
    ecs?.destroy();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  async function snapshotWhere(
    holds: (snapshot: DeploymentSnapshot) => boolean,
    of: EcsDeploymentSource = source,
  ): Promise<DeploymentSnapshot> {
    for (let i = 0; i < 300; i++) {
      const snapshot = of.getSnapshot();
      if (holds(snapshot)) return snapshot;
      await sleep(100);
    }
    throw new Error(
      `Never so, but: ${JSON.stringify(of.getSnapshot(), undefined, 1)}`,
    );
  }

  const serviceOf = (snapshot: DeploymentSnapshot, name: string) =>
    snapshot.deployments.find(d => d.name.endsWith(`/${name}`));

  /** A task definition like that of the API, with another image. */
  async function register(image: string): Promise<string> {
    const { taskDefinition } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'mobilytics-api' }),
    );
    const { family, containerDefinitions, ...rest } = taskDefinition!;
    const registered = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions: containerDefinitions!.map(c =>
          c.name === 'mobilytics-api' ? { ...c, image } : c,
        ),
        cpu: rest.cpu,
        memory: rest.memory,
        networkMode: rest.networkMode,
        requiresCompatibilities: rest.requiresCompatibilities,
        executionRoleArn: rest.executionRoleArn,
        taskRoleArn: rest.taskRoleArn,
      }),
    );
    return registered.taskDefinition!.taskDefinitionArn!;
  }

  it('says what runs, with image, history and where to look', () => {
    const snapshot = source.getSnapshot();
    expect(snapshot.environments).toEqual({
      [DEV.ref]: { state: 'live', observedAt: expect.any(String) },
    });
    expect(serviceOf(snapshot, 'mobilytics-api')).toMatchObject({
      instance: 'ecs',
      name: `arn:aws:ecs:us-east-1:${DEV_ACCOUNT}:service/mobilytics-dev/mobilytics-api`,
      namespace: 'mobilytics-dev',
      labels: {
        'fairway.dev/component': 'mobilytics-api',
        'fairway.dev/environment': 'dev',
        'app.kubernetes.io/part-of': 'mobilytics',
      },
      health: 'Healthy',
      healthSince: expect.stringMatching(/Z$/),
      images: expect.arrayContaining([
        expect.stringMatching(/\/mobilytics-api@sha256:[0-9a-f]{64}$/),
      ]),
      history: expect.arrayContaining([
        {
          image: expect.stringMatching(/\/mobilytics-api@sha256:/),
          deployStartedAt: expect.any(String),
          deployedAt: expect.any(String),
        },
      ]),
      operation: { phase: 'Succeeded' },
      url: 'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/mobilytics-dev/services/mobilytics-api/health?region=us-east-1',
    });
  });

  it('asks a calm cluster two calls a look, and nothing for a snapshot', async () => {
    const calls = () =>
      Object.entries(sandbox.world.counters.read().aws.routes)
        .filter(([route]) => /ecs|sts/i.test(route))
        .map(([route, count]) => [route, count.calls] as const);
    const before = new Map(calls());
    const looks = 5;
    let seen = source.getSnapshot().observedAt;
    for (let i = 0; i < looks; ) {
      const { observedAt } = source.getSnapshot();
      if (observedAt !== seen) i++;
      seen = observedAt;
      await sleep(20);
    }
    const more = calls()
      .map(([route, n]) => [route, n - (before.get(route) ?? 0)] as const)
      .filter(([, n]) => n > 0);
    expect(more.length).toBe(2);
    for (const [, n] of more) {
      expect(n).toBeGreaterThanOrEqual(looks - 1);
      expect(n).toBeLessThanOrEqual(looks + 2);
    }
  });

  it('is asked seldom while nobody looks, is not stale for that, and is asked at once when somebody comes', async () => {
    let nowMs = Date.now();
    const now = () => new Date(nowMs);
    const audience = new PresentAudience({ now });
    const idle = newSource({ idlePollIntervalMs: 20 * 60_000, now });
    const callsTo = (operation: string) =>
      sandbox.world.counters.read().aws.routes[`POST /ecs/${operation}`].calls;
    // the one that others look at is asked all the time
    await source.stop();
    idle.attend(audience);
    idle.follow([DEV]);
    idle.start();
    try {
      await snapshotWhere(({ state }) => state === 'live', idle);
      const first = idle.getSnapshot().observedAt;
      const lists = callsTo('ListServices');
      const looks = callsTo('DescribeServices');
      nowMs += 15 * 60_000;
      await sleep(600);
      expect(callsTo('DescribeServices')).toBe(looks);
      expect(idle.getSnapshot()).toMatchObject({
        state: 'live',
        observedAt: first,
      });
      nowMs += 6 * 60_000;
      await snapshotWhere(({ observedAt }) => observedAt !== first, idle);
      expect(callsTo('DescribeServices')).toBe(looks + 1);
      expect(callsTo('ListServices')).toBe(lists);

      const second = idle.getSnapshot().observedAt;
      nowMs += 10 * 60_000;
      audience.read();
      await snapshotWhere(({ observedAt }) => observedAt !== second, idle);
      expect(callsTo('ListServices')).toBe(lists + 1);
    } finally {
      await idle.stop();
      source = newSource();
      source.follow([DEV]);
      source.start();
      await snapshotWhere(({ state }) => state === 'live');
    }
  });

  it('follows a rollout to an image that does not exist, with the reason, and its way back', async () => {
    const good = serviceOf(source.getSnapshot(), 'mobilytics-api')!;
    const image = good.images.find(i => i.includes('/mobilytics-api@'))!;
    const missing = `${image.split('@')[0]}:no-such-version`;
    await ecs.send(
      new UpdateServiceCommand({
        cluster: 'mobilytics-dev',
        service: 'mobilytics-api',
        taskDefinition: await register(missing),
      }),
    );
    const failing = await snapshotWhere(
      s => serviceOf(s, 'mobilytics-api')?.health === 'Degraded',
    );
    const service = serviceOf(failing, 'mobilytics-api')!;
    expect(service.healthMessage).toMatch(
      /new tasks? failed; .*: CannotPullContainerError/,
    );
    expect(service.resources[0]).toMatchObject({ kind: 'Service' });
    expect(service.resources[1]).toMatchObject({
      kind: 'Task',
      health: 'Degraded',
      message: expect.stringMatching(/CannotPullContainerError/),
    });
    expect(service.events!.length).toBeGreaterThan(1);
    expect(service.events).toContainEqual(
      expect.objectContaining({
        at: expect.stringMatching(/Z$/),
        message: expect.stringContaining('mobilytics-api'),
      }),
    );
    // what was there before goes on
    expect(service.images).toContain(image);
    const back = await snapshotWhere(s => {
      const now = serviceOf(s, 'mobilytics-api');
      return now?.health === 'Healthy' && now.operation?.phase === 'Failed';
    });
    expect(serviceOf(back, 'mobilytics-api')).toMatchObject({
      operation: { message: expect.stringMatching(/circuit breaker/i) },
      images: expect.arrayContaining([image]),
    });
  });

  it('calls a service at rest suspended, and starts with what is new', async () => {
    await ecs.send(
      new UpdateServiceCommand({
        cluster: 'mobilytics-dev',
        service: 'mobilytics-workers',
        desiredCount: 0,
      }),
    );
    const snapshot = await snapshotWhere(
      s => serviceOf(s, 'mobilytics-workers')?.health === 'Suspended',
    );
    expect(serviceOf(snapshot, 'mobilytics-workers')!.images).toEqual([]);

    await ecs.send(
      new CreateServiceCommand({
        cluster: 'mobilytics-dev',
        serviceName: 'untagged',
        taskDefinition: 'mobilytics-api',
        desiredCount: 1,
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-0a1b2c3d4e5f60718'],
            securityGroups: ['sg-0a1b2c3d4e5f60718'],
          },
        },
      }),
    );
    const more = await snapshotWhere(s => !!serviceOf(s, 'untagged'));
    expect(serviceOf(more, 'untagged')!.labels).toEqual({
      'fairway.dev/component': 'untagged',
      'fairway.dev/environment': 'dev',
      'app.kubernetes.io/part-of': 'mobilytics',
    });
  });

  it('refreshes by looking again, and has nothing that could be synced', async () => {
    const [{ name }] = source.getSnapshot().deployments;
    const before = source.getSnapshot().observedAt!;
    expect(await source.refresh(name)).toMatchObject({ name });
    expect(source.getSnapshot().observedAt! > before).toBe(true);
    await expect(source.sync(name)).rejects.toThrow(/pipeline rolls out/);
    await expect(source.refresh('nothing')).rejects.toThrow(
      'Amazon ECS has no service nothing',
    );
  });

  it('keeps one cluster apart from another that cannot be read', async () => {
    const other = newSource();
    other.follow([
      DEV,
      environment('staging', { clusterRef: 'resource:default/gone' }),
      environment('prod', { awsAccountId: undefined }),
      environment('dogfood', { lifecycle: 'retired' }),
      environment('sandbox', { runtime: 'eks' }),
    ]);
    other.start();
    try {
      const { environments, state, deployments } = await snapshotWhere(
        s => s.environments![DEV.ref].state === 'live' && s.state === 'error',
        other,
      );
      expect(Object.keys(environments!)).toHaveLength(3);
      expect(environments!['environment:default/mobilytics-staging']).toEqual({
        state: 'error',
        message: expect.stringMatching(/has no ECS cluster gone in us-east-1/),
      });
      expect(environments!['environment:default/mobilytics-prod']).toEqual({
        state: 'error',
        message:
          'mobilytics prod does not say where its cluster is (spec.awsAccountId)',
      });
      expect(state).toBe('error');
      expect(deployments.length).toBeGreaterThan(3);

      other.follow([]);
      expect(other.getSnapshot()).toEqual({
        state: 'absent',
        message: 'No environment of the catalog runs on ECS',
        environments: {},
        deployments: [],
      });
    } finally {
      await other.stop();
    }
  });

  it('F39 keeps what it knows while AWS throttles, says so, and heals', async () => {
    const known = source.getSnapshot().deployments.length;
    sandbox.world.faults.add({ upstream: 'aws', kind: 'throttle' });
    const throttled = await snapshotWhere(s => s.state === 'stale');
    expect(throttled.message).toMatch(/throttles calls of ECS in us-east-1/);
    expect(throttled.deployments).toHaveLength(known);
    sandbox.world.faults.remove();
    expect(
      (await snapshotWhere(s => s.state === 'live')).deployments,
    ).toHaveLength(known);
  });

  it('F40 tells which role cannot be assumed, and heals', async () => {
    await sandbox.world.scenarios.start('role-denied', {
      account: DEV_ACCOUNT,
    });
    const other = newSource();
    other.follow([DEV, environment('staging')]);
    other.start();
    try {
      const { environments } = await snapshotWhere(
        s =>
          s.environments![DEV.ref].state === 'error' &&
          s.environments!['environment:default/mobilytics-staging'].state ===
            'live',
        other,
      );
      expect(environments![DEV.ref].message).toMatch(
        `arn:aws:iam::${DEV_ACCOUNT}:role/fairway`,
      );
      await sandbox.world.scenarios.stop('role-denied');
      await snapshotWhere(s => s.state === 'live', other);
    } finally {
      await other.stop();
    }
  });

  it('F41 keeps looking at the others while one cluster hangs', async () => {
    sandbox.world.faults.add({
      upstream: 'aws',
      service: 'ecs',
      // asked by who has not looked before: the other feed must not take it
      action: 'DescribeTaskDefinition',
      kind: 'stall',
      count: 1,
    });
    const other = newSource();
    other.follow([DEV, environment('staging'), environment('sandbox')]);
    other.start();
    try {
      const conditions = () => Object.values(other.getSnapshot().environments!);
      const first = await snapshotWhere(
        () => conditions().filter(c => c.state === 'live').length === 2,
        other,
      );
      expect(first.state).toBe('stale');
      const seen = conditions().map(c => c.observedAt);
      await snapshotWhere(
        () =>
          conditions().filter((c, i) => c.observedAt !== seen[i]).length === 2,
        other,
      );
    } finally {
      await other.stop();
      sandbox.world.faults.remove();
    }
  });

  it('shows what was known before a restart as stale, until it has looked', async () => {
    const saved = source.getSnapshot();
    const next = newSource();
    next.restore(JSON.parse(JSON.stringify({ ...saved, state: 'stale' })));
    next.follow([DEV]);
    expect(next.getSnapshot()).toMatchObject({
      state: 'stale',
      observedAt: saved.observedAt,
    });
    expect(next.getSnapshot().deployments).toEqual(
      JSON.parse(JSON.stringify(saved.deployments)),
    );
    await next.stop();
  });
});
