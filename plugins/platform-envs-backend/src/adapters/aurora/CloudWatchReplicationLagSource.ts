import {
  CloudWatchClient,
  GetMetricDataCommand,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeGlobalClustersCommand,
  GlobalCluster,
  GlobalClusterMember,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  okReading,
  Reading,
  ReplicationLag,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  ReplicatedDatabase,
  ReplicationLagSource,
} from '@fairway/plugin-platform-envs-node';

/** @public */
export interface CloudWatchReplicationLagSourceOptions {
  credentials: AwsCredentialsManager;
  /** Default: the time of the machine. */
  now?: () => Date;
}

/** How far back the series goes. */
const WINDOW_MS = 3 * 60 * 60_000;

/** Seconds. The finest period that CloudWatch keeps for these metrics beyond three hours. */
const PERIOD_SECONDS = 60;

/** An older data point says nothing about now. */
const FRESH_MS = 5 * 60_000;

/** One hung account must not keep the others waiting. */
const TIMEOUT_MS = 15_000;

const LAG = 'AuroraGlobalDBReplicationLag';
const RPO_LAG = 'AuroraGlobalDBRPOLag';

/**
 * Replication lag of Aurora global databases, from CloudWatch.
 *
 * The lag metrics exist only in the region of each reader, so the members are
 * asked for first, each time: a switchover swaps the roles. Unit:
 * milliseconds, maximum of each minute.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
 * @public
 */
export class CloudWatchReplicationLagSource implements ReplicationLagSource {
  readonly #now: () => Date;

  constructor(private readonly options: CloudWatchReplicationLagSourceOptions) {
    this.#now = options.now ?? (() => new Date());
  }

  async getReplicationLag(
    database: ReplicatedDatabase,
  ): Promise<ReplicationLag[]> {
    try {
      const cluster = await this.#describe(database);
      const members = cluster.GlobalClusterMembers ?? [];
      const writer = members.find(m => m.IsWriter);
      if (!writer) {
        throw new ServiceUnavailableError(
          `The global cluster ${
            database.globalCluster
          } has no writer at the moment (${
            cluster.Status ?? 'status unknown'
          })`,
        );
      }
      return await Promise.all(
        members
          .filter(m => !m.IsWriter)
          .map(reader => this.#read(database, cluster, writer, reader)),
      );
    } catch (error) {
      throw toBackstageError(error, database);
    }
  }

  async #describe(database: ReplicatedDatabase): Promise<GlobalCluster> {
    const client = new RDSClient(
      await this.#clientConfig(database, database.primaryRegion),
    );
    try {
      const { GlobalClusters = [] } = await client.send(
        new DescribeGlobalClustersCommand({
          GlobalClusterIdentifier: database.globalCluster,
        }),
        { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
      );
      const [found] = GlobalClusters;
      if (!found) {
        throw new NotFoundError(
          `Account ${database.accountId} has no global cluster ${database.globalCluster}`,
        );
      }
      return found;
    } finally {
      client.destroy();
    }
  }

  async #read(
    database: ReplicatedDatabase,
    cluster: GlobalCluster,
    writerMember: GlobalClusterMember,
    readerMember: GlobalClusterMember,
  ): Promise<ReplicationLag> {
    const writer = memberOf(writerMember);
    const reader = memberOf(readerMember);
    const [lag, rpoLag] = await this.#metrics(database, reader);
    const now = this.#now();
    return {
      globalCluster: database.globalCluster,
      status: cluster.Status ?? 'unknown',
      writer,
      reader: {
        ...reader,
        ...(readerMember.SynchronizationStatus && {
          synchronization: readerMember.SynchronizationStatus,
        }),
      },
      lagMs: latest(LAG, lag, reader.region, now),
      rpoLagMs: latest(RPO_LAG, rpoLag, reader.region, now),
      series: pointsOf(lag)
        .filter(p => isLag(p.value))
        .map(({ at, value }) => ({ at, lagMs: value })),
    };
  }

