import { mockServices } from '@backstage/backend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import {
  EnvironmentSummary,
  Stack,
} from '@fairway/plugin-platform-envs-common';
import { Pace } from '@fairway/plugin-platform-envs-node';
import { FakeStackSource } from '@fairway/plugin-platform-envs-node/testUtils';
import { MemorySnapshotStore } from '../../__testUtils__/MemorySnapshotStore';
import { DriftDetections } from './DriftDetections';
import { matchStack } from './matchStack';
import { StackService } from './StackService';

const environment = (
  shortName: string,
  overrides: Partial<EnvironmentSummary> = {},
): EnvironmentSummary => ({
  ref: `environment:default/shop-${shortName}`,
  name: `shop-${shortName}`,
  title: `shop ${shortName}`,
  shortName,
  tier: 'dev',
  promotionOrder: 10,
  lifecycle: 'active',
  systemRef: 'system:default/shop',
  ownerRef: 'group:default/shop',
  runtime: 'ecs',
  awsAccountId: '111111111111',
  regions: [{ name: 'eu-central-1', role: 'primary' }],
  availability: 'single-az',
  delivery: { policy: 'auto', minApprovals: 0, approverRefs: [] },
  routing: 'simple',
  links: [],
  ...overrides,
});

const stack = (name: string, overrides: Partial<Stack> = {}): Stack => ({
  id: `arn:aws:cloudformation:eu-central-1:111111111111:stack/${name}/1`,
  name,
  region: 'eu-central-1',
  status: 'CREATE_COMPLETE',
  changedAt: '2026-03-01T12:00:00.000Z',
  terminationProtected: false,
  drift: { status: 'in-sync', resources: [] },
  tags: {},
  consoleUrl: 'https://example.com',
  ...overrides,
});

describe('matchStack', () => {
  const dev = environment('dev');
  const devEu = environment('dev-eu');
  const other = environment('dev', {
    ref: 'environment:default/pay-dev',
    name: 'pay-dev',
    systemRef: 'system:default/pay',
  });
  it.each<[string, Partial<Stack>, EnvironmentSummary[], string | undefined]>([
    [
      'its tags',
      { tags: { Environment: 'dev', System: 'shop' } },
      [dev],
      'tag',
    ],
    [
      'tags in small letters',
      { tags: { environment: 'shop-dev' } },
      [dev],
      'tag',
    ],
    [
      'the tag of another system',
      { tags: { System: 'pay' } },
      [dev],
      undefined,
    ],
    [
      'the tag of another environment',
      { tags: { Environment: 'prod' } },
      [dev],
      undefined,
    ],
    [
      'a short name that two systems use',
      { tags: { Environment: 'dev' } },
      [dev, other],
      undefined,
    ],
    ['its name', { name: 'shop-dev-network' }, [dev, other], 'name'],
    [
      'the name of a neighbour that begins alike',
      { name: 'shop-dev-eu-network' },
      [dev, devEu],
      undefined,
    ],
    ['an account of its own', { name: 'cdk-toolkit' }, [dev], 'account'],
    [
      'an account that it shares',
      { name: 'cdk-toolkit' },
      [dev, other],
      undefined,
    ],
  ])('reads %s', (_, overrides, neighbours, expected) => {
    expect(
      matchStack(stack(overrides.name ?? 'x', overrides), dev, neighbours),
    ).toBe(expected);
  });
});

function setUp(environments: EnvironmentSummary[], isConfigured = true) {
  const source = new FakeStackSource();
  const store = new MemorySnapshotStore();
  const now = () => new Date('2026-03-10T12:00:00Z');
  const service = new StackService({
    environments: {
      getEnvironments: () => environments,
      getEnvironment: (ref: string) => environments.find(e => e.ref === ref)!,
    },
    ...(isConfigured && { source }),
    store: store as never,
    logger: mockServices.logger.mock(),
    pace: new Pace({ activeMs: 600_000, idleMs: 600_000 }, { now }),
    now,
  });
  return { source, service, store, now };
}

