import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  ClusterCapacity,
  EnvironmentSummary,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { Pace } from '@fairway/plugin-platform-envs-node';
import { FakeClusterSource } from '@fairway/plugin-platform-envs-node/testUtils';
import { MemorySnapshotStore } from '../../__testUtils__/MemorySnapshotStore';
import { CapacityService } from './CapacityService';

const environment = (
  name: string,
  overrides: Partial<EnvironmentSummary> = {},
): EnvironmentSummary => ({
  ref: `environment:default/${name}`,
  name,
  title: name,
  shortName: name,
  tier: 'dev',
  promotionOrder: 10,
  lifecycle: 'active',
  systemRef: 'system:default/shop',
  ownerRef: 'group:default/shop',
  runtime: 'eks',
  awsAccountId: '111111111111',
  regions: [{ name: 'eu-central-1', role: 'primary' }],
  availability: 'single-az',
  clusterRef: `resource:default/${name}`,
  namespace: name,
  delivery: { policy: 'auto', minApprovals: 0, approverRefs: [] },
  routing: 'simple',
  links: [],
  ...overrides,
});

const capacity = (...namespaces: string[]): ClusterCapacity => ({
  pools: [],
  unwellNodes: [],
  kubeletVersions: [],
  namespaces: namespaces.map(name => ({
    name,
    quotas: [],
    use: unavailableReading('no metrics'),
  })),
});

function setUp(environments: EnvironmentSummary[], isConfigured = true) {
  const source = new FakeClusterSource();
  const service = new CapacityService({
    environments: {
      getEnvironments: () => environments,
      getEnvironment: (ref: string) => environments.find(e => e.ref === ref)!,
    },
    ...(isConfigured && { source }),
    store: new MemorySnapshotStore() as never,
    logger: mockServices.logger.mock(),
    pace: new Pace(
      { activeMs: 60_000, idleMs: 60_000 },
      { now: () => new Date() },
    ),
  });
  return { source, service };
}

describe('CapacityService', () => {
  it('shows a cluster whole to the only environment on it', async () => {
    const { source, service } = setUp([environment('prod')]);
    source.answers.set('prod', capacity('prod', 'monitoring'));
    await service.poll();
    expect(source.calls).toEqual([
      {
        cluster: {
          name: 'prod',
          accountId: '111111111111',
          region: 'eu-central-1',
        },
        namespaces: ['prod'],
        others: true,
      },
    ]);
    const { state, value } = await service.get('environment:default/prod');
    expect(state).toBe('live');
    expect(value).toMatchObject({ cluster: 'prod', sharedWith: [] });
    expect(value!.capacity.namespaces.map(n => n.name)).toEqual([
      'prod',
      'monitoring',
    ]);
  });

  it('asks a shared cluster once, and shows each environment its own namespace', async () => {
    const shared = { clusterRef: 'resource:default/common' };
    const { source, service } = setUp([
      environment('dev', shared),
      environment('uat', shared),
    ]);
    source.answers.set('common', capacity('dev', 'uat'));
    await service.poll();
    expect(source.calls).toMatchObject([
      { namespaces: ['dev', 'uat'], others: false },
    ]);
    const { value } = await service.get('environment:default/uat');
    expect(value).toMatchObject({ namespace: 'uat', sharedWith: ['dev'] });
    expect(value!.capacity.namespaces.map(n => n.name)).toEqual(['uat']);
  });

  it('says what is missing, where something is', async () => {
    const { service } = setUp([
      environment('ecs', { runtime: 'ecs' }),
      environment('local', { runtime: 'local', clusterRef: undefined }),
      environment('bare', { clusterRef: undefined }),
    ]);
    const messages = await Promise.all(
      ['ecs', 'local', 'bare'].map(async name => {
        const { state, message } = await service.get(
          `environment:default/${name}`,
        );
        return `${state}: ${message}`;
      }),
    );
    expect(messages).toEqual([
      expect.stringMatching(/^absent: It runs on ECS/),
      expect.stringMatching(/^absent: It runs on the machine of/),
      expect.stringMatching(/^absent: .*spec\.cluster/),
    ]);
  });

  it('names the keys to set when nothing can be asked', async () => {
    const { service } = setUp([environment('prod')], false);
    await expect(service.get('environment:default/prod')).resolves.toEqual({
      state: 'absent',
      message: expect.stringContaining('platformEnvs.clusters'),
    });
  });

  it('keeps the others fresh when one cluster is away', async () => {
    const { source, service } = setUp([
      environment('dev'),
      environment('prod'),
    ]);
    source.answers.set(
      'dev',
      new ServiceUnavailableError('The cluster dev answered 502'),
    );
    await service.poll();
    await expect(service.get('environment:default/dev')).resolves.toMatchObject(
      {
        state: 'error',
        message: 'The cluster dev answered 502',
      },
    );
    await expect(
      service.get('environment:default/prod'),
    ).resolves.toMatchObject({ state: 'live' });
  });
});
