import {
  CreateDBClusterCommand,
  CreateGlobalClusterCommand,
  DeleteGlobalClusterCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  ModifyDBClusterCommand,
  RemoveFromGlobalClusterCommand,
  SwitchoverGlobalClusterCommand,
  ModifyGlobalClusterCommand,
  ModifyGlobalClusterCommandInput,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  DEV,
  GLOBAL,
  MELBOURNE,
  SYDNEY,
  DatabaseRig,
  startDatabases,
} from './__testUtils__/startDatabases';

describe('RDS, global databases', () => {
  let rig: DatabaseRig;
  beforeEach(async () => {
    rig = await startDatabases();
  });
  afterEach(() => rig.aws.close());

  it('switches a global database over: it takes time, swaps the roles and moves the lag', async () => {
    const { GlobalCluster } = await rig.sydney.send(
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
      rig.sydney.send(
        new SwitchoverGlobalClusterCommand({
          GlobalClusterIdentifier: GLOBAL,
          TargetDbClusterIdentifier: MELBOURNE,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidGlobalClusterStateFault' });

    await rig.aws.soon(
      rig.globalNow,
      ({ FailoverState }) => String(FailoverState?.Status) === 'switching-over',
    );
    const done = await rig.aws.soon(
      rig.globalNow,
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
        await rig.clusterNow(rig.melbourne, 'sample-platform-ai-prod-melbourne')
      ).DBClusterMembers!.filter(m => m.IsClusterWriter),
    ).toHaveLength(1);
    expect(
      (
        await rig.clusterNow(rig.sydney, 'sample-platform-ai-prod-sydney')
      ).DBClusterMembers!.filter(m => m.IsClusterWriter),
    ).toHaveLength(0);
    expect(await rig.messages(rig.melbourne)).toEqual(
      expect.arrayContaining([
        'Global switchover to DB cluster sample-platform-ai-prod-melbourne in Region ap-southeast-4 finished.',
      ]),
    );

    rig.aws.world.clock.advance(240_000);
    expect(
      await rig.lagIn('ap-southeast-4', 'sample-platform-ai-prod-melbourne'),
    ).toEqual([]);
    const lag = await rig.lagIn(
      'ap-southeast-2',
      'sample-platform-ai-prod-sydney',
    );
    expect(lag.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lag)).toBeLessThan(1000);
  });

  it('refuses a switchover to a region that is down, and fails over with data loss when the primary is', async () => {
    await rig.aws.world.scenarios.start('region-down');
    expect(
      (await rig.globalNow()).GlobalClusterMembers![1].SynchronizationStatus,
    ).toBe('pending-resync');
    await expect(
      rig.sydney.send(
        new SwitchoverGlobalClusterCommand({
          GlobalClusterIdentifier: GLOBAL,
          TargetDbClusterIdentifier: MELBOURNE,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
    await rig.aws.world.scenarios.start('calm');

    await rig.aws.world.scenarios.start('region-down', {
      region: 'ap-southeast-2',
    });
    rig.aws.world.clock.advance(300_000);
    // What cannot be read from the source piles up.
    expect(
      Math.max(
        ...(await rig.lagIn(
          'ap-southeast-4',
          'sample-platform-ai-prod-melbourne',
        )),
      ),
    ).toBeGreaterThan(120_000);
    const { GlobalCluster } = await rig.melbourne.send(
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
    const failedOver = await rig.aws.soon(
      rig.globalNow,
      ({ Status }) => Status === 'available',
    );
    expect(failedOver.GlobalClusterMembers![0].DBClusterArn).toBe(MELBOURNE);
    expect(failedOver.GlobalClusterMembers![1].SynchronizationStatus).toBe(
      'pending-resync',
    );

    await rig.aws.world.scenarios.start('calm');
    await rig.aws.soon(
      rig.globalNow,
      ({ GlobalClusterMembers }) =>
        GlobalClusterMembers![1].SynchronizationStatus === 'connected',
    );
    expect(await rig.messages(rig.sydney)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Finished resynchronizing members/),
      ]),
    );
  });

  it('refuses a switchover between different engine versions, and FailoverGlobalCluster with both flags', async () => {
    await rig.melbourne.send(
      new ModifyDBClusterCommand({
        DBClusterIdentifier: 'sample-platform-ai-prod-melbourne',
        EngineVersion: '16.6',
      }),
    );
    await rig.aws.soon(
      () => rig.clusterNow(rig.melbourne, 'sample-platform-ai-prod-melbourne'),
      ({ Status }) => Status === 'available',
    );
    const target = {
      GlobalClusterIdentifier: GLOBAL,
      TargetDbClusterIdentifier: MELBOURNE,
    };
    await expect(
      rig.sydney.send(new SwitchoverGlobalClusterCommand(target)),
    ).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
      message: expect.stringContaining('16.6'),
    });
    await expect(
      rig.sydney.send(
        new FailoverGlobalClusterCommand({
          ...target,
          AllowDataLoss: true,
          Switchover: true,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    await expect(
      rig.sydney.send(
        new SwitchoverGlobalClusterCommand({
          ...target,
          TargetDbClusterIdentifier: SYDNEY,
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBClusterStateFault' });
  });

  it('builds a global database and takes it apart', async () => {
    const here = new RDSClient(rig.aws.as(DEV));
    const there = new RDSClient(rig.aws.as(DEV, 'ap-southeast-4'));
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
    await rig.aws.soon(
      () => rig.clusterNow(there, 'dev-copy'),
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
    expect((await rig.clusterNow(there, 'dev-copy')).Status).toBe('promoting');
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

  it('goes on with a switchover after a restart', async () => {
    await rig.sydney.send(
      new SwitchoverGlobalClusterCommand({
        GlobalClusterIdentifier: GLOBAL,
        TargetDbClusterIdentifier: MELBOURNE,
      }),
    );
    await rig.aws.restart();
    const done = await rig.aws.soon(
      rig.globalNow,
      ({ Status }) => Status === 'available',
    );
    expect(done.GlobalClusterMembers![0].DBClusterArn).toBe(MELBOURNE);
  });

  it('renames, upgrades and protects a global database with all its members', async () => {
    const modify = (change: Partial<ModifyGlobalClusterCommandInput>) =>
      rig.sydney.send(
        new ModifyGlobalClusterCommand({
          GlobalClusterIdentifier: GLOBAL,
          ...change,
        }),
      );
    await expect(modify({ EngineVersion: '17.1' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await expect(modify({ EngineVersion: '16.1' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await modify({ EngineVersion: '16.6' });
    await rig.aws.soon(
      async () => [
        await rig.clusterNow(rig.sydney, 'sample-platform-ai-prod-sydney'),
        await rig.clusterNow(
          rig.melbourne,
          'sample-platform-ai-prod-melbourne',
        ),
      ],
      members =>
        members.every(
          ({ EngineVersion, Status }) =>
            EngineVersion === '16.6' && Status === 'available',
        ),
    );
    const { GlobalCluster } = await modify({
      NewGlobalClusterIdentifier: 'Renamed',
      DeletionProtection: false,
    });
    expect(GlobalCluster).toMatchObject({
      GlobalClusterIdentifier: 'renamed',
      GlobalClusterArn: 'arn:aws:rds::111100000003:global-cluster:renamed',
      DeletionProtection: false,
      EngineVersion: '16.6',
    });
    await expect(modify({ DeletionProtection: true })).rejects.toMatchObject({
      name: 'GlobalClusterNotFoundFault',
    });
  });
});