describe('StackService', () => {
  it('asks each account and region once, and shows failed and drifted stacks first', async () => {
    const { source, service } = setUp([environment('dev'), environment('uat')]);
    source.answers.set('111111111111/eu-central-1', [
      stack('shop-dev-a'),
      stack('shop-dev-b', {
        drift: {
          status: 'drifted',
          resources: [
            {
              logicalId: 'Bucket',
              type: 'AWS::S3::Bucket',
              change: 'deleted',
              properties: [],
            },
          ],
        },
      }),
      stack('shop-dev-c', { status: 'UPDATE_ROLLBACK_FAILED' }),
      stack('shop-uat-a'),
    ]);
    await service.poll();
    expect(source.calls).toHaveLength(1);
    const { state, value } = await service.get('environment:default/shop-dev');
    expect(state).toBe('live');
    expect(value!.map(s => s.name)).toEqual([
      'shop-dev-c',
      'shop-dev-b',
      'shop-dev-a',
    ]);
    expect(value![0]).not.toHaveProperty('tags');
  });

  it('shows the stacks of one region while the other cannot be read', async () => {
    const { source, service } = setUp([
      environment('prod', {
        regions: [
          { name: 'eu-central-1', role: 'primary' },
          { name: 'eu-west-1', role: 'secondary' },
        ],
      }),
    ]);
    source.answers.set('111111111111/eu-central-1', [stack('shop-prod-a')]);
    source.answers.set(
      '111111111111/eu-west-1',
      new NotAllowedError('No access to AWS account 111111111111'),
    );
    await service.poll();
    const { state, message, value } = await service.get(
      'environment:default/shop-prod',
    );
    expect({ state, message }).toEqual({
      state: 'error',
      message: 'No access to AWS account 111111111111',
    });
    expect(value!.map(s => s.name)).toEqual(['shop-prod-a']);
  });

  it('says what is missing, where something is', async () => {
    const local = environment('local', {
      runtime: 'local',
      awsAccountId: undefined,
      regions: [],
    });
    const { service } = setUp([local, environment('dev')], false);
    await expect(
      service.get('environment:default/shop-local'),
    ).resolves.toMatchObject({
      state: 'absent',
      message: expect.stringContaining('machine of whoever'),
    });
    await expect(
      service.get('environment:default/shop-dev'),
    ).resolves.toMatchObject({
      state: 'absent',
      message: expect.stringContaining('set the block aws'),
    });
  });

  it('detects drift in stacks of the environment only', async () => {
    const { source, service } = setUp([environment('dev'), environment('uat')]);
    source.answers.set('111111111111/eu-central-1', [
      stack('shop-dev-a'),
      stack('shop-uat-a'),
    ]);
    await service.poll();
    const ref = 'environment:default/shop-dev';
    await expect(
      service.detectDrift(ref, stack('shop-uat-a').id, 'user:default/ann'),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
    await service.detectDrift(ref, stack('shop-dev-a').id, 'user:default/ann');
    const { value } = await service.get(ref);
    expect(value![0].detection).toEqual({
      state: 'running',
      startedAt: '2026-03-10T12:00:00.000Z',
      startedBy: 'user:default/ann',
    });
    await expect(
      service.detectDrift(ref, stack('shop-dev-a').id, 'user:default/bob'),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('asked for by user:default/ann'),
    });
    service.stop();
  });
});

describe('DriftDetections', () => {
  function follow(source: FakeStackSource) {
    let ended: () => void;
    const end = new Promise<void>(resolve => {
      ended = resolve;
    });
    const store = new MemorySnapshotStore();
    const detections = new DriftDetections({
      source,
      store: store as never,
      logger: mockServices.logger.mock(),
      now: () => new Date('2026-03-10T12:00:00Z'),
      askEveryMs: 1,
      onEnd: async () => ended(),
    });
    return { detections, end };
  }
  const place = { accountId: '111111111111', region: 'eu-central-1' };

  it('has the stacks read again when a detection is done', async () => {
    const source = new FakeStackSource();
    source.detections = [
      { state: 'running' },
      { state: 'done', status: 'drifted' },
    ];
    const { detections, end } = follow(source);
    await detections.begin(place, 'x', 'user:default/ann');
    await end;
    await new Promise(resolve => setImmediate(resolve));
    await expect(detections.load()).resolves.toEqual({});
  });

  it('keeps the reason of one that failed', async () => {
    const source = new FakeStackSource();
    source.detections = [{ state: 'failed', reason: 'Rate exceeded' }];
    const { detections, end } = follow(source);
    await detections.begin(place, 'x', 'user:default/ann');
    await end;
    await new Promise(resolve => setImmediate(resolve));
    await expect(detections.load()).resolves.toMatchObject({
      x: { state: 'failed', message: 'Rate exceeded' },
    });
  });
});
