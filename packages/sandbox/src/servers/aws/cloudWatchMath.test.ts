import {
  CloudWatchClient,
  GetMetricDataCommand,
  MetricDataQuery,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { AwsRig, startAws } from './__testUtils__/startAws';

const MINUTE_MS = 60_000;

describe('CloudWatch metric math', () => {
  let aws: AwsRig;
  let client: CloudWatchClient;
  let start: number;
  beforeAll(async () => {
    aws = await startAws();
    client = new CloudWatchClient(aws.as('111100000003'));
    start =
      Math.floor(aws.world.clock.now().getTime() / MINUTE_MS) * MINUTE_MS -
      10 * MINUTE_MS;
    // Five minutes of two metrics; the second has none in the third minute.
    const rows: Array<[string, Array<number | undefined>]> = [
      ['Requests', [10, 20, 30, 40, 50]],
      ['Errors', [1, 2, undefined, 4, 0]],
    ];
    for (const [MetricName, values] of rows) {
      for (const [minute, Value] of values.entries()) {
        if (Value !== undefined) {
          await client.send(
            new PutMetricDataCommand({
              Namespace: 'Shop',
              MetricData: [
                {
                  MetricName,
                  Value,
                  Timestamp: new Date(start + minute * MINUTE_MS),
                  Dimensions: [{ Name: 'Service', Value: 'checkout' }],
                },
              ],
            }),
          );
        }
      }
    }
  });
  afterAll(() => aws.close());

  const metric = (Id: string, MetricName: string): MetricDataQuery => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'Shop',
        MetricName,
        Dimensions: [{ Name: 'Service', Value: 'checkout' }],
      },
      Period: 60,
      Stat: 'Sum',
    },
  });
  const run = async (Expression: string, others: MetricDataQuery[] = []) =>
    (
      await client.send(
        new GetMetricDataCommand({
          StartTime: new Date(start),
          EndTime: new Date(start + 5 * MINUTE_MS),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: [
            { Id: 'result', Expression, Period: 60 },
            metric('m1', 'Requests'),
            metric('m2', 'Errors'),
            ...others,
          ],
        }),
      )
    ).MetricDataResults!;
  const values = async (expression: string) =>
    (await run(expression)).map(({ Values }) => Values ?? []);

  it.each<[string, number[][]]>([
    ['m2 / m1 * 100', [[10, 10, 10, 0]]],
    ['m1 - 2 ^ 3', [[2, 12, 22, 32, 42]]],
    ['-m1 + MAX(m1)', [[40, 30, 20, 10, 0]]],
    ['FILL(m2, 0) + m1', [[11, 22, 30, 44, 50]]],
    ['FILL(m2, REPEAT)', [[1, 2, 2, 4, 0]]],
    ['FILL(m2, LINEAR)', [[1, 2, 3, 4, 0]]],
    ['SUM([m1, m2])', [[11, 22, 30, 44, 50]]],
    ['AVG(METRICS())', [[5.5, 11, 30, 22, 25]]],
    ['MIN([m1, FILL(m2, 99)])', [[1, 2, 30, 4, 0]]],
    ['IF(m1 > 25, m1, 0)', [[0, 0, 30, 40, 50]]],
    ['IF(m1 > 25, m1)', [[30, 40, 50]]],
    ['IF(m1 > 15 AND m1 < 45, 1, 0)', [[0, 1, 1, 1, 0]]],
    ['RATE(m1) * PERIOD(m1)', [[10, 10, 10, 10]]],
    ['DIFF(m1)', [[10, 10, 10, 10]]],
    ['RUNNING_SUM(m1)', [[10, 30, 60, 100, 150]]],
    ['m1 / (m1 - 30)', [[-0.5, -2, 4, 2.5]]],
    [
      '[m1, m2] * 2',
      [
        [20, 40, 60, 80, 100],
        [2, 4, 8, 0],
      ],
    ],
    ['SLICE(SORT([m1, m2], SUM, DESC), 0, 1)', [[10, 20, 30, 40, 50]]],
    ['TIME_SERIES(AVG(m1))', [[30, 30, 30, 30, 30]]],
    ['CEIL(m1 / 20)', [[1, 1, 2, 2, 3]]],
    [
      `SEARCH('{Shop,Service} MetricName="Requests"', 'Sum', 60)`,
      [[10, 20, 30, 40, 50]],
    ],
    [
      `SUM(SEARCH('{Shop,Service} Service=checkout NOT MetricName="Errors"', 'Sum', 60))`,
      [[10, 20, 30, 40, 50]],
    ],
    [
      `SEARCH('Namespace="Shop" (requests OR errors)', 'Maximum')`,
      [
        [1, 2, 4, 0],
        [10, 20, 30, 40, 50],
      ],
    ],
    [`SEARCH('{Shop,Service} nothing', 'Sum', 60)`, []],
  ])('comes to what %s says', async (expression, expected) => {
    expect(await values(expression)).toEqual(expected);
  });

  it('uses other expressions, in any order, and labels several series', async () => {
    const results = await run('e2 + 1', [
      { Id: 'e2', Expression: 'm1 * 2', ReturnData: false },
    ]);
    expect(results).toEqual([
      expect.objectContaining({ Id: 'result', Values: [21, 41, 61, 81, 101] }),
    ]);
    const labelled = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(start),
        EndTime: new Date(start + 5 * MINUTE_MS),
        MetricDataQueries: [
          metric('m1', 'Requests'),
          metric('m2', 'Errors'),
          { Id: 'all', Expression: 'METRICS()', Label: 'Shop' },
        ],
      }),
    );
    expect(labelled.MetricDataResults!.map(({ Label }) => Label)).toEqual([
      'Shop Requests',
      'Shop Errors',
    ]);
  });

  it.each([
    ['m1 +', 'Syntax error'],
    ['m1; m2', 'Syntax error'],
    ['m1.sum', 'Syntax error'],
    ['m1 & m2', 'Unsupported operator &'],
    ['NOSUCH(m1)', 'Unknown function: NOSUCH'],
    ['constructor(m1)', 'Unknown function: constructor'],
    ['m9', 'Undefined variable: m9'],
    ['result + 1', 'Circular reference'],
    ['SUM(m1)', 'must be a time series'],
    [`m1 + 'a'`, 'Unsupported operand'],
    [`SEARCH('(a', 'Sum', 60)`, 'bracket is not closed'],
    [`SEARCH('a', 'Mean', 60)`, 'unknown statistic'],
  ])('refuses %s', async (expression, reason) => {
    await expect(run(expression)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(reason),
    });
  });
});
