import {
  CloudWatchClient,
  GetMetricDataCommandInput,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { GlobalCluster, RDSClient } from '@aws-sdk/client-rds';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CloudWatchReplicationLagSource } from './CloudWatchReplicationLagSource';

const NOW = new Date('2026-03-10T12:00:00Z');
const minutesAgo = (n: number) => new Date(NOW.getTime() - n * 60_000);

const member = (region: string, isWriter: boolean) => ({
  DBClusterArn: `arn:aws:rds:${region}:111111111111:cluster:shop-${region}`,
  IsWriter: isWriter,
  ...(!isWriter && { SynchronizationStatus: 'connected' as const }),
});

const cluster: GlobalCluster = {
  GlobalClusterIdentifier: 'shop',
  Status: 'available',
  GlobalClusterMembers: [
    member('eu-central-1', true),
    member('eu-west-1', false),
  ],
};

const points = (
  ...values: Array<[minutes: number, value: number]>
): MetricDataResult => ({
  StatusCode: 'Complete',
  Timestamps: values.map(([minutes]) => minutesAgo(minutes)),
  Values: values.map(([, value]) => value),
});

const asked: Array<{ account?: string }> = [];
const credentials: AwsCredentialsManager = {
  async getCredentialProvider(options) {
    asked.push({ account: options?.accountId });
    return {
      sdkCredentialProvider: async () => ({
        accessKeyId: 'key',
        secretAccessKey: 'secret',
      }),
    };
  },
};

const database = {
  globalCluster: 'shop',
  accountId: '111111111111',
  primaryRegion: 'eu-central-1',
};

const metricCalls: Array<{ region: string; input: GetMetricDataCommandInput }> =
  [];

function play(
  lag: MetricDataResult,
  rpo: MetricDataResult = points([1, 90]),
  described: unknown = { GlobalClusters: [cluster] },
) {
  jest.spyOn(RDSClient.prototype, 'send').mockImplementation(async () => {
    if (described instanceof Error) throw described;
    return described;
  });
  jest
    .spyOn(CloudWatchClient.prototype, 'send')
    .mockImplementation(async function send(this: unknown, command: unknown) {
      const { config } = this as CloudWatchClient;
      const { input } = command as { input: GetMetricDataCommandInput };
      metricCalls.push({ region: await config.region(), input });
      return {
        MetricDataResults: [
          { ...lag, Id: 'lag' },
          { ...rpo, Id: 'rpo' },
        ],
      };
    } as never);
  return new CloudWatchReplicationLagSource({ credentials, now: () => NOW });
}

afterEach(() => {
  jest.restoreAllMocks();
  asked.length = 0;
  metricCalls.length = 0;
});

describe('CloudWatchReplicationLagSource', () => {
  it('reads the lag in the region of the reader, oldest point first', async () => {
    const source = play(points([1, 180], [3, 150], [2, 170]), points([1, 95]));
    await expect(source.getReplicationLag(database)).resolves.toEqual([
      {
        globalCluster: 'shop',
        status: 'available',
        writer: { cluster: 'shop-eu-central-1', region: 'eu-central-1' },
        reader: {
          cluster: 'shop-eu-west-1',
          region: 'eu-west-1',
          synchronization: 'connected',
        },
        lagMs: {
          status: 'ok',
          value: 180,
          observedAt: minutesAgo(1).toISOString(),
        },
        rpoLagMs: {
          status: 'ok',
          value: 95,
          observedAt: minutesAgo(1).toISOString(),
        },
        series: [
          { at: minutesAgo(3).toISOString(), lagMs: 150 },
          { at: minutesAgo(2).toISOString(), lagMs: 170 },
          { at: minutesAgo(1).toISOString(), lagMs: 180 },
        ],
      },
    ]);
    expect(asked.every(a => a.account === '111111111111')).toBe(true);
    const [{ region, input }] = metricCalls;
    expect(region).toBe('eu-west-1');
    expect(
      input.MetricDataQueries?.map(q => [
        q.MetricStat?.Metric?.MetricName,
        q.MetricStat?.Unit,
        q.MetricStat?.Metric?.Dimensions,
      ]),
    ).toEqual([
      [
        'AuroraGlobalDBReplicationLag',
        'Milliseconds',
        [{ Name: 'DBClusterIdentifier', Value: 'shop-eu-west-1' }],
      ],
      [
        'AuroraGlobalDBRPOLag',
        'Milliseconds',
        [{ Name: 'DBClusterIdentifier', Value: 'shop-eu-west-1' }],
      ],
    ]);
  });

  it('follows the roles when they swap', async () => {
    const source = play(points([1, 10]), undefined, {
      GlobalClusters: [
        {
          ...cluster,
          GlobalClusterMembers: [
            member('eu-central-1', false),
            member('eu-west-1', true),
          ],
        },
      ],
    });
    const [lag] = await source.getReplicationLag(database);
    expect([lag.writer.region, lag.reader.region]).toEqual([
      'eu-west-1',
      'eu-central-1',
    ]);
    expect(metricCalls[0].region).toBe('eu-central-1');
  });

  it('F42 no data point is no data, never zero', async () => {
    const [lag] = await play(points(), points()).getReplicationLag(database);
    expect(lag.lagMs).toEqual({
      status: 'unavailable',
      reason:
        'No data points of AuroraGlobalDBReplicationLag in milliseconds in eu-west-1 in the last 3 h',
    });
    expect(lag.rpoLagMs.status).toBe('unavailable');
    expect(lag.series).toEqual([]);
  });

  it('F42 an old data point says nothing about now', async () => {
    const [lag] = await play(points([20, 100])).getReplicationLag(database);
    expect(lag.lagMs).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('since 2026-03-10T11:40:00'),
    });
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'F43 %p is invalid, and is not drawn',
    async value => {
      const [lag] = await play(points([2, 5], [1, value])).getReplicationLag(
        database,
      );
      expect(lag.lagMs).toMatchObject({
        status: 'unavailable',
        reason: expect.stringMatching(/^Invalid: /),
      });
      expect(lag.series).toEqual([
        { at: minutesAgo(2).toISOString(), lagMs: 5 },
      ]);
    },
  );

  it('zero is a value', async () => {
    const [lag] = await play(points([1, 0])).getReplicationLag(database);
    expect(lag.lagMs).toMatchObject({ status: 'ok', value: 0 });
  });

  it('a database without readers gives an empty list', async () => {
    const source = play(points(), undefined, {
      GlobalClusters: [
        { ...cluster, GlobalClusterMembers: [member('eu-central-1', true)] },
      ],
    });
    await expect(source.getReplicationLag(database)).resolves.toEqual([]);
  });

  it.each([
    ['GlobalClusterNotFoundFault', 'NotFoundError', /no global cluster shop/],
    [
      'AccessDenied',
      'NotAllowedError',
      /account 111111111111 .* rds:DescribeGlobalClusters/,
    ],
    ['ExpiredToken', 'NotAllowedError', /aws\.accounts/],
    ['Throttling', 'ServiceUnavailableError', /Throttling: slow down/],
  ])('F40 %s becomes %s', async (name, expected, message) => {
    const error = Object.assign(new Error('slow down'), { name });
    const source = play(points(), points(), error);
    await expect(source.getReplicationLag(database)).rejects.toMatchObject({
      name: expected,
      message: expect.stringMatching(message),
    });
  });
});
