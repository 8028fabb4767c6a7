import {
  CostExplorerClient,
  CreateAnomalyMonitorCommand,
  DeleteAnomalyMonitorCommand,
  GetAnomaliesCommand,
  GetAnomalyMonitorsCommand,
  GetCostAndUsageCommand,
  GetCostAndUsageCommandInput,
  GetCostAndUsageWithResourcesCommand,
  GetCostForecastCommand,
  GetDimensionValuesCommand,
  GetSavingsPlansUtilizationCommand,
  GetTagsCommand,
  GetUsageForecastCommand,
  ListCostAllocationTagsCommand,
  ProvideAnomalyFeedbackCommand,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { AwsRig, startAws } from './__testUtils__/startAws';

const MANAGEMENT = '000000000000';
const NOW = new Date('2026-03-18T12:00:00Z');

/** Hundred-millionths, so that sums are exact. */
const units = (amount: string) => {
  const [whole, rest = ''] = amount.split('.');
  return BigInt(whole) * 100_000_000n + BigInt(rest.padEnd(8, '0'));
};
const sum = (amounts: string[]) =>
  amounts.reduce((total, amount) => total + units(amount), 0n);

describe('Cost Explorer', () => {
  let aws: AwsRig;
  let ce: CostExplorerClient;
  beforeAll(async () => {
    // Only the date stands still; sockets need their timers.
    jest.useFakeTimers({
      now: NOW,
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
    aws = await startAws();
    ce = new CostExplorerClient(aws.as(MANAGEMENT, 'us-east-1'));
  });
  afterAll(async () => {
    await aws.close();
    jest.useRealTimers();
  });

  const ask = async (
    input: Partial<GetCostAndUsageCommandInput> = {},
    client = ce,
  ) => {
    const results: ResultByTime[] = [];
    let NextPageToken: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(
        new GetCostAndUsageCommand({
          TimePeriod: { Start: '2026-02-01', End: '2026-03-01' },
          Granularity: 'MONTHLY',
          Metrics: ['UnblendedCost'],
          ...input,
          NextPageToken,
        }),
      );
      results.push(...page.ResultsByTime!);
      NextPageToken = page.NextPageToken;
      pages += 1;
    } while (NextPageToken);
    return { results, pages };
  };
  const groupAmounts = (result: ResultByTime) =>
    result.Groups!.map(group => group.Metrics!.UnblendedCost.Amount!);
  const total = async (input: Partial<GetCostAndUsageCommandInput> = {}) =>
    units((await ask(input)).results[0].Total!.UnblendedCost.Amount!);

  it('adds up: groups to the total, days to the month', async () => {
    const whole = await total();
    expect(whole).toBeGreaterThan(units('8000'));
    expect(whole).toBeLessThan(units('16000'));

    for (const GroupBy of [
      [{ Type: 'DIMENSION' as const, Key: 'SERVICE' }],
      [{ Type: 'TAG' as const, Key: 'Environment' }],
      [
        { Type: 'TAG' as const, Key: 'Component' },
        { Type: 'TAG' as const, Key: 'Environment' },
      ],
      [
        { Type: 'DIMENSION' as const, Key: 'LINKED_ACCOUNT' },
        { Type: 'DIMENSION' as const, Key: 'REGION' },
      ],
    ]) {
      const { results } = await ask({ GroupBy });
      expect(results[0].Total).toEqual({});
      expect(sum(groupAmounts(results[0]))).toBe(whole);
    }
    const daily = await ask({ Granularity: 'DAILY' });
    expect(daily.results).toHaveLength(28);
    expect(daily.results[0].TimePeriod).toEqual({
      Start: '2026-02-01',
      End: '2026-02-02',
    });
    expect(sum(daily.results.map(r => r.Total!.UnblendedCost.Amount!))).toBe(
      whole,
    );
  });

  it('groups by tag with the key in front and nothing after it for what is untagged', async () => {
    const { results } = await ask({
      GroupBy: [{ Type: 'TAG', Key: 'System' }],
    });
    const bySystem = new Map(
      results[0].Groups!.map(group => [
        group.Keys![0],
        Number(group.Metrics!.UnblendedCost.Amount),
      ]),
    );
    expect([...bySystem.keys()]).toEqual([
      'System$',
      'System$campaign-lifecycle-platform',
      'System$cornjacket-platform',
      'System$mobilytics',
      'System$sample-platform-ai',
    ]);
    const whole = [...bySystem.values()].reduce((a, b) => a + b, 0);
    expect(bySystem.get('System$')! / whole).toBeGreaterThan(0.06);
    expect(bySystem.get('System$')! / whole).toBeLessThan(0.1);
  });

  it('filters, also what is untagged', async () => {
    const tags = (Key: string, ...Values: string[]) => ({
      Tags: { Key, Values },
    });
    const whole = await total();
    const tagged = await total({ Filter: { Not: tags('System', '') } });
    const untagged = await total({ Filter: tags('System', '') });
    const absent = await total({
      Filter: { Tags: { Key: 'System', MatchOptions: ['ABSENT'] } },
    });
    expect(tagged + untagged).toBe(whole);
    expect(absent).toBe(untagged);

    const { results } = await ask({
      Filter: {
        And: [
          tags('System', 'sample-platform-ai'),
          {
            Or: [
              tags('Environment', 'prod'),
              {
                Dimensions: {
                  Key: 'LINKED_ACCOUNT',
                  Values: ['111100000002'],
                },
              },
            ],
          },
        ],
      },
      GroupBy: [{ Type: 'TAG', Key: 'Environment' }],
    });
    expect(results[0].Groups!.map(group => group.Keys)).toEqual([
      ['Environment$prod'],
      ['Environment$uat'],
    ]);
    // No such value is no error: it costs nothing.
    expect(await total({ Filter: tags('System', 'none') })).toBe(0n);
    await expect(
      ask({ Filter: { ...tags('a', 'b'), Not: tags('c', 'd') } }),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      ask({ Filter: { Dimensions: { Key: 'AZ', Values: ['x'] } } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('AZ is not in the sandbox'),
    });
  });

  it('shows an account its own costs, and the management account all', async () => {
    const own = new CostExplorerClient(aws.as('111100000003', 'us-east-1'));
    const GroupBy = [{ Type: 'DIMENSION' as const, Key: 'LINKED_ACCOUNT' }];
    const mine = await ask({ GroupBy }, own);
    expect(mine.results[0].Groups!.map(group => group.Keys)).toEqual([
      ['111100000003'],
    ]);
    const all = await ask({ GroupBy });
    expect(all.results[0].Groups!.length).toBe(13);
  });

  it('marks what is not final, and costs nothing in the future', async () => {
    const { results } = await ask({
      TimePeriod: { Start: '2026-03-16', End: '2026-03-20' },
      Granularity: 'DAILY',
    });
    expect(results.map(r => r.Estimated)).toEqual([true, true, true, true]);
    const [, yesterday, today, tomorrow] = results.map(r =>
      Number(r.Total!.UnblendedCost.Amount),
    );
    expect(today).toBeLessThan(yesterday * 0.7);
    expect(tomorrow).toBe(0);
    const months = await ask({
      TimePeriod: { Start: '2026-01-15', End: '2026-03-19' },
    });
    expect(months.results.map(r => [r.TimePeriod!.Start, r.Estimated])).toEqual(
      [
        ['2026-01-15', false],
        ['2026-02-01', false],
        ['2026-03-01', true],
      ],
    );
  });

  it('grows, follows the week and had one odd day', async () => {
    const month = (Start: string, End: string) =>
      total({ TimePeriod: { Start, End } });
    const before = await month('2025-10-01', '2025-11-01');
    const after = await month('2026-01-01', '2026-02-01');
    expect(Number(after) / Number(before)).toBeGreaterThan(1.02);

    const { results } = await ask({
      TimePeriod: { Start: '2026-03-01', End: '2026-03-15' },
      Granularity: 'DAILY',
      Filter: {
        And: [
          { Dimensions: { Key: 'SERVICE', Values: ['EC2 - Other'] } },
          {
            Tags: { Key: 'System', Values: ['campaign-lifecycle-platform'] },
          },
        ],
      },
    });
    const days = results.map(r => Number(r.Total!.UnblendedCost.Amount));
    const odd = days.filter(day => day > 2 * days[0]);
    expect(odd).toHaveLength(2);
  });

  it('pages', async () => {
    const input: Partial<GetCostAndUsageCommandInput> = {
      TimePeriod: { Start: '2025-09-01', End: '2026-03-01' },
      Granularity: 'DAILY',
      GroupBy: [
        { Type: 'TAG', Key: 'Component' },
        { Type: 'TAG', Key: 'Environment' },
      ],
    };
    const { results, pages } = await ask(input);
    expect(pages).toBeGreaterThan(1);
    expect(results).toHaveLength(181);
    expect(sum(results.flatMap(groupAmounts))).toBe(
      sum(
        (await ask({ ...input, GroupBy: undefined })).results.map(
          r => r.Total!.UnblendedCost.Amount!,
        ),
      ),
    );
    await expect(
      ce.send(
        new GetCostAndUsageCommand({
          TimePeriod: { Start: '2026-02-01', End: '2026-03-01' },
          Granularity: 'DAILY',
          Metrics: ['UnblendedCost'],
          NextPageToken: 'x',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });

  it.each([
    ['2026-03-01', '2026-03-01', 'before end date'],
    ['2026-03-02', '2026-03-01', 'before end date'],
    ['2026-02-30', '2026-03-05', 'Invalid start date'],
    ['yesterday', '2026-03-05', 'Invalid start date'],
    ['2024-01-01', '2026-03-01', 'historical data'],
    ['2026-03-01', '2026-05-01', 'end date past'],
  ])('refuses the period %s to %s', async (Start, End, message) => {
    await expect(ask({ TimePeriod: { Start, End } })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('refuses three groupings, unknown metrics and hours of long ago', async () => {
    const group = { Type: 'DIMENSION' as const, Key: 'SERVICE' };
    await expect(ask({ GroupBy: [group, group, group] })).rejects.toMatchObject(
      { name: 'ValidationException' },
    );
    await expect(ask({ Metrics: ['Happiness'] })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(ask({ Granularity: 'HOURLY' })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(ask({ Metrics: undefined as any })).rejects.toMatchObject({
      message: expect.stringContaining("'metrics'"),
    });
  });

  it('forecasts', async () => {
    const forecast = await ce.send(
      new GetCostForecastCommand({
        TimePeriod: { Start: '2026-03-19', End: '2026-05-01' },
        Granularity: 'MONTHLY',
        Metric: 'UNBLENDED_COST',
      }),
    );
    const parts = forecast.ForecastResultsByTime!;
    expect(parts.map(p => p.TimePeriod!.Start)).toEqual([
      '2026-03-19',
      '2026-04-01',
    ]);
    expect(sum(parts.map(p => p.MeanValue!))).toBe(
      units(forecast.Total!.Amount!),
    );
    const april = parts[1];
    expect(Number(april.PredictionIntervalLowerBound)).toBeLessThan(
      Number(april.MeanValue),
    );
    const february = await total();
    expect(Number(april.MeanValue)).toBeGreaterThan(
      (Number(february) / 1e8) * 0.9,
    );
    await expect(
      ce.send(
        new GetCostForecastCommand({
          TimePeriod: { Start: '2026-03-01', End: '2026-04-01' },
          Granularity: 'MONTHLY',
          Metric: 'UNBLENDED_COST',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('lists tags and dimension values', async () => {
    const TimePeriod = { Start: '2026-02-01', End: '2026-03-01' };
    expect((await ce.send(new GetTagsCommand({ TimePeriod }))).Tags).toEqual([
      'Component',
      'Environment',
      'System',
    ]);
    expect(
      (await ce.send(new GetTagsCommand({ TimePeriod, TagKey: 'Environment' })))
        .Tags,
    ).toEqual(['', 'dev', 'dogfood', 'prod', 'sandbox', 'staging', 'uat']);
    const { DimensionValues } = await ce.send(
      new GetDimensionValuesCommand({
        TimePeriod,
        Dimension: 'LINKED_ACCOUNT',
        SearchString: '1111',
      }),
    );
    expect(DimensionValues).toEqual([
      {
        Value: '111100000001',
        Attributes: { description: 'sample-platform-ai dev' },
      },
      {
        Value: '111100000002',
        Attributes: { description: 'sample-platform-ai uat' },
      },
      {
        Value: '111100000003',
        Attributes: { description: 'sample-platform-ai prod' },
      },
    ]);
  });

  it('has hours of the last two weeks, which add up to the day', async () => {
    const day = await total({
      TimePeriod: { Start: '2026-03-10', End: '2026-03-11' },
      Granularity: 'DAILY',
    });
    const { results } = await ask({
      TimePeriod: {
        Start: '2026-03-10T00:00:00Z',
        End: '2026-03-11T00:00:00Z',
      },
      Granularity: 'HOURLY',
    });
    expect(results).toHaveLength(24);
    expect(results[1].TimePeriod).toEqual({
      Start: '2026-03-10T01:00:00Z',
      End: '2026-03-10T02:00:00Z',
    });
    expect(sum(results.map(r => r.Total!.UnblendedCost.Amount!))).toBe(day);
  });

  it('has usage in its unit, and none that makes sense of several', async () => {
    const { results } = await ask({
      Metrics: ['UsageQuantity', 'UnblendedCost'],
      GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
      Filter: { Dimensions: { Key: 'REGION', Values: ['us-east-1'] } },
    });
    const bytes = results[0].Groups!.find(
      ({ Keys }) => Keys![0] === 'NatGateway-Bytes',
    )!.Metrics!;
    expect(bytes.UsageQuantity.Unit).toBe('GB');
    expect(
      Number(bytes.UnblendedCost.Amount) / Number(bytes.UsageQuantity.Amount),
    ).toBeCloseTo(0.045, 4);
    const mixed = await ask({ Metrics: ['UsageQuantity'] });
    expect(mixed.results[0].Total!.UsageQuantity.Unit).toBe('N/A');
  });

  it('has resources of the last two weeks', async () => {
    const withResources = (Start: string) =>
      ce.send(
        new GetCostAndUsageWithResourcesCommand({
          TimePeriod: { Start, End: '2026-03-17' },
          Granularity: 'DAILY',
          Metrics: ['UnblendedCost'],
          Filter: {
            Dimensions: {
              Key: 'SERVICE',
              Values: ['Amazon Elastic Compute Cloud - Compute'],
            },
          },
          GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
        }),
      );
    const { ResultsByTime } = await withResources('2026-03-16');
    expect(ResultsByTime![0].Groups!.length).toBeGreaterThan(5);
    expect(ResultsByTime![0].Groups![0].Keys![0]).toMatch(/^i-0[0-9a-f]{16}$/);
    await expect(withResources('2026-03-01')).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('F44 shows nothing for a tag that is not active, and says which are', async () => {
    const { CostAllocationTags } = await ce.send(
      new ListCostAllocationTagsCommand({ Status: 'Active' }),
    );
    expect(CostAllocationTags!.map(({ TagKey }) => TagKey)).toEqual([
      'Component',
      'Environment',
      'System',
    ]);
    const { results } = await ask({
      GroupBy: [{ Type: 'TAG', Key: 'Owner' }],
    });
    expect(results[0].Groups!.map(({ Keys }) => Keys)).toEqual([['Owner$']]);
    expect(
      await total({ Filter: { Tags: { Key: 'Owner', Values: ['me'] } } }),
    ).toBe(0n);
  });

  it('found one anomaly, whose causes and impact are in the costs of its days', async () => {
    const { AnomalyMonitors } = await ce.send(
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
        await ce.send(
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
    const shown = await total({
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

    await ce.send(
      new ProvideAnomalyFeedbackCommand({
        AnomalyId: anomaly.AnomalyId,
        Feedback: 'YES',
      }),
    );
    expect((await ask14())[0].Feedback).toBe('YES');
    await expect(
      ce.send(
        new ProvideAnomalyFeedbackCommand({ AnomalyId: 'x', Feedback: 'YES' }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    // A member account has no monitor and sees none.
    const own = new CostExplorerClient(aws.as('222200000003', 'us-east-1'));
    const theirs = await own.send(
      new GetAnomaliesCommand({ DateInterval: { StartDate: '2026-03-01' } }),
    );
    expect(theirs.Anomalies).toEqual([]);
  });

  it('keeps monitors', async () => {
    const { MonitorArn } = await ce.send(
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
      ce.send(
        new CreateAnomalyMonitorCommand({
          AnomalyMonitor: {
            MonitorName: 'second',
            MonitorType: 'DIMENSIONAL',
            MonitorDimension: 'SERVICE',
          },
        }),
      ),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    await ce.send(new DeleteAnomalyMonitorCommand({ MonitorArn }));
    await expect(
      ce.send(new DeleteAnomalyMonitorCommand({ MonitorArn })),
    ).rejects.toMatchObject({ name: 'UnknownMonitorException' });
  });

  it('has no commitments, and says so as AWS does', async () => {
    const TimePeriod = { Start: '2026-02-01', End: '2026-03-01' };
    await expect(
      ce.send(new GetSavingsPlansUtilizationCommand({ TimePeriod })),
    ).rejects.toMatchObject({ name: 'DataUnavailableException' });
  });

  it('forecasts usage of one kind', async () => {
    const TimePeriod = { Start: '2026-03-19', End: '2026-03-21' };
    const { Total } = await ce.send(
      new GetUsageForecastCommand({
        TimePeriod,
        Granularity: 'DAILY',
        Metric: 'USAGE_QUANTITY',
        Filter: {
          Dimensions: { Key: 'USAGE_TYPE', Values: ['NatGateway-Hours'] },
        },
      }),
    );
    expect(Total!.Unit).toBe('Hrs');
    expect(Number(Total!.Amount)).toBeGreaterThan(1);
    await expect(
      ce.send(
        new GetUsageForecastCommand({
          TimePeriod,
          Granularity: 'DAILY',
          Metric: 'USAGE_QUANTITY',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('jumps when the situation says so', async () => {
    const input = {
      TimePeriod: { Start: '2026-03-17', End: '2026-03-18' },
      Filter: { Tags: { Key: 'Environment', Values: ['prod'] } },
    };
    const before = await total(input);
    const february = await total();
    await aws.world.scenarios.start('cost-jump');
    const jumped = await total(input);
    expect(Number(jumped) / Number(before)).toBeGreaterThan(1.2);
    // What is older than three days stays as it was.
    expect(await total()).toBe(february);
    // It is noticed when a day has passed.
    const services = async () =>
      (
        await ce.send(
          new GetAnomaliesCommand({
            DateInterval: { StartDate: '2026-03-14' },
          }),
        )
      ).Anomalies!.map(({ DimensionValue }) => DimensionValue);
    expect(await services()).toEqual([]);
    aws.world.clock.advance(25 * 3_600_000);
    expect(await services()).toContain(
      'Amazon Elastic Compute Cloud - Compute',
    );
  });
});
