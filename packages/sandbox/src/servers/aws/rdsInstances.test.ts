import {
  AddTagsToResourceCommand,
  DescribeDBInstancesCommand,
  DescribeEventCategoriesCommand,
  ListTagsForResourceCommand,
  ModifyDBInstanceCommand,
  RemoveTagsFromResourceCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { DatabaseRig, startDatabases } from './__testUtils__/startDatabases';

describe('RDS, instances and tags', () => {
  let rig: DatabaseRig;
  beforeEach(async () => {
    rig = await startDatabases();
  });
  afterEach(() => rig.aws.close());

  it('lets a new class wait unless told to apply it at once', async () => {
    const id = 'sample-platform-ai-dev-1';
    const change = (ApplyImmediately: boolean) =>
      rig.dev.send(
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
    await rig.aws.soon(
      () =>
        rig.dev.send(
          new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }),
        ),
      ({ DBInstances }) => DBInstances![0].DBInstanceClass === 'db.r6g.large',
    );
  });

  it('stops and starts plain instances, but no replicas and no Aurora members', async () => {
    const plain = new RDSClient(rig.aws.as('333300000001', 'us-west-2'));
    await plain.send(
      new StopDBInstanceCommand({ DBInstanceIdentifier: 'cornjacket-dev' }),
    );
    await rig.aws.soon(
      () => plain.send(new DescribeDBInstancesCommand({})),
      ({ DBInstances }) => DBInstances![0].DBInstanceStatus === 'stopped',
    );
    await expect(
      plain.send(
        new StopDBInstanceCommand({ DBInstanceIdentifier: 'cornjacket-dev' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    const { DBInstance } = await plain.send(
      new StartDBInstanceCommand({ DBInstanceIdentifier: 'cornjacket-dev' }),
    );
    expect(DBInstance!.DBInstanceStatus).toBe('starting');
    await rig.aws.soon(
      () => plain.send(new DescribeDBInstancesCommand({})),
      ({ DBInstances }) => DBInstances![0].DBInstanceStatus === 'available',
    );
    for (const [client, id] of [
      [
        new RDSClient(rig.aws.as('333300000002', 'us-west-2')),
        'cornjacket-prod',
      ],
      [rig.dev, 'sample-platform-ai-dev-1'],
    ] as const) {
      await expect(
        client.send(new StopDBInstanceCommand({ DBInstanceIdentifier: id })),
      ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    }
  });

  it('tags, and keeps what was changed over a restart until it is reset', async () => {
    const arn =
      'arn:aws:rds:ap-southeast-2:111100000001:cluster:sample-platform-ai-dev';
    await rig.dev.send(
      new AddTagsToResourceCommand({
        ResourceName: arn,
        Tags: [{ Key: 'Owner', Value: 'me' }],
      }),
    );
    await rig.dev.send(
      new RemoveTagsFromResourceCommand({
        ResourceName: arn,
        TagKeys: ['System'],
      }),
    );
    await rig.aws.restart();
    const tags = async () =>
      (
        await rig.dev.send(
          new ListTagsForResourceCommand({ ResourceName: arn }),
        )
      ).TagList;
    expect(await tags()).toEqual([
      { Key: 'Environment', Value: 'dev' },
      { Key: 'Owner', Value: 'me' },
    ]);
    await rig.aws.world.runResetTasks();
    expect(await tags()).toEqual([
      { Key: 'Environment', Value: 'dev' },
      { Key: 'System', Value: 'sample-platform-ai' },
    ]);
  });

  it('lists event categories by source', async () => {
    const { EventCategoriesMapList } = await rig.dev.send(
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
