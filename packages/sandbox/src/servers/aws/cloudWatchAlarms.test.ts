import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetDashboardCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { AwsRig, startAws } from './__testUtils__/startAws';

const MINUTE_MS = 60_000;

describe('CloudWatch alarms', () => {
  let aws: AwsRig;
  let client: CloudWatchClient;
  beforeEach(async () => {
    aws = await startAws();
    client = new CloudWatchClient(aws.as('111100000003', 'ap-southeast-4'));
  });
  afterEach(() => aws.close());

  const put = (extra: Partial<PutMetricAlarmCommandInput> = {}) =>
    client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'queue-backlog',
        Namespace: 'Shop',
        MetricName: 'Backlog',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 2,
        Threshold: 100,
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions: ['arn:aws:sns:ap-southeast-4:111100000003:pager'],
        ...extra,
      }),
    );
  const measure = async (value: number) => {
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [{ MetricName: 'Backlog', Value: value }],
      }),
    );
    aws.world.clock.advance(MINUTE_MS);
  };
  const alarm = async (name = 'queue-backlog') =>
    (await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] })))
      .MetricAlarms![0];

  it('goes off, calls and calms down, and remembers it', async () => {
    await put();
    expect((await alarm()).StateValue).toBe('INSUFFICIENT_DATA');
    await measure(10);
    await measure(20);
    expect((await alarm()).StateValue).toBe('OK');
    await measure(150);
    expect((await alarm()).StateValue).toBe('OK');
    await measure(180);
    expect(await alarm()).toMatchObject({
      StateValue: 'ALARM',
      StateReason:
        'Threshold Crossed: 2 datapoints [150, 180] were greater than the threshold (100.0).',
    });
    const summaries = async () =>
      (
        await client.send(
          new DescribeAlarmHistoryCommand({
            AlarmName: 'queue-backlog',
            ScanBy: 'TimestampAscending',
          }),
        )
      ).AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary);
    expect(await summaries()).toEqual([
      'Alarm "queue-backlog" created',
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM',
      'Successfully executed action arn:aws:sns:ap-southeast-4:111100000003:pager',
    ]);

    await aws.restart();
    client = new CloudWatchClient(aws.as('111100000003', 'ap-southeast-4'));
    expect((await summaries()).length).toBeGreaterThanOrEqual(4);
    await client.send(
      new DeleteAlarmsCommand({ AlarmNames: ['queue-backlog'] }),
    );
    expect(await alarm()).toBeUndefined();
  });

  it('keeps a state that was set until the next evaluation, and calls nobody when disabled', async () => {
    await put();
    await client.send(
      new DisableAlarmActionsCommand({ AlarmNames: ['queue-backlog'] }),
    );
    await client.send(
      new SetAlarmStateCommand({
        AlarmName: 'queue-backlog',
        StateValue: 'ALARM',
        StateReason: 'a drill',
      }),
    );
    expect(await alarm()).toMatchObject({
      StateValue: 'ALARM',
      StateReason: 'a drill',
      ActionsEnabled: false,
    });
    const { AlarmHistoryItems } = await client.send(
      new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action' }),
    );
    expect(AlarmHistoryItems).toEqual([]);
    await measure(1);
    await measure(1);
    expect((await alarm()).StateValue).toBe('OK');
  });

  it('has an alarm on the lag of each secondary region, which follows the lag', async () => {
    const name = 'sample-platform-ai-prod-replica-lag';
    expect((await alarm(name)).StateValue).toBe('OK');
    await aws.world.scenarios.start('lag-spike');
    aws.world.clock.advance(6 * MINUTE_MS);
    expect((await alarm(name)).StateValue).toBe('ALARM');
    await aws.world.scenarios.start('calm');
    aws.world.clock.advance(6 * MINUTE_MS);
    expect((await alarm(name)).StateValue).toBe('OK');
    await aws.world.scenarios.start('region-down');
    aws.world.clock.advance(8 * MINUTE_MS);
    expect((await alarm(name)).StateValue).toBe('INSUFFICIENT_DATA');
    const { MetricAlarms } = await client.send(
      new DescribeAlarmsForMetricCommand({
        Namespace: 'AWS/RDS',
        MetricName: 'AuroraGlobalDBReplicationLag',
        Dimensions: [
          {
            Name: 'DBClusterIdentifier',
            Value: 'sample-platform-ai-prod-melbourne',
          },
        ],
      }),
    );
    expect(MetricAlarms!.map(({ AlarmName }) => AlarmName)).toEqual([name]);
  });

  it('judges metric math', async () => {
    await put({
      Namespace: undefined,
      MetricName: undefined,
      Statistic: undefined,
      Period: undefined,
      EvaluationPeriods: 1,
      Metrics: [
        {
          Id: 'm1',
          ReturnData: false,
          MetricStat: {
            Metric: { Namespace: 'Shop', MetricName: 'Backlog' },
            Period: 60,
            Stat: 'Sum',
          },
        },
        { Id: 'e1', Expression: 'm1 * 10' },
      ],
    });
    await measure(20);
    expect((await alarm()).StateValue).toBe('ALARM');
  });

  it.each<[Partial<PutMetricAlarmCommandInput>, string]>([
    [{ Period: 45 }, 'ValidationError'],
    [{ DatapointsToAlarm: 3 }, 'ValidationError'],
    [{ TreatMissingData: 'guess' }, 'ValidationError'],
    [{ Statistic: undefined }, 'MissingRequiredParameterException'],
    [{ EvaluationPeriods: 1441 }, 'ValidationError'],
    [
      { ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' },
      'ValidationError',
    ],
  ])('refuses an alarm with %j', async (extra, name) => {
    await expect(put(extra)).rejects.toMatchObject({ name });
  });

  it('names an alarm that does not exist', async () => {
    await expect(
      client.send(new DeleteAlarmsCommand({ AlarmNames: ['none'] })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('keeps dashboards', async () => {
    const DashboardBody = JSON.stringify({ widgets: [{ type: 'text' }] });
    await client.send(
      new PutDashboardCommand({ DashboardName: 'shop', DashboardBody }),
    );
    await expect(
      client.send(
        new PutDashboardCommand({ DashboardName: 'bad', DashboardBody: '{' }),
      ),
    ).rejects.toMatchObject({ name: 'DashboardInvalidInputError' });
    expect(
      (await client.send(new ListDashboardsCommand({}))).DashboardEntries,
    ).toEqual([expect.objectContaining({ DashboardName: 'shop' })]);
    expect(
      (await client.send(new GetDashboardCommand({ DashboardName: 'shop' })))
        .DashboardBody,
    ).toBe(DashboardBody);
    await client.send(
      new DeleteDashboardsCommand({ DashboardNames: ['shop'] }),
    );
    await expect(
      client.send(new GetDashboardCommand({ DashboardName: 'shop' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('keeps metrics that were put over a restart', async () => {
    await measure(42);
    await aws.restart();
    client = new CloudWatchClient(aws.as('111100000003', 'ap-southeast-4'));
    aws.world.clock.advance(2 * MINUTE_MS);
    const now = aws.world.clock.now().getTime();
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Shop',
        MetricName: 'Backlog',
        StartTime: new Date(now - 30 * MINUTE_MS),
        EndTime: new Date(now + 30 * MINUTE_MS),
        Period: 3600,
        Statistics: ['Maximum'],
      }),
    );
    expect(Datapoints).toEqual([expect.objectContaining({ Maximum: 42 })]);
  });

  it('tags alarms, switches their actions on again, and gives them page by page', async () => {
    for (const name of ['a', 'b', 'c']) {
      await put({ AlarmName: name, Tags: [{ Key: 'Team', Value: 'shop' }] });
    }
    const { AlarmArn } = await alarm('a');
    await client.send(
      new TagResourceCommand({
        ResourceARN: AlarmArn,
        Tags: [{ Key: 'Owner', Value: 'me' }],
      }),
    );
    await client.send(
      new UntagResourceCommand({ ResourceARN: AlarmArn, TagKeys: ['Team'] }),
    );
    const { Tags } = await client.send(
      new ListTagsForResourceCommand({ ResourceARN: AlarmArn }),
    );
    expect(Tags).toEqual([{ Key: 'Owner', Value: 'me' }]);
    await expect(
      client.send(
        new ListTagsForResourceCommand({ ResourceARN: `${AlarmArn}-x` }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });

    await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['a'] }));
    expect((await alarm('a')).ActionsEnabled).toBe(false);
    await client.send(new EnableAlarmActionsCommand({ AlarmNames: ['a'] }));
    expect((await alarm('a')).ActionsEnabled).toBe(true);

    const pages: string[][] = [];
    for await (const page of paginateDescribeAlarms(
      { client, pageSize: 3 },
      {},
    )) {
      pages.push(page.MetricAlarms!.map(({ AlarmName }) => AlarmName!));
    }
    expect(pages).toEqual([
      ['a', 'b', 'c'],
      ['sample-platform-ai-prod-replica-lag'],
    ]);
    await expect(
      client.send(new DescribeAlarmsCommand({ NextToken: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });
});
