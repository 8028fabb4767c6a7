import {
  AnomalySubscription,
  CreateAnomalyMonitorCommand,
  CreateAnomalySubscriptionCommand,
  DeleteAnomalyMonitorCommand,
  DeleteAnomalySubscriptionCommand,
  GetAnomaliesCommand,
  GetAnomalyMonitorsCommand,
  GetAnomalySubscriptionsCommand,
  ProvideAnomalyFeedbackCommand,
  UpdateAnomalyMonitorCommand,
  UpdateAnomalySubscriptionCommand,
} from '@aws-sdk/client-cost-explorer';
import { CostRig, startCosts } from './__testUtils__/startCosts';

describe('Cost Explorer, anomalies', () => {
  let costs: CostRig;
  beforeAll(async () => {
    costs = await startCosts();
  });
  afterAll(() => costs.close());

  it('found one anomaly, whose causes and impact are in the costs of its days', async () => {
    const { AnomalyMonitors } = await costs.ce.send(
      new GetAnomalyMonitorsCommand({}),
    );
    expect(AnomalyMonitors).toEqual([
      expect.objectContaining({
        MonitorType: 'DIMENSIONAL',
        MonitorDimension: 'SERVICE',
      }),
    ]);
    const ask14 = async () =>
      (
        await costs.ce.send(
          new GetAnomaliesCommand({
            DateInterval: { StartDate: '2026-03-01' },
          }),
        )
      ).Anomalies!;
    const [anomaly, ...others] = await ask14();
    expect(others).toEqual([]);
    expect(anomaly).toMatchObject({
      DimensionValue: 'EC2 - Other',
      MonitorArn: AnomalyMonitors![0].MonitorArn,
      AnomalyStartDate: '2026-03-06T00:00:00Z',
      AnomalyEndDate: '2026-03-07T00:00:00Z',
    });
    expect(anomaly.RootCauses![0]).toMatchObject({
      LinkedAccount: '222200000003',
      Region: 'us-east-1',
      UsageType: 'NatGateway-Bytes',
    });
    const shown = await costs.total({
      TimePeriod: { Start: '2026-03-06', End: '2026-03-08' },
      Filter: { Dimensions: { Key: 'SERVICE', Values: ['EC2 - Other'] } },
    });
    const { TotalActualSpend, TotalExpectedSpend, TotalImpact } =
      anomaly.Impact!;
    expect(TotalActualSpend).toBeCloseTo(Number(shown) / 1e8, 2);
    expect(TotalActualSpend! - TotalExpectedSpend!).toBeCloseTo(
      TotalImpact!,
      2,
    );

    await costs.ce.send(
      new ProvideAnomalyFeedbackCommand({
        AnomalyId: anomaly.AnomalyId,
        Feedback: 'YES',
      }),
    );
    expect((await ask14())[0].Feedback).toBe('YES');
    await expect(
      costs.ce.send(
        new ProvideAnomalyFeedbackCommand({ AnomalyId: 'x', Feedback: 'YES' }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    // A member account has no monitor and sees none.
    const own = costs.clientOf('222200000003');
    const theirs = await own.send(
      new GetAnomaliesCommand({ DateInterval: { StartDate: '2026-03-01' } }),
    );
    expect(theirs.Anomalies).toEqual([]);
  });

  it('keeps monitors', async () => {
    const { MonitorArn } = await costs.ce.send(
      new CreateAnomalyMonitorCommand({
        AnomalyMonitor: {
          MonitorName: 'production',
          MonitorType: 'CUSTOM',
          MonitorSpecification: {
            Tags: { Key: 'Environment', Values: ['prod'] },
          },
        },
      }),
    );
    await expect(
      costs.ce.send(
        new CreateAnomalyMonitorCommand({
          AnomalyMonitor: {
            MonitorName: 'second',
            MonitorType: 'DIMENSIONAL',
            MonitorDimension: 'SERVICE',
          },
        }),
      ),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    await costs.ce.send(new DeleteAnomalyMonitorCommand({ MonitorArn }));
    await expect(
      costs.ce.send(new DeleteAnomalyMonitorCommand({ MonitorArn })),
    ).rejects.toMatchObject({ name: 'UnknownMonitorException' });
  });

  it('jumps when the situation says so', async () => {
    const input = {
      TimePeriod: { Start: '2026-03-17', End: '2026-03-18' },
      Filter: { Tags: { Key: 'Environment', Values: ['prod'] } },
    };
    const before = await costs.total(input);
    const february = await costs.total();
    await costs.aws.world.scenarios.start('cost-jump');
    const jumped = await costs.total(input);
    expect(Number(jumped) / Number(before)).toBeGreaterThan(1.2);
    // What is older than three days stays as it was.
    expect(await costs.total()).toBe(february);
    // It is noticed when a day has passed.
    const services = async () =>
      (
        await costs.ce.send(
          new GetAnomaliesCommand({
            DateInterval: { StartDate: '2026-03-14' },
          }),
        )
      ).Anomalies!.map(({ DimensionValue }) => DimensionValue);
    expect(await services()).toEqual([]);
    costs.aws.world.clock.advance(25 * 3_600_000);
    expect(await services()).toContain(
      'Amazon Elastic Compute Cloud - Compute',
    );
  });

  it('keeps who hears of anomalies, and refuses what does not go together', async () => {
    const subscriptions = async () =>
      (await costs.ce.send(new GetAnomalySubscriptionsCommand({})))
        .AnomalySubscriptions!;
    const [seeded] = await subscriptions();
    expect(seeded).toMatchObject({
      Frequency: 'DAILY',
      MonitorArnList: [expect.stringContaining('anomalymonitor')],
    });
    const create = (change: Partial<AnomalySubscription>) =>
      costs.ce.send(
        new CreateAnomalySubscriptionCommand({
          AnomalySubscription: {
            SubscriptionName: 'weekly',
            MonitorArnList: seeded.MonitorArnList,
            Frequency: 'WEEKLY',
            Subscribers: [{ Type: 'EMAIL', Address: 'a@example.com' }],
            Threshold: 20,
            ...change,
          },
        }),
      );
    await expect(
      create({ MonitorArnList: ['arn:aws:ce::000000000000:anomalymonitor/x'] }),
    ).rejects.toMatchObject({ name: 'UnknownMonitorException' });
    await expect(create({ Frequency: 'IMMEDIATE' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('SNS'),
    });
    await expect(create({ Threshold: undefined })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const { SubscriptionArn } = await create({});
    await costs.ce.send(
      new UpdateAnomalySubscriptionCommand({
        SubscriptionArn,
        Frequency: 'DAILY',
        Threshold: 30,
      }),
    );
    expect((await subscriptions())[1]).toMatchObject({
      SubscriptionArn,
      Frequency: 'DAILY',
      Subscribers: [{ Address: 'a@example.com', Status: 'CONFIRMED' }],
      ThresholdExpression: { Dimensions: { Values: ['30'] } },
    });
    await costs.ce.send(
      new DeleteAnomalySubscriptionCommand({ SubscriptionArn }),
    );
    await expect(
      costs.ce.send(new DeleteAnomalySubscriptionCommand({ SubscriptionArn })),
    ).rejects.toMatchObject({ name: 'UnknownSubscriptionException' });
  });

  it('renames monitors, and gives them page by page', async () => {
    const { MonitorArn } = await costs.ce.send(
      new CreateAnomalyMonitorCommand({
        AnomalyMonitor: {
          MonitorName: 'one',
          MonitorType: 'CUSTOM',
          MonitorSpecification: { Tags: { Key: 'System', Values: ['a'] } },
        },
      }),
    );
    await costs.ce.send(
      new UpdateAnomalyMonitorCommand({ MonitorArn, MonitorName: 'two' }),
    );
    const first = await costs.ce.send(
      new GetAnomalyMonitorsCommand({ MaxResults: 1 }),
    );
    const second = await costs.ce.send(
      new GetAnomalyMonitorsCommand({
        MaxResults: 1,
        NextPageToken: first.NextPageToken,
      }),
    );
    expect(second.AnomalyMonitors).toMatchObject([
      { MonitorArn, MonitorName: 'two' },
    ]);
    expect(second.NextPageToken).toBeUndefined();
    await costs.ce.send(new DeleteAnomalyMonitorCommand({ MonitorArn }));
  });
});
