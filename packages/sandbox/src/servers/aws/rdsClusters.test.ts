import {
  CloudWatchClient,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
  FailoverDBClusterCommand,
  ModifyDBClusterCommand,
  StartDBClusterCommand,
  StopDBClusterCommand,
} from '@aws-sdk/client-rds';
import {
  DAY_MS,
  DEV,
  DatabaseRig,
  startDatabases,
} from './__testUtils__/startDatabases';

describe('RDS, clusters', () => {
  let rig: DatabaseRig;
  beforeEach(async () => {
    rig = await startDatabases();
  });
  afterEach(() => rig.aws.close());

  it('does not stop members of a global database', async () => {
    await expect(
      rig.sydney.send(
        new StopDBClusterCommand({
          DBClusterIdentifier: 'sample-platform-ai-prod-sydney',
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining(
        "only stop and start a cluster that's part of an Aurora global database if it's the only cluster",
      ),
    });
  });

  it('stops a cluster, measures nothing meanwhile, and starts it by itself after seven days', async () => {
    const id = 'sample-platform-ai-dev';
    const stopping = await rig.dev.send(
      new StopDBClusterCommand({ DBClusterIdentifier: id }),
    );
    expect(stopping.DBCluster!.Status).toBe('stopping');
    await expect(
      rig.dev.send(new StartDBClusterCommand({ DBClusterIdentifier: id })),
    ).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining('is in stopping state but expected'),
    });
    const stopped = await rig.aws.soon(
      () => rig.clusterNow(rig.dev, id),
      ({ Status }) => Status === 'stopped',
    );
    const days =
      (stopped.AutomaticRestartTime!.getTime() -
        rig.aws.world.clock.now().getTime()) /
      DAY_MS;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7);
    await expect(
      rig.dev.send(
        new CreateDBClusterSnapshotCommand({
          DBClusterIdentifier: id,
          DBClusterSnapshotIdentifier: 'no',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });

    rig.aws.world.clock.advance(300_000);
    const now = rig.aws.world.clock.now().getTime();
    const { MetricDataResults } = await new CloudWatchClient(
      rig.aws.as(DEV),
    ).send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 180_000),
        EndTime: new Date(now),
        MetricDataQueries: [
          {
            Id: 'cpu',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/RDS',
                MetricName: 'CPUUtilization',
                Dimensions: [
                  { Name: 'DBInstanceIdentifier', Value: `${id}-1` },
                ],
              },
              Period: 60,
              Stat: 'Average',
            },
          },
        ],
      }),
    );
    expect(MetricDataResults![0].Values ?? []).toEqual([]);

    // A restart in between does not make it forget.
    await rig.aws.restart();
    expect((await rig.clusterNow(rig.dev, id)).Status).toBe('stopped');
    rig.aws.world.clock.advance(8 * DAY_MS);
    await rig.aws.soon(
      () => rig.clusterNow(rig.dev, id),
      ({ Status }) => Status === 'available',
    );
    expect(await rig.messages(rig.dev)).toEqual(
      expect.arrayContaining([
        'DB cluster is being started due to it exceeding the maximum allowed time being stopped.',
        'DB cluster started',
      ]),
    );
  });

  it('fails over inside a cluster', async () => {
    const id = 'sample-platform-ai-prod-sydney';
    const writerOf = async () =>
      (await rig.clusterNow(rig.sydney, id)).DBClusterMembers!.find(
        m => m.IsClusterWriter,
      )!.DBInstanceIdentifier;
    expect(await writerOf()).toBe(`${id}-1`);
    await expect(
      rig.sydney.send(
        new FailoverDBClusterCommand({
          DBClusterIdentifier: id,
          TargetDBInstanceIdentifier: 'nobody',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await rig.sydney.send(
      new FailoverDBClusterCommand({ DBClusterIdentifier: id }),
    );
    await rig.aws.soon(writerOf, writer => writer === `${id}-2`);
    const { Events } = await rig.sydney.send(
      new DescribeEventsCommand({
        SourceType: 'db-cluster',
        SourceIdentifier: id,
        EventCategories: ['failover'],
      }),
    );
    expect(Events!.map(e => e.Message)).toEqual([
      `Started cross AZ failover to DB instance: ${id}-2`,
      `Completed failover to DB instance: ${id}-2`,
    ]);
    await expect(
      rig.dev.send(
        new FailoverDBClusterCommand({
          DBClusterIdentifier: 'sample-platform-ai-dev',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
  });

  it('takes a cluster from creation to a final snapshot', async () => {
    const create = (extra = {}) =>
      rig.dev.send(
        new CreateDBClusterCommand({
          DBClusterIdentifier: 'Orders',
          Engine: 'aurora-postgresql',
          MasterUsername: 'owner',
          MasterUserPassword: 'long-enough',
          DeletionProtection: true,
          ServerlessV2ScalingConfiguration: {
            MinCapacity: 0.5,
            MaxCapacity: 4,
          },
          Tags: [{ Key: 'System', Value: 'orders' }],
          ...extra,
        }),
      );
    await expect(
      create({ MasterUserPassword: undefined }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(
      create({ DBClusterIdentifier: 'bad--name' }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const { DBCluster } = await create();
    expect(DBCluster).toMatchObject({
      DBClusterIdentifier: 'orders',
      Status: 'creating',
    });
    await expect(create()).rejects.toMatchObject({
      name: 'DBClusterAlreadyExistsFault',
    });
    const { DBInstance } = await rig.dev.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders-1',
        DBClusterIdentifier: 'orders',
        Engine: 'aurora-postgresql',
        DBInstanceClass: 'db.serverless',
      }),
    );
    expect(DBInstance!.Endpoint).toBeUndefined();
    await rig.aws.soon(
      () =>
        rig.dev.send(
          new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-1' }),
        ),
      ({ DBInstances }) => DBInstances![0].DBInstanceStatus === 'available',
    );
    expect((await rig.clusterNow(rig.dev, 'orders')).DBClusterMembers).toEqual([
      expect.objectContaining({
        DBInstanceIdentifier: 'orders-1',
        IsClusterWriter: true,
      }),
    ]);

    const remove = (extra = {}) =>
      rig.dev.send(
        new DeleteDBClusterCommand({
          DBClusterIdentifier: 'orders',
          FinalDBSnapshotIdentifier: 'orders-last',
          ...extra,
        }),
      );
    await expect(
      remove({ FinalDBSnapshotIdentifier: undefined }),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    await expect(remove()).rejects.toMatchObject({
      message: expect.stringContaining('disable deletion protection'),
    });
    await rig.dev.send(
      new ModifyDBClusterCommand({
        DBClusterIdentifier: 'orders',
        DeletionProtection: false,
      }),
    );
    await rig.aws.soon(
      () => rig.clusterNow(rig.dev, 'orders'),
      ({ Status }) => Status === 'available',
    );
    await expect(remove()).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining('still contains DB instances'),
    });
    await rig.dev.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders-1' }),
    );
    await remove();
    await rig.aws.soon(
      () => rig.dev.send(new DescribeDBClustersCommand({})),
      ({ DBClusters }) => DBClusters!.length === 1,
    );
    const { DBClusterSnapshots } = await rig.dev.send(
      new DescribeDBClusterSnapshotsCommand({}),
    );
    expect(DBClusterSnapshots).toEqual([
      expect.objectContaining({
        DBClusterSnapshotIdentifier: 'orders-last',
        DBClusterIdentifier: 'orders',
        SnapshotType: 'manual',
        Status: 'available',
      }),
    ]);
  });
});
