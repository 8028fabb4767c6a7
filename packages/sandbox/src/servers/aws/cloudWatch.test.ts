import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  paginateGetMetricData,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  AwsJson1_0Protocol,
  AwsQueryProtocol,
  AwsSmithyRpcV2CborProtocol,
} from '@aws-sdk/core/protocols';
import { AwsRig, startAws } from './__testUtils__/startAws';

const PROD = '111100000003';
const SECONDARY = 'sample-platform-ai-prod-melbourne';
const MINUTE_MS = 60_000;

describe('CloudWatch', () => {
  let aws: AwsRig;
  let sydney: CloudWatchClient;
  let melbourne: CloudWatchClient;
  beforeEach(async () => {
    aws = await startAws();
    sydney = new CloudWatchClient(aws.as(PROD));
    melbourne = new CloudWatchClient(aws.as(PROD, 'ap-southeast-4'));
  });
  afterEach(() => aws.close());

  const query = (
    Dimensions: Record<string, string>,
    MetricName = 'AuroraGlobalDBReplicationLag',
    Id = 'lag',
  ) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/RDS',
        MetricName,
        Dimensions: Object.entries(Dimensions).map(([Name, Value]) => ({
          Name,
          Value,
        })),
      },
      Period: 60,
      Stat: 'Average',
    },
  });
  const ask = async (
    client: CloudWatchClient,
    input: Partial<GetMetricDataCommandInput> = {},
  ) => {
    const now = aws.world.clock.now().getTime();
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 60 * MINUTE_MS),
        EndTime: new Date(now + 60 * MINUTE_MS),
        MetricDataQueries: [query({ DBClusterIdentifier: SECONDARY })],
        ...input,
      }),
    );
    return MetricDataResults!;
  };

  it('has the lag of a global database in the secondary region only', async () => {
    const [there] = await ask(melbourne);
    expect(there.StatusCode).toBe('Complete');
    expect(there.Values!.length).toBeGreaterThanOrEqual(59);
    for (const value of there.Values!) {
      expect(value).toBeGreaterThan(50);
      expect(value).toBeLessThan(1000);
    }
    for (const client of [
      sydney,
      new CloudWatchClient(aws.as('111100000002', 'ap-southeast-4')),
    ]) {
      const [here] = await ask(client);
      expect(here).toMatchObject({ StatusCode: 'Complete' });
      expect(here.Values ?? []).toEqual([]);
    }
    const [primary] = await ask(sydney, {
      MetricDataQueries: [
        query({ DBClusterIdentifier: 'sample-platform-ai-prod-sydney' }),
      ],
    });
    expect(primary.Values ?? []).toEqual([]);
  });

  it('has one point a minute, newest first, none in the future, the same each time', async () => {
    const [first] = await ask(melbourne);
    const times = first.Timestamps!.map(t => t.getTime());
    const now = aws.world.clock.now().getTime();
    expect(times[0] + MINUTE_MS).toBeLessThanOrEqual(now);
    expect(times[0] + 2 * MINUTE_MS).toBeGreaterThan(now - 5_000);
    times.slice(1).forEach((time, index) => {
      expect(times[index] - time).toBe(MINUTE_MS);
    });

    const range = { EndTime: new Date(times[0]) };
    const [again] = await ask(melbourne, range);
    const [ascending] = await ask(melbourne, {
      ...range,
      ScanBy: 'TimestampAscending',
    });
    expect(again.Values!.slice(0, 30)).toEqual(first.Values!.slice(1, 31));
    expect([...ascending.Values!].reverse()).toEqual(again.Values);
  });

  it('is found by the region of its source too, and the other lags go with it', async () => {
    const results = await ask(melbourne, {
      MetricDataQueries: [
        query({ SourceRegion: 'ap-southeast-2' }, undefined, 'a'),
        query({ DBClusterIdentifier: SECONDARY }, 'AuroraGlobalDBRPOLag', 'b'),
        query(
          { DBClusterIdentifier: SECONDARY },
          'AuroraGlobalDBProgressLag',
          'c',
        ),
      ],
    });
    const [lag, rpo, progress] = results.map(r => r.Values![0]);
    expect(rpo).toBeLessThan(lag);
    expect(progress).toBeGreaterThan(lag);
  });

  it('answers nothing for metrics that it does not have', async () => {
    const results = await ask(melbourne, {
      MetricDataQueries: [
        query({ DBClusterIdentifier: 'none' }, undefined, 'a'),
        query(
          { DBClusterIdentifier: SECONDARY, Role: 'READER' },
          undefined,
          'b',
        ),
        query({ DBClusterIdentifier: SECONDARY }, 'Nonsense', 'c'),
      ],
    });
    expect(results.map(r => [r.Id, r.Values ?? []])).toEqual([
      ['a', []],
      ['b', []],
      ['c', []],
    ]);
  });

  it('makes the lag spike from now on, and remembers it', async () => {
    await aws.world.scenarios.start('lag-spike');
    aws.world.clock.advance(10 * MINUTE_MS);
    const [spiking] = await ask(melbourne);
    expect(spiking.Values![0]).toBeGreaterThan(1000);
    expect(spiking.Values![30]).toBeLessThan(1000);

    await aws.world.scenarios.start('calm');
    aws.world.clock.advance(10 * MINUTE_MS);
    const [calm] = await ask(melbourne);
    expect(calm.Values![0]).toBeLessThan(1000);
    expect(calm.Values![15]).toBeGreaterThan(1000);
  });

  it('sends nothing from the secondary region while it is down', async () => {
    await aws.world.scenarios.start('region-down');
    aws.world.clock.advance(30 * MINUTE_MS);
    const [lag] = await ask(melbourne);
    const now = aws.world.clock.now().getTime();
    expect(lag.Values!.length).toBeGreaterThan(20);
    expect(lag.Timestamps![0].getTime()).toBeLessThan(now - 29 * MINUTE_MS);
    const [cpu] = await ask(sydney, {
      MetricDataQueries: [
        query(
          { DBClusterIdentifier: 'sample-platform-ai-prod-sydney' },
          'CPUUtilization',
        ),
      ],
    });
    expect(cpu.Timestamps![0].getTime()).toBeGreaterThan(now - 3 * MINUTE_MS);
  });

  it('gives statistics by period', async () => {
    const start = new Date('2026-01-05T10:00:00Z');
    jest
      .spyOn(aws.world.clock, 'now')
      .mockReturnValue(new Date('2026-01-05T11:00:00Z'));
    const { Datapoints, Label } = await melbourne.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/RDS',
        MetricName: 'AuroraGlobalDBReplicationLag',
        Dimensions: [{ Name: 'DBClusterIdentifier', Value: SECONDARY }],
        StartTime: start,
        EndTime: new Date('2026-01-05T10:30:00Z'),
        Period: 300,
        Statistics: ['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum'],
        ExtendedStatistics: ['p50'],
      }),
    );
    expect(Label).toBe('AuroraGlobalDBReplicationLag');
    expect(Datapoints).toHaveLength(6);
    for (const point of Datapoints!) {
      expect(point.Unit).toBe('Milliseconds');
      expect(point.SampleCount).toBe(5);
      expect(point.Average).toBeCloseTo(point.Sum! / 5);
      expect(point.Minimum).toBeLessThanOrEqual(point.ExtendedStatistics!.p50);
      expect(point.Maximum).toBeGreaterThanOrEqual(
        point.ExtendedStatistics!.p50,
      );
    }
    await expect(
      melbourne.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/RDS',
          MetricName: 'CPUUtilization',
          StartTime: new Date('2026-01-01T00:00:00Z'),
          EndTime: new Date('2026-01-05T00:00:00Z'),
          Period: 60,
          Statistics: ['Average'],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
  });

  it('refuses what GetMetricData does not allow', async () => {
    const refused = (
      input: Partial<GetMetricDataCommandInput>,
      error: { name?: string; message?: unknown },
    ) => expect(ask(melbourne, input)).rejects.toMatchObject(error);
    await refused(
      {
        MetricDataQueries: Array.from({ length: 501 }, (_, index) =>
          query({}, 'X', `q${index}`),
        ),
      },
      {
        name: 'ValidationError',
        message: expect.stringContaining('500'),
      },
    );
    await refused(
      {
        MetricDataQueries: [query({}), query({})],
      },
      { message: expect.stringContaining('not unique') },
    );
    await refused(
      {
        MetricDataQueries: [query({}, 'X', 'Capital')],
      },
      { message: expect.stringContaining('Capital') },
    );
    await refused(
      {
        MetricDataQueries: [{ Id: 'e', Expression: 'a+b' }],
      },
      {
        message: expect.stringContaining('Undefined variable: a'),
      },
    );
    await refused(
      { EndTime: new Date(0) },
      {
        message: expect.stringContaining('StartTime'),
      },
    );
    await refused(
      { NextToken: 'x' },
      {
        name: 'InvalidNextToken',
      },
    );
  });

  it('deals long answers out in pages', async () => {
    const now = aws.world.clock.now().getTime();
    const seen: Record<string, number[]> = { a: [], b: [] };
    const sizes: number[] = [];
    for await (const page of paginateGetMetricData(
      { client: melbourne },
      {
        StartTime: new Date(now - 60 * MINUTE_MS),
        EndTime: new Date(now),
        MaxDatapoints: 40,
        MetricDataQueries: [
          query({ DBClusterIdentifier: SECONDARY }, undefined, 'a'),
          query({ SourceRegion: 'ap-southeast-2' }, undefined, 'b'),
        ],
      },
    )) {
      const results = page.MetricDataResults!;
      sizes.push(results.reduce((n, r) => n + r.Values!.length, 0));
      for (const result of results) {
        seen[result.Id!].push(...result.Values!);
      }
    }
    expect(sizes.slice(0, -1)).toEqual([40, 40]);
    expect(seen.a).toEqual(seen.b);
    expect(seen.a.length).toBeGreaterThanOrEqual(59);
  });

  it.each([
    ['JSON 1.0', AwsJson1_0Protocol],
    ['CBOR', AwsSmithyRpcV2CborProtocol],
    ['query', AwsQueryProtocol],
  ])('speaks %s, as clients of different age do', async (_name, protocol) => {
    const client = new CloudWatchClient({
      ...aws.as(PROD, 'ap-southeast-4'),
      protocol,
    });
    const [result] = await ask(client);
    const [plain] = await ask(melbourne);
    // A minute may be over between the two calls.
    const common = plain
      .Timestamps!.slice(10, 40)
      .map(at => result.Timestamps!.findIndex(other => +other === +at));
    expect(common.map(index => result.Values![index])).toEqual(
      plain.Values!.slice(10, 40),
    );
    expect(result.Timestamps![0]).toBeInstanceOf(Date);
    await expect(ask(client, { EndTime: new Date(0) })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('StartTime'),
    });
    await expect(ask(client, { NextToken: 'x' })).rejects.toMatchObject({
      name: 'InvalidNextToken',
    });
  });

  it('answers a full call of 500 metrics quickly', async () => {
    // Of the processor, not of the clock: other tests run beside this one.
    const before = process.cpuUsage();
    const now = aws.world.clock.now().getTime();
    const results = await ask(melbourne, {
      StartTime: new Date(now - 180 * MINUTE_MS),
      EndTime: new Date(now),
      MetricDataQueries: Array.from({ length: 500 }, (_, index) =>
        query({ DBClusterIdentifier: SECONDARY }, undefined, `q${index}`),
      ),
    });
    expect(results).toHaveLength(500);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5_000);
  });

  it('lists metrics, and keeps what is put', async () => {
    const { Metrics } = await melbourne.send(
      new ListMetricsCommand({
        Namespace: 'AWS/RDS',
        MetricName: 'AuroraGlobalDBReplicationLag',
      }),
    );
    expect(Metrics!.map(m => m.Dimensions)).toEqual(
      expect.arrayContaining([
        [{ Name: 'DBClusterIdentifier', Value: SECONDARY }],
        [{ Name: 'SourceRegion', Value: 'ap-southeast-2' }],
      ]),
    );
    expect(
      (
        await sydney.send(
          new ListMetricsCommand({
            MetricName: 'AuroraGlobalDBReplicationLag',
          }),
        )
      ).Metrics ?? [],
    ).toEqual([]);

    const at = new Date(aws.world.clock.now().getTime() - 5 * MINUTE_MS);
    // Enough data that the client compresses the call.
    await sydney.send(
      new PutMetricDataCommand({
        Namespace: 'Orders',
        MetricData: Array.from({ length: 500 }, (_, index) => ({
          MetricName: 'Placed',
          Dimensions: [{ Name: 'Shop', Value: 'one' }],
          Timestamp: at,
          Value: index,
          Unit: 'Count' as const,
        })),
      }),
    );
    const { Datapoints } = await sydney.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Orders',
        MetricName: 'Placed',
        Dimensions: [{ Name: 'Shop', Value: 'one' }],
        StartTime: new Date(at.getTime() - 5 * MINUTE_MS),
        EndTime: aws.world.clock.now(),
        Period: 60,
        Statistics: ['SampleCount', 'Maximum'],
      }),
    );
    expect(Datapoints).toEqual([
      expect.objectContaining({ SampleCount: 500, Maximum: 499 }),
    ]);
  });

  it('refuses data of long ago and of the future, and names that are reserved', async () => {
    const put = (days: number, Namespace = 'Orders') =>
      sydney.send(
        new PutMetricDataCommand({
          Namespace,
          MetricData: [
            {
              MetricName: 'Late',
              Value: 1,
              Timestamp: new Date(
                aws.world.clock.now().getTime() + days * 1440 * MINUTE_MS,
              ),
            },
          ],
        }),
      );
    for (const days of [-15, 1]) {
      await expect(put(days)).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringContaining('MetricData.member.1.Timestamp'),
      });
    }
    await expect(put(0, 'AWS/Orders')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await put(-13);
  });
});
