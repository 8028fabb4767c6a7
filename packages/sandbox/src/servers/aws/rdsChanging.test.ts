import {
  CloudWatchClient,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateGlobalClusterCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DeleteGlobalClusterCommand,
  DescribeDBClustersCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBInstancesCommand,
  DescribeEventCategoriesCommand,
  DescribeEventsCommand,
  DescribeGlobalClustersCommand,
  FailoverDBClusterCommand,
  FailoverGlobalClusterCommand,
  ListTagsForResourceCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RemoveFromGlobalClusterCommand,
  RemoveTagsFromResourceCommand,
  StartDBClusterCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { AwsRig, startAws } from './__testUtils__/startAws';

const DEV = '111100000001';
const PROD = '111100000003';
const GLOBAL = 'sample-platform-ai-prod';
const SYDNEY =
  'arn:aws:rds:ap-southeast-2:111100000003:cluster:sample-platform-ai-prod-sydney';
const MELBOURNE =
  'arn:aws:rds:ap-southeast-4:111100000003:cluster:sample-platform-ai-prod-melbourne';
const DAY_MS = 86_400_000;

describe('RDS that changes', () => {
  let aws: AwsRig;
  let sydney: RDSClient;
  let melbourne: RDSClient;
  let dev: RDSClient;
  beforeEach(async () => {
    aws = await startAws();
    sydney = new RDSClient(aws.as(PROD));
    melbourne = new RDSClient(aws.as(PROD, 'ap-southeast-4'));
    dev = new RDSClient(aws.as(DEV));
  });
  afterEach(() => aws.close());

  const globalNow = async () =>
    (
      await sydney.send(
        new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: GLOBAL }),
      )
    ).GlobalClusters![0];
  const clusterNow = async (rds: RDSClient, id: string) =>
    (await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id })))
      .DBClusters![0];
  const messages = async (rds: RDSClient) =>
    (await rds.send(new DescribeEventsCommand({ Duration: 60 }))).Events!.map(
      ({ Message }) => Message!,
    );
  const lagIn = async (region: string, id: string) => {
    const now = aws.world.clock.now().getTime();
    const { MetricDataResults } = await new CloudWatchClient(
      aws.as(PROD, region),
    ).send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 180_000),
        EndTime: new Date(now),
        MetricDataQueries: [
          {
            Id: 'lag',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/RDS',
                MetricName: 'AuroraGlobalDBReplicationLag',
                Dimensions: [{ Name: 'DBClusterIdentifier', Value: id }],
              },
              Period: 60,
              Stat: 'Maximum',
            },
          },
        ],
      }),
    );
    return MetricDataResults![0].Values ?? [];
  };

  it('switches a global database over: it takes time, swaps the roles and moves the lag', async () => {
    const { GlobalCluster } = await sydney.send(
      new SwitchoverGlobalClusterCommand({
        GlobalClusterIdentifier: GLOBAL,
        TargetDbClusterIdentifier: MELBOURNE,
      }),
    );
    expect(GlobalCluster).toMatchObject({
      Status: 'switching-over',
      FailoverState: {
        Status: 'pending',
        FromDbClusterArn: SYDNEY,
        ToDbClusterArn: MELBOURNE,
        IsDataLossAllowed: false,
      },
    });
    expect(GlobalCluster!.GlobalClusterMembers![0]).toMatchObject({
      DBClusterArn: SYDNEY,
      IsWriter: true,
    });
    await expect(
      sydney.send(
        new SwitchoverGlobalClusterCommand({
          GlobalClusterIdentifier: GLOBAL,
          TargetDbClusterIdentifier: MELBOURNE,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidGlobalClusterStateFault' });

    await aws.soon(
      globalNow,
      ({ FailoverState }) => String(FailoverState?.Status) === 'switching-over',
    );
    const done = await aws.soon(
      globalNow,
      ({ Status }) => Status === 'available',
    );
    expect(done.FailoverState).toBeUndefined();
    expect(done.GlobalClusterMembers).toEqual([
      expect.objectContaining({
        DBClusterArn: MELBOURNE,
        IsWriter: true,
        Readers: [SYDNEY],
      }),
      expect.objectContaining({
        DBClusterArn: SYDNEY,
        IsWriter: false,
        SynchronizationStatus: 'connected',
      }),
    ]);
    expect(
      (
        await clusterNow(melbourne, 'sample-platform-ai-prod-melbourne')
      ).DBClusterMembers!.filter(m => m.IsClusterWriter),
    ).toHaveLength(1);
    expect(
      (
        await clusterNow(sydney, 'sample-platform-ai-prod-sydney')
      ).DBClusterMembers!.filter(m => m.IsClusterWriter),
    ).toHaveLength(0);
    expect(await messages(melbourne)).toEqual(
      expect.arrayContaining([
        'Global switchover to DB cluster sample-platform-ai-prod-melbourne in Region ap-southeast-4 finished.',
      ]),
    );

    aws.world.clock.advance(240_000);
    expect(
      await lagIn('ap-southeast-4', 'sample-platform-ai-prod-melbourne'),
    ).toEqual([]);
    const lag = await lagIn('ap-southeast-2', 'sample-platform-ai-prod-sydney');
    expect(lag.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lag)).toBeLessThan(1000);
  });

  it('refuses a switchover to a region that is down, and fails over with data loss when the primary is', async () => {
    await aws.world.scenarios.start('region-down');
    expect(
      (await globalNow()).GlobalClusterMembers![1].SynchronizationStatus,
    ).toBe('pending-resync');
    await expect(
      sydney.send(
        new SwitchoverGlobalClusterCommand({
          GlobalClusterIdentifier: GLOBAL,
          TargetDbClusterIdentifier: MELBOURNE,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
    await aws.world.scenarios.start('calm');

    await aws.world.scenarios.start('region-down', {
      region: 'ap-southeast-2',
    });
    aws.world.clock.advance(300_000);
    // What cannot be read from the source piles up.
    expect(
      Math.max(
        ...(await lagIn('ap-southeast-4', 'sample-platform-ai-prod-melbourne')),
      ),
    ).toBeGreaterThan(120_000);
    const { GlobalCluster } = await melbourne.send(
      new FailoverGlobalClusterCommand({
        GlobalClusterIdentifier: GLOBAL,
        TargetDbClusterIdentifier: MELBOURNE,
        AllowDataLoss: true,
      }),
    );
    expect(GlobalCluster!.FailoverState).toMatchObject({
      Status: 'failing-over',
      IsDataLossAllowed: true,
    });
    const failedOver = await aws.soon(
      globalNow,
      ({ Status }) => Status === 'available',
    );
    expect(failedOver.GlobalClusterMembers![0].DBClusterArn).toBe(MELBOURNE);
    expect(failedOver.GlobalClusterMembers![1].SynchronizationStatus).toBe(
      'pending-resync',
    );

    await aws.world.scenarios.start('calm');
    await aws.soon(
      globalNow,
      ({ GlobalClusterMembers }) =>
        GlobalClusterMembers![1].SynchronizationStatus === 'connected',
    );
    expect(await messages(sydney)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Finished resynchronizing members/),
      ]),
    );
  });

  it('refuses a switchover between different engine versions, and FailoverGlobalCluster with both flags', async () => {
    await melbourne.send(
      new ModifyDBClusterCommand({
        DBClusterIdentifier: 'sample-platform-ai-prod-melbourne',
        EngineVersion: '16.6',
      }),
    );
    await aws.soon(
      () => clusterNow(melbourne, 'sample-platform-ai-prod-melbourne'),
      ({ Status }) => Status === 'available',
    );
    const target = {
      GlobalClusterIdentifier: GLOBAL,
      TargetDbClusterIdentifier: MELBOURNE,
    };
    await expect(
      sydney.send(new SwitchoverGlobalClusterCommand(target)),
    ).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining('16.6'),
    });
    await expect(
      sydney.send(
        new FailoverGlobalClusterCommand({
          ...target,
          AllowDataLoss: true,
          Switchover: true,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    await expect(
      sydney.send(
        new SwitchoverGlobalClusterCommand({
          ...target,
          TargetDbClusterIdentifier: SYDNEY,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
  });

  it('does not stop members of a global database', async () => {
    await expect(
      sydney.send(
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
    const stopping = await dev.send(
      new StopDBClusterCommand({ DBClusterIdentifier: id }),
    );
    expect(stopping.DBCluster!.Status).toBe('stopping');
    await expect(
      dev.send(new StartDBClusterCommand({ DBClusterIdentifier: id })),
    ).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining('is in stopping state but expected'),
    });
    const stopped = await aws.soon(
      () => clusterNow(dev, id),
      ({ Status }) => Status === 'stopped',
    );
    const days =
      (stopped.AutomaticRestartTime!.getTime() -
        aws.world.clock.now().getTime()) /
      DAY_MS;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7);
    await expect(
      dev.send(
        new CreateDBClusterSnapshotCommand({
          DBClusterIdentifier: id,
          DBClusterSnapshotIdentifier: 'no',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });

    aws.world.clock.advance(300_000);
    const now = aws.world.clock.now().getTime();
    const { MetricDataResults } = await new CloudWatchClient(aws.as(DEV)).send(
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
    await aws.restart();
    dev = new RDSClient(aws.as(DEV));
    expect((await clusterNow(dev, id)).Status).toBe('stopped');
    aws.world.clock.advance(8 * DAY_MS);
    await aws.soon(
      () => clusterNow(dev, id),
      ({ Status }) => Status === 'available',
    );
    expect(await messages(dev)).toEqual(
      expect.arrayContaining([
        'DB cluster is being started due to it exceeding the maximum allowed time being stopped.',
        'DB cluster started',
      ]),
    );
  });

  it('fails over inside a cluster', async () => {
    const id = 'sample-platform-ai-prod-sydney';
    const writerOf = async () =>
      (await clusterNow(sydney, id)).DBClusterMembers!.find(
        m => m.IsClusterWriter,
      )!.DBInstanceIdentifier;
    expect(await writerOf()).toBe(`${id}-1`);
    await expect(
      sydney.send(
        new FailoverDBClusterCommand({
          DBClusterIdentifier: id,
          TargetDBInstanceIdentifier: 'nobody',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await sydney.send(
      new FailoverDBClusterCommand({ DBClusterIdentifier: id }),
    );
    await aws.soon(writerOf, writer => writer === `${id}-2`);
    const { Events } = await sydney.send(
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
      dev.send(
        new FailoverDBClusterCommand({
          DBClusterIdentifier: 'sample-platform-ai-dev',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
  });

  it('takes a cluster from creation to a final snapshot', async () => {
    const create = (extra = {}) =>
      dev.send(
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
    const { DBInstance } = await dev.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders-1',
        DBClusterIdentifier: 'orders',
        Engine: 'aurora-postgresql',
        DBInstanceClass: 'db.serverless',
      }),
    );
    expect(DBInstance!.Endpoint).toBeUndefined();
    await aws.soon(
      () =>
        dev.send(
          new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-1' }),
        ),
      ({ DBInstances }) => DBInstances![0].DBInstanceStatus === 'available',
    );
    expect((await clusterNow(dev, 'orders')).DBClusterMembers).toEqual([
      expect.objectContaining({
        DBInstanceIdentifier: 'orders-1',
        IsClusterWriter: true,
      }),
    ]);

    const remove = (extra = {}) =>
      dev.send(
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
    await dev.send(
      new ModifyDBClusterCommand({
        DBClusterIdentifier: 'orders',
        DeletionProtection: false,
      }),
    );
    await aws.soon(
      () => clusterNow(dev, 'orders'),
      ({ Status }) => Status === 'available',
    );
    await expect(remove()).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining('still contains DB instances'),
    });
    await dev.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders-1' }),
    );
    await remove();
    await aws.soon(
      () => dev.send(new DescribeDBClustersCommand({})),
      ({ DBClusters }) => DBClusters!.length === 1,
    );
    const { DBClusterSnapshots } = await dev.send(
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

  it('builds a global database and takes it apart', async () => {
    const here = new RDSClient(aws.as(DEV));
    const there = new RDSClient(aws.as(DEV, 'ap-southeast-4'));
    const source =
      'arn:aws:rds:ap-southeast-2:111100000001:cluster:sample-platform-ai-dev';
    await here.send(
      new CreateGlobalClusterCommand({
        GlobalClusterIdentifier: 'shared',
        SourceDBClusterIdentifier: source,
      }),
    );
    const join = {
      DBClusterIdentifier: 'dev-copy',
      Engine: 'aurora-postgresql',
      GlobalClusterIdentifier: 'shared',
    };
    await expect(
      there.send(
        new CreateDBClusterCommand({ ...join, MasterUsername: 'someone' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    await there.send(new CreateDBClusterCommand(join));
    await aws.soon(
      () => clusterNow(there, 'dev-copy'),
      ({ Status }) => Status === 'available',
    );
    const [database] = (await there.send(new DescribeGlobalClustersCommand({})))
      .GlobalClusters!;
    expect(database.GlobalClusterMembers!.map(m => m.IsWriter)).toEqual([
      true,
      false,
    ]);
    await expect(
      here.send(
        new SwitchoverGlobalClusterCommand({
          GlobalClusterIdentifier: 'shared',
          TargetDbClusterIdentifier:
            database.GlobalClusterMembers![1].DBClusterArn!,
        }),
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('no available DB instance'),
    });
    const remove = (DbClusterIdentifier: string) =>
      here.send(
        new RemoveFromGlobalClusterCommand({
          GlobalClusterIdentifier: 'shared',
          DbClusterIdentifier,
        }),
      );
    await expect(remove(source)).rejects.toMatchObject({
      name: 'InvalidGlobalClusterStateFault',
    });
    await expect(
      here.send(
        new DeleteGlobalClusterCommand({ GlobalClusterIdentifier: 'shared' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidGlobalClusterStateFault' });
    await remove(database.GlobalClusterMembers![1].DBClusterArn!);
    expect((await clusterNow(there, 'dev-copy')).Status).toBe('promoting');
    await remove(source);
    await here.send(
      new DeleteGlobalClusterCommand({ GlobalClusterIdentifier: 'shared' }),
    );
    await expect(
      here.send(
        new DescribeGlobalClustersCommand({
          GlobalClusterIdentifier: 'shared',
        }),
      ),
    ).rejects.toMatchObject({ name: 'GlobalClusterNotFoundFault' });
  });

  it('lets a new class wait unless told to apply it at once', async () => {
    const id = 'sample-platform-ai-dev-1';
    const change = (ApplyImmediately: boolean) =>
      dev.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: id,
          DBInstanceClass: 'db.r6g.large',
          ApplyImmediately,
        }),
      );
    const waiting = await change(false);
    expect(waiting.DBInstance).toMatchObject({
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.t4g.medium',
      PendingModifiedValues: { DBInstanceClass: 'db.r6g.large' },
    });
    expect((await change(true)).DBInstance!.DBInstanceStatus).toBe('modifying');
    await aws.soon(
      () =>
        dev.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })),
      ({ DBInstances }) => DBInstances![0].DBInstanceClass === 'db.r6g.large',
    );
  });

  it('stops plain instances, but no replicas and no Aurora members', async () => {
    const plain = new RDSClient(aws.as('333300000001', 'us-west-2'));
    await plain.send(
      new StopDBInstanceCommand({ DBInstanceIdentifier: 'cornjacket-dev' }),
    );
    await aws.soon(
      () => plain.send(new DescribeDBInstancesCommand({})),
      ({ DBInstances }) => DBInstances![0].DBInstanceStatus === 'stopped',
    );
    for (const [client, id] of [
      [new RDSClient(aws.as('333300000002', 'us-west-2')), 'cornjacket-prod'],
      [dev, 'sample-platform-ai-dev-1'],
    ] as const) {
      await expect(
        client.send(new StopDBInstanceCommand({ DBInstanceIdentifier: id })),
      ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    }
  });

  it('tags, and keeps what was changed over a restart until it is reset', async () => {
    const arn =
      'arn:aws:rds:ap-southeast-2:111100000001:cluster:sample-platform-ai-dev';
    await dev.send(
      new AddTagsToResourceCommand({
        ResourceName: arn,
        Tags: [{ Key: 'Owner', Value: 'me' }],
      }),
    );
    await dev.send(
      new RemoveTagsFromResourceCommand({
        ResourceName: arn,
        TagKeys: ['System'],
      }),
    );
    await aws.restart();
    dev = new RDSClient(aws.as(DEV));
    const tags = async () =>
      (await dev.send(new ListTagsForResourceCommand({ ResourceName: arn })))
        .TagList;
    expect(await tags()).toEqual([
      { Key: 'Environment', Value: 'dev' },
      { Key: 'Owner', Value: 'me' },
    ]);
    await aws.world.runResetTasks();
    expect(await tags()).toEqual([
      { Key: 'Environment', Value: 'dev' },
      { Key: 'System', Value: 'sample-platform-ai' },
    ]);
  });

  it('goes on with a switchover after a restart', async () => {
    await sydney.send(
      new SwitchoverGlobalClusterCommand({
        GlobalClusterIdentifier: GLOBAL,
        TargetDbClusterIdentifier: MELBOURNE,
      }),
    );
    await aws.restart();
    sydney = new RDSClient(aws.as(PROD));
    const done = await aws.soon(
      globalNow,
      ({ Status }) => Status === 'available',
    );
    expect(done.GlobalClusterMembers![0].DBClusterArn).toBe(MELBOURNE);
  });

  it('lists event categories by source', async () => {
    const { EventCategoriesMapList } = await dev.send(
      new DescribeEventCategoriesCommand({ SourceType: 'db-cluster' }),
    );
    expect(EventCategoriesMapList).toEqual([
      {
        SourceType: 'db-cluster',
        EventCategories: expect.arrayContaining([
          'global failover',
          'notification',
        ]),
      },
    ]);
  });
});
