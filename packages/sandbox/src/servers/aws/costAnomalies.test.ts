import {
  CreateAnomalyMonitorCommand,
  DeleteAnomalyMonitorCommand,
  GetAnomaliesCommand,
  GetAnomalyMonitorsCommand,
  ProvideAnomalyFeedbackCommand,
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
});
