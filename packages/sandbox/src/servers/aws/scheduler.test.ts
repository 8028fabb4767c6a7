import { existsSync, readFileSync } from 'node:fs';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  CreateScheduleCommand,
  CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { AwsRig, startAws } from './__testUtils__/startAws';

const DEV = '111100000001';
const CLUSTER = 'sample-platform-ai-dev';
const HOUR_MS = 60 * 60 * 1000;

const stopEveryHour = (
  change: Partial<CreateScheduleCommandInput> = {},
): CreateScheduleCommandInput => ({
  Name: 'stop-dev',
  ScheduleExpression: 'rate(1 hour)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: 'arn:aws:scheduler:::aws-sdk:rds:stopDBCluster',
    RoleArn: `arn:aws:iam::${DEV}:role/scheduler`,
    Input: JSON.stringify({ DbClusterIdentifier: CLUSTER }),
  },
  ...change,
});

describe('EventBridge Scheduler', () => {
  let aws: AwsRig;
  let scheduler: SchedulerClient;
  beforeEach(async () => {
    aws = await startAws();
    scheduler = new SchedulerClient(aws.as(DEV));
  });
  afterEach(() => aws.close());

  const create = (change?: Partial<CreateScheduleCommandInput>) =>
    scheduler.send(new CreateScheduleCommand(stopEveryHour(change)));
  const status = async () => {
    const { DBClusters } = await new RDSClient(aws.as(DEV)).send(
      new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }),
    );
    return DBClusters![0].Status;
  };

  it('stops a database when it is time', async () => {
    await create({
      StartDate: new Date(aws.world.clock.now().getTime() + HOUR_MS),
    });
    aws.world.clock.advance(HOUR_MS / 2);
    expect(await status()).toBe('available');
    aws.world.clock.advance(HOUR_MS / 2 + 61_000);
    expect(await aws.soon(status, state => state === 'stopped')).toBe(
      'stopped',
    );
  });

  it('runs nothing that is switched off, and goes by what it was changed to', async () => {
    await create({ State: 'DISABLED' });
    aws.world.clock.advance(3 * HOUR_MS);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(await status()).toBe('available');

    await scheduler.send(new UpdateScheduleCommand(stopEveryHour()));
    await aws.restart();
    scheduler = new SchedulerClient(aws.as(DEV));
    aws.world.clock.advance(HOUR_MS + 61_000);
    await aws.soon(status, state => state === 'stopped');
  });

  it('describes and lists schedules, and keeps the body of a call apart from its path', async () => {
    const start = new Date('2026-12-01T00:00:00Z');
    await create({
      StartDate: start,
      ScheduleExpressionTimezone: 'Asia/Tokyo',
    });
    await expect(create()).rejects.toMatchObject({
      name: 'ConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    expect(
      await scheduler.send(new GetScheduleCommand({ Name: 'stop-dev' })),
    ).toMatchObject({
      Arn: `arn:aws:scheduler:ap-southeast-2:${DEV}:schedule/default/stop-dev`,
      GroupName: 'default',
      State: 'ENABLED',
      StartDate: start,
      ScheduleExpressionTimezone: 'Asia/Tokyo',
      Target: { RetryPolicy: { MaximumRetryAttempts: 185 } },
    });
    await create({ Name: 'other', State: 'DISABLED' });
    const names = async (filter: object) =>
      (await scheduler.send(new ListSchedulesCommand(filter))).Schedules!.map(
        ({ Name }) => Name,
      );
    expect(await names({})).toEqual(['other', 'stop-dev']);
    expect(await names({ NamePrefix: 'stop' })).toEqual(['stop-dev']);
    expect(await names({ State: 'DISABLED' })).toEqual(['other']);
    const page = await scheduler.send(
      new ListSchedulesCommand({ MaxResults: 1 }),
    );
    expect(await names({ NextToken: page.NextToken })).toEqual(['stop-dev']);
  });

  it('removes a group with what is in it, and never the default one', async () => {
    await scheduler.send(new CreateScheduleGroupCommand({ Name: 'nights' }));
    await create({ GroupName: 'nights' });
    await expect(create({ GroupName: 'days' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: 'nights' }));
    const { ScheduleGroups } = await scheduler.send(
      new ListScheduleGroupsCommand({}),
    );
    expect(ScheduleGroups!.map(({ Name }) => Name)).toEqual(['default']);
    expect(
      (await scheduler.send(new ListSchedulesCommand({}))).Schedules,
    ).toEqual([]);
    await expect(
      scheduler.send(new DeleteScheduleGroupCommand({ Name: 'default' })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses what it could never run', async () => {
    const refused = [
      { ScheduleExpression: 'cron(0 9 * * * *)' },
      { ScheduleExpressionTimezone: 'Mars/Olympus' },
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE' as const } },
      {
        Target: {
          Arn: 'arn:aws:scheduler:::aws-sdk:rds:stopDBCluster',
          RoleArn: 'arn:aws:iam::999999999999:role/scheduler',
        },
      },
    ];
    for (const change of refused) {
      await expect(create(change)).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
  });

  it('keeps what the target refused', async () => {
    await create({
      Target: {
        ...stopEveryHour().Target!,
        Input: JSON.stringify({ DbClusterIdentifier: 'nope' }),
      },
    });
    aws.world.clock.advance(HOUR_MS + 61_000);
    const path = `${aws.world.dataDir}/aws/schedules.json`;
    const runs = await aws.soon(
      async () =>
        existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).runs : [],
      found => found.length > 0,
    );
    expect(runs[0].error).toMatch(/^DBClusterNotFoundFault/);
  });
});
