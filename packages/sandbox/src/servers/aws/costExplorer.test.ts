import {
  GetCostAndUsageCommand,
  GetCostAndUsageWithResourcesCommand,
  GetCostAndUsageCommandInput,
} from '@aws-sdk/client-cost-explorer';
import {
  CostRig,
  groupAmounts,
  startCosts,
  sumOf,
  units,
} from './__testUtils__/startCosts';

describe('Cost Explorer', () => {
  let costs: CostRig;
  beforeAll(async () => {
    costs = await startCosts();
  });
  afterAll(() => costs.close());

  it('adds up: groups to the total, days to the month', async () => {
    const whole = await costs.total();
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
      const { results } = await costs.ask({ GroupBy });
      expect(results[0].Total).toEqual({});
      expect(sumOf(groupAmounts(results[0]))).toBe(whole);
    }
    const daily = await costs.ask({ Granularity: 'DAILY' });
    expect(daily.results).toHaveLength(28);
    expect(daily.results[0].TimePeriod).toEqual({
      Start: '2026-02-01',
      End: '2026-02-02',
    });
    expect(sumOf(daily.results.map(r => r.Total!.UnblendedCost.Amount!))).toBe(
      whole,
    );
  });

  it('groups by tag with the key in front and nothing after it for what is untagged', async () => {
    const { results } = await costs.ask({
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
    const whole = await costs.total();
    const tagged = await costs.total({ Filter: { Not: tags('System', '') } });
    const untagged = await costs.total({ Filter: tags('System', '') });
    const absent = await costs.total({
      Filter: { Tags: { Key: 'System', MatchOptions: ['ABSENT'] } },
    });
    expect(tagged + untagged).toBe(whole);
    expect(absent).toBe(untagged);

    const { results } = await costs.ask({
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
    expect(await costs.total({ Filter: tags('System', 'none') })).toBe(0n);
    await expect(
      costs.ask({ Filter: { ...tags('a', 'b'), Not: tags('c', 'd') } }),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      costs.ask({ Filter: { Dimensions: { Key: 'AZ', Values: ['x'] } } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('AZ is not in the sandbox'),
    });
  });

  it('shows an account its own costs, and the management account all', async () => {
    const own = costs.clientOf('111100000003');
    const GroupBy = [{ Type: 'DIMENSION' as const, Key: 'LINKED_ACCOUNT' }];
    const mine = await costs.ask({ GroupBy }, own);
    expect(mine.results[0].Groups!.map(group => group.Keys)).toEqual([
      ['111100000003'],
    ]);
    const all = await costs.ask({ GroupBy });
    expect(all.results[0].Groups!.length).toBe(13);
  });

  it('marks what is not final, and costs nothing in the future', async () => {
    const { results } = await costs.ask({
      TimePeriod: { Start: '2026-03-16', End: '2026-03-20' },
      Granularity: 'DAILY',
    });
    expect(results.map(r => r.Estimated)).toEqual([true, true, true, true]);
    const [, yesterday, today, tomorrow] = results.map(r =>
      Number(r.Total!.UnblendedCost.Amount),
    );
    expect(today).toBeLessThan(yesterday * 0.7);
    expect(tomorrow).toBe(0);
    const months = await costs.ask({
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
      costs.total({ TimePeriod: { Start, End } });
    const before = await month('2025-10-01', '2025-11-01');
    const after = await month('2026-01-01', '2026-02-01');
    expect(Number(after) / Number(before)).toBeGreaterThan(1.02);

    const { results } = await costs.ask({
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
    const { results, pages } = await costs.ask(input);
    expect(pages).toBeGreaterThan(1);
    expect(results).toHaveLength(181);
    expect(sumOf(results.flatMap(groupAmounts))).toBe(
      sumOf(
        (await costs.ask({ ...input, GroupBy: undefined })).results.map(
          r => r.Total!.UnblendedCost.Amount!,
        ),
      ),
    );
    await expect(
      costs.ce.send(
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
    await expect(
      costs.ask({ TimePeriod: { Start, End } }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('refuses three groupings, unknown metrics and hours of long ago', async () => {
    const group = { Type: 'DIMENSION' as const, Key: 'SERVICE' };
    await expect(
      costs.ask({ GroupBy: [group, group, group] }),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(costs.ask({ Metrics: ['Happiness'] })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(costs.ask({ Granularity: 'HOURLY' })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(
      costs.ask({ Metrics: undefined as any }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("'metrics'"),
    });
  });

  it('has hours of the last two weeks, which add up to the day', async () => {
    const day = await costs.total({
      TimePeriod: { Start: '2026-03-10', End: '2026-03-11' },
      Granularity: 'DAILY',
    });
    const { results } = await costs.ask({
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
    expect(sumOf(results.map(r => r.Total!.UnblendedCost.Amount!))).toBe(day);
  });

  it('has usage in its unit, and none that makes sense of several', async () => {
    const { results } = await costs.ask({
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
    const mixed = await costs.ask({ Metrics: ['UsageQuantity'] });
    expect(mixed.results[0].Total!.UsageQuantity.Unit).toBe('N/A');
  });

  it('has resources of the last two weeks', async () => {
    const withResources = (Start: string) =>
      costs.ce.send(
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
});
