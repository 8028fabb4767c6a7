import {
  CloudWatchClient,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DBCluster,
  DescribeDBClustersCommand,
  DescribeEventsCommand,
  DescribeGlobalClustersCommand,
  GlobalCluster,
  RDSClient,
} from '@aws-sdk/client-rds';
import { AwsRig, startAws } from './startAws';

export const DEV = '111100000001';
export const PROD = '111100000003';
/** A global database whose primary is in Sydney. */
export const GLOBAL = 'sample-platform-ai-prod';
export const SYDNEY =
  'arn:aws:rds:ap-southeast-2:111100000003:cluster:sample-platform-ai-prod-sydney';
export const MELBOURNE =
  'arn:aws:rds:ap-southeast-4:111100000003:cluster:sample-platform-ai-prod-melbourne';
export const DAY_MS = 86_400_000;

/** A pretend AWS and its databases. */
export interface DatabaseRig {
  aws: AwsRig;
  /** Production in the region of the primary. */
  readonly sydney: RDSClient;
  /** Production in the other region. */
  readonly melbourne: RDSClient;
  readonly dev: RDSClient;
  globalNow(): Promise<GlobalCluster>;
  clusterNow(rds: RDSClient, id: string): Promise<DBCluster>;
  /** Events of the last hour. */
  messages(rds: RDSClient): Promise<string[]>;
  /** Replication lag of the last three minutes, ms; empty where it is not measured. */
  lagIn(region: string, id: string): Promise<number[]>;
}

/** Starts it. */
export async function startDatabases(): Promise<DatabaseRig> {
  const aws = await startAws();
  const clients = new Map<string, RDSClient>();
  // After a restart the address is another.
  const client = (accountId: string, region?: string) => {
    const key = [aws.endpoint, accountId, region].join(' ');
    const found = clients.get(key) ?? new RDSClient(aws.as(accountId, region));
    clients.set(key, found);
    return found;
  };
  return {
    aws,
    get sydney() {
      return client(PROD);
    },
    get melbourne() {
      return client(PROD, 'ap-southeast-4');
    },
    get dev() {
      return client(DEV);
    },
    async globalNow() {
      const { GlobalClusters } = await client(PROD).send(
        new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: GLOBAL }),
      );
      return GlobalClusters![0];
    },
    async clusterNow(rds, id) {
      const { DBClusters } = await rds.send(
        new DescribeDBClustersCommand({ DBClusterIdentifier: id }),
      );
      return DBClusters![0];
    },
    async messages(rds) {
      const { Events } = await rds.send(
        new DescribeEventsCommand({ Duration: 60 }),
      );
      return Events!.map(({ Message }) => Message!);
    },
    async lagIn(region, id) {
      const now = aws.world.clock.now().getTime();
      const { MetricDataResults } = await new CloudWatchClient(
        aws.as(PROD, region),
      ).send(
        new GetMetricDataCommand({
          StartTime: new Date(now - 180_000),
          EndTime: new Date(now),
          MetricDataQueries: [
            {
              Id: 'lag',
              MetricStat: {
                Metric: {
                  Namespace: 'AWS/RDS',
                  MetricName: 'AuroraGlobalDBReplicationLag',
                  Dimensions: [{ Name: 'DBClusterIdentifier', Value: id }],
                },
                Period: 60,
                Stat: 'Maximum',
              },
            },
          ],
        }),
      );
      return MetricDataResults![0].Values ?? [];
    },
  };
}
