import { mockServices } from '@backstage/backend-test-utils';
import { ReplicationLag } from '@fairway/plugin-platform-envs-common';
import { Pace } from '@fairway/plugin-platform-envs-node';
import { FakeReplicationLagSource } from '@fairway/plugin-platform-envs-node/testUtils';
import { MemorySnapshotStore } from '../__testUtils__/MemorySnapshotStore';
import { ReplicationService } from './ReplicationService';

const database = (globalCluster: string) => ({
  globalCluster,
  accountId: '111111111111',
  primaryRegion: 'eu-central-1',
});

const lag: ReplicationLag = {
  globalCluster: 'shop',
  status: 'available',
  writer: { cluster: 'a', region: 'eu-central-1' },
  reader: { cluster: 'b', region: 'eu-west-1' },
  lagMs: { status: 'ok', value: 120, observedAt: '2026-03-10T12:00:00.000Z' },
  rpoLagMs: { status: 'unavailable', reason: 'No data points' },
  series: [],
};

function setUp(options: { configured?: boolean } = {}) {
  let now = new Date('2026-03-10T12:00:00Z');
  const source = new FakeReplicationLagSource();
  const databases: Record<string, ReturnType<typeof database> | string> = {
    prod: database('shop'),
    uat: database('shop-uat'),
    dev: 'Single-region database: there is nothing to replicate.',
  };
  const service = new ReplicationService({
    environments: {
      getEnvironments: () => Object.keys(databases).map(ref => ({ ref })),
      getEnvironment: (ref: string) => ({ ref }),
      getDatabase: (ref: string) => databases[ref],
    } as never,
    source: options.configured === false ? undefined : source,
    store: new MemorySnapshotStore(),
    logger: mockServices.logger.mock(),
    pace: new Pace({ activeMs: 60_000, idleMs: 60_000 }, { now: () => now }),
    now: () => now,
  });
  return {
    source,
    service,
    advance: (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
  };
}

describe('ReplicationService', () => {
  it('asks for global databases only, and answers from what was read', async () => {
    const { service, source } = setUp();
    source.answers.set('shop', [lag]);
    await service.poll();
    expect(source.calls.map(c => c.globalCluster)).toEqual([
      'shop',
      'shop-uat',
    ]);
    await expect(service.get('prod')).resolves.toEqual({
      environmentRef: 'prod',
      lag: {
        status: 'ok',
        value: [lag],
        observedAt: '2026-03-10T12:00:00.000Z',
      },
    });
    expect(source.calls).toHaveLength(2);
  });

  it('says that there is nothing to replicate', async () => {
    const { service } = setUp();
    await expect(service.get('dev')).resolves.toMatchObject({
      absentReason: 'Single-region database: there is nothing to replicate.',
      lag: { status: 'unavailable' },
    });
  });

  it('says that it has not been read, and that AWS is not configured', async () => {
    await expect(setUp().service.get('prod')).resolves.toMatchObject({
      lag: { status: 'unavailable', reason: 'It has not been read yet' },
    });
    const { service } = setUp({ configured: false });
    await service.poll();
    await expect(service.get('prod')).resolves.toMatchObject({
      absentReason: expect.stringContaining('AWS is not configured'),
    });
  });

  it('F40 one account without access leaves the others readable', async () => {
    const { service, source } = setUp();
    source.answers.set('shop', new Error('AWS account does not let us look'));
    source.answers.set('shop-uat', [lag]);
    await service.poll();
    await expect(service.get('prod')).resolves.toMatchObject({
      lag: {
        status: 'unavailable',
        reason: 'AWS account does not let us look',
      },
    });
    await expect(service.get('uat')).resolves.toMatchObject({
      lag: { status: 'ok' },
    });
  });

  it('F62 asks when a minute has passed, and not again before', async () => {
    const { service, source, advance } = setUp();
    source.answers.set('shop', [lag]);
    source.answers.set('shop-uat', new Error('AWS throttles'));
    await Promise.all([service.poll(), service.poll()]);
    await service.poll();
    expect(source.calls).toHaveLength(2);
    advance(1);
    await service.poll();
    expect(source.calls).toHaveLength(4);
  });

  it('figures that nobody renewed are not shown as current', async () => {
    const { service, source, advance } = setUp();
    source.answers.set('shop', [lag]);
    await service.poll();
    advance(6);
    await expect(service.get('prod')).resolves.toMatchObject({
      lag: {
        status: 'unavailable',
        reason: expect.stringContaining('out of date'),
        observedAt: '2026-03-10T12:00:00.000Z',
      },
    });
  });
});