  async #metrics(
    database: ReplicatedDatabase,
    reader: { cluster: string; region: string },
  ): Promise<[MetricDataResult, MetricDataResult]> {
    const client = new CloudWatchClient(
      await this.#clientConfig(database, reader.region),
    );
    const end = this.#now();
    const input = {
      StartTime: new Date(end.getTime() - WINDOW_MS),
      EndTime: end,
      ScanBy: 'TimestampAscending' as const,
      MetricDataQueries: [
        query('lag', LAG, reader.cluster),
        query('rpo', RPO_LAG, reader.cluster),
      ],
    };
    const results: Record<string, MetricDataResult> = {};
    try {
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new GetMetricDataCommand({
            ...input,
            ...(nextToken && { NextToken: nextToken }),
          }),
          { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
        );
        for (const result of page.MetricDataResults ?? []) {
          const known = results[result.Id ?? ''];
          results[result.Id ?? ''] = {
            ...result,
            Timestamps: [
              ...(known?.Timestamps ?? []),
              ...(result.Timestamps ?? []),
            ],
            Values: [...(known?.Values ?? []), ...(result.Values ?? [])],
          };
        }
        nextToken = page.NextToken;
      } while (nextToken);
    } finally {
      client.destroy();
    }
    return [results.lag ?? {}, results.rpo ?? {}];
  }

  async #clientConfig(database: ReplicatedDatabase, region: string) {
    const provider = await this.options.credentials.getCredentialProvider({
      accountId: database.accountId,
    });
    return {
      region,
      credentials: provider.sdkCredentialProvider,
      maxAttempts: 3,
    };
  }
}

function query(id: string, metric: string, cluster: string): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/RDS',
        MetricName: metric,
        Dimensions: [{ Name: 'DBClusterIdentifier', Value: cluster }],
      },
      Period: PERIOD_SECONDS,
      Stat: 'Maximum',
      // CloudWatch answers with the data points of this unit and no other
      Unit: 'Milliseconds',
    },
    ReturnData: true,
  };
}

/** `arn:aws:rds:<region>:<account>:cluster:<id>` */
function memberOf({ DBClusterArn = '' }: GlobalClusterMember): {
  cluster: string;
  region: string;
} {
  const [, , service, region, , type, cluster] = DBClusterArn.split(':');
  if (service !== 'rds' || type !== 'cluster' || !region || !cluster) {
    throw new ServiceUnavailableError(
      `AWS names a member of the global cluster "${DBClusterArn}", which is not the ARN of a DB cluster`,
    );
  }
  return { cluster, region };
}

function pointsOf(result: MetricDataResult): Array<{
  at: string;
  value: number;
}> {
  const { Timestamps = [], Values = [] } = result;
  return Timestamps.map((timestamp, index) => ({
    at: timestamp.toISOString(),
    value: Values[index],
  })).sort((a, b) => a.at.localeCompare(b.at));
}

function isLag(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function latest(
  metric: string,
  result: MetricDataResult,
  region: string,
  now: Date,
): Reading<number> {
  if (
    result.StatusCode === 'Forbidden' ||
    result.StatusCode === 'InternalError'
  ) {
    return unavailableReading(
      `CloudWatch in ${region} answered ${result.StatusCode} for ${metric}`,
    );
  }
  const last = pointsOf(result).at(-1);
  if (!last) {
    return unavailableReading(
      `No data points of ${metric} in milliseconds in ${region} in the last 3 h`,
    );
  }
  if (!isLag(last.value)) {
    return unavailableReading(
      `Invalid: CloudWatch in ${region} gives ${last.value} for ${metric}, which is no duration`,
      last.at,
    );
  }
  const age = now.getTime() - Date.parse(last.at);
  if (age > FRESH_MS) {
    return unavailableReading(
      `No data points of ${metric} in ${region} since ${last.at}`,
      last.at,
    );
  }
  return okReading(last.value, last.at);
}

function toBackstageError(error: unknown, database: ReplicatedDatabase): Error {
  if (
    error instanceof NotFoundError ||
    error instanceof NotAllowedError ||
    error instanceof ServiceUnavailableError
  ) {
    return error;
  }
  const { name = 'Error', message = String(error) } = error as Error;
  if (name === 'GlobalClusterNotFoundFault') {
    return new NotFoundError(
      `Account ${database.accountId} has no global cluster ${database.globalCluster}`,
    );
  }
  if (
    /AccessDenied|UnauthorizedOperation|ExpiredToken|InvalidClientTokenId/.test(
      name,
    )
  ) {
    return new NotAllowedError(
      `AWS account ${database.accountId} does not let us look (${name}); check the role that aws.accounts or aws.accountDefaults names and its rights rds:DescribeGlobalClusters and cloudwatch:GetMetricData`,
      error,
    );
  }
  return new ServiceUnavailableError(
    `AWS account ${database.accountId} cannot be asked about ${database.globalCluster}: ${name}: ${message}`,
    error,
  );
}
