import {
  GetCostForecastCommand,
  GetDimensionValuesCommand,
  GetDimensionValuesCommandInput,
  GetReservationCoverageCommand,
  GetSavingsPlansUtilizationCommand,
  GetTagsCommand,
  GetUsageForecastCommand,
  ListCostAllocationTagsCommand,
} from '@aws-sdk/client-cost-explorer';
import { CostRig, startCosts, sumOf, units } from './__testUtils__/startCosts';

describe('Cost Explorer, forecasts and labels', () => {
  let costs: CostRig;
  beforeAll(async () => {
    costs = await startCosts();
  });
  afterAll(() => costs.close());

  it('forecasts', async () => {
    const forecast = await costs.ce.send(
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
    expect(sumOf(parts.map(p => p.MeanValue!))).toBe(
      units(forecast.Total!.Amount!),
    );
    const april = parts[1];
    expect(Number(april.PredictionIntervalLowerBound)).toBeLessThan(
      Number(april.MeanValue),
    );
    const february = await costs.total();
    expect(Number(april.MeanValue)).toBeGreaterThan(
      (Number(february) / 1e8) * 0.9,
    );
    await expect(
      costs.ce.send(
        new GetCostForecastCommand({
          TimePeriod: { Start: '2026-03-01', End: '2026-04-01' },
          Granularity: 'MONTHLY',
          Metric: 'UNBLENDED_COST',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('forecasts usage of one kind', async () => {
    const TimePeriod = { Start: '2026-03-19', End: '2026-03-21' };
    const { Total } = await costs.ce.send(
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
      costs.ce.send(
        new GetUsageForecastCommand({
          TimePeriod,
          Granularity: 'DAILY',
          Metric: 'USAGE_QUANTITY',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('lists tags and dimension values', async () => {
    const TimePeriod = { Start: '2026-02-01', End: '2026-03-01' };
    expect(
      (await costs.ce.send(new GetTagsCommand({ TimePeriod }))).Tags,
    ).toEqual(['Component', 'Environment', 'System']);
    expect(
      (
        await costs.ce.send(
          new GetTagsCommand({ TimePeriod, TagKey: 'Environment' }),
        )
      ).Tags,
    ).toEqual(['', 'dev', 'dogfood', 'prod', 'sandbox', 'staging', 'uat']);
    const { DimensionValues } = await costs.ce.send(
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

  it('F44 shows nothing for a tag that is not active, and says which are', async () => {
    const { CostAllocationTags } = await costs.ce.send(
      new ListCostAllocationTagsCommand({ Status: 'Active' }),
    );
    expect(CostAllocationTags!.map(({ TagKey }) => TagKey)).toEqual([
      'Component',
      'Environment',
      'System',
    ]);
    const { results } = await costs.ask({
      GroupBy: [{ Type: 'TAG', Key: 'Owner' }],
    });
    expect(results[0].Groups!.map(({ Keys }) => Keys)).toEqual([['Owner$']]);
    expect(
      await costs.total({ Filter: { Tags: { Key: 'Owner', Values: ['me'] } } }),
    ).toBe(0n);
  });

  it('has no commitments, and says so as AWS does', async () => {
    const TimePeriod = { Start: '2026-02-01', End: '2026-03-01' };
    await expect(
      costs.ce.send(new GetSavingsPlansUtilizationCommand({ TimePeriod })),
    ).rejects.toMatchObject({ name: 'DataUnavailableException' });
  });

  it('sorts labels by cost and gives them page by page, when asked to', async () => {
    const page = (extra: Partial<GetDimensionValuesCommandInput> = {}) =>
      costs.ce.send(
        new GetDimensionValuesCommand({
          TimePeriod: { Start: '2026-02-01', End: '2026-03-01' },
          Dimension: 'SERVICE',
          SortBy: [{ Key: 'UnblendedCost', SortOrder: 'DESCENDING' }],
          MaxResults: 3,
          ...extra,
        }),
      );
    const names: string[] = [];
    let NextPageToken: string | undefined;
    do {
      const { DimensionValues, ReturnSize, TotalSize, ...rest } = await page({
        NextPageToken,
      });
      expect(ReturnSize).toBe(DimensionValues!.length);
      expect(TotalSize).toBeGreaterThan(9);
      names.push(...DimensionValues!.map(({ Value }) => Value!));
      NextPageToken = rest.NextPageToken;
    } while (NextPageToken);
    const { results } = await costs.ask({
      GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
    });
    expect(names).toEqual(
      results[0]
        .Groups!.sort(
          (a, b) =>
            Number(b.Metrics!.UnblendedCost.Amount) -
            Number(a.Metrics!.UnblendedCost.Amount),
        )
        .map(({ Keys }) => Keys![0]),
    );
    await expect(page({ NextPageToken: 'x' })).rejects.toMatchObject({
      name: 'InvalidNextTokenException',
    });
    await expect(page({ SortBy: [{ Key: 'Beauty' }] })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const tags = await costs.ce.send(
      new GetTagsCommand({
        TimePeriod: { Start: '2026-02-01', End: '2026-03-01' },
        TagKey: 'System',
        SortBy: [{ Key: 'UnblendedCost', SortOrder: 'ASCENDING' }],
        MaxResults: 1,
      }),
    );
    expect(tags.NextPageToken).toBeDefined();
    expect(tags).toMatchObject({ ReturnSize: 1, TotalSize: 5 });
  });

  it('has no reservations: all hours of instances are on demand', async () => {
    const { CoveragesByTime } = await costs.ce.send(
      new GetReservationCoverageCommand({
        TimePeriod: { Start: '2026-02-01', End: '2026-02-03' },
        Granularity: 'DAILY',
        Filter: {
          Dimensions: {
            Key: 'SERVICE',
            Values: ['Amazon Relational Database Service'],
          },
        },
      }),
    );
    const databases = costs.aws.world.platforms
      .flatMap(({ environments }) => environments)
      .filter(({ accountId }) => accountId)
      .flatMap(({ database }) => database?.clusters ?? [])
      .reduce((sum, { instances }) => sum + instances, 0);
    expect(CoveragesByTime!.map(({ Total }) => Total!.CoverageHours)).toEqual(
      [1, 2].map(() => ({
        OnDemandHours: (24 * databases).toFixed(2),
        ReservedHours: '0',
        TotalRunningHours: (24 * databases).toFixed(2),
        CoverageHoursPercentage: '0',
      })),
    );
  });
});
