import { Conditions } from './Conditions';
import { DatabaseFleet, DatabasePlace } from './DatabaseFleet';
import {
  connections,
  cpu,
  deadlocks,
  freeableMemory,
  freeStorage,
  globalLag,
  latency,
  Measurement,
  plainReplicaLag,
  replicaLag,
  serverlessCapacity,
  volumeBytes,
} from './databases/measurements';
import { DatabaseCluster, DatabaseInstance, Phase } from './databases/records';
import { MetricSeries } from './MetricSeries';
import { lastMinuteOf, measuring } from './phases';

const NAMESPACE = 'AWS/RDS';

type Measured = DatabaseCluster | DatabaseInstance;

/**
 * The CloudWatch metrics that RDS sends for the databases of an account in a region.
 *
 * What a database was at a time decides what was measured then: nothing while it
 * was stopped or its region was down, and the lag of a global database in the
 * region that was the secondary.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
 */
export function databaseSeries(
  databases: DatabaseFleet,
  conditions: Conditions,
  place: DatabasePlace,
): MetricSeries[] {
  const { clusters, instances } = databases.measuredIn(place);
  return [
    ...clusters.flatMap(cluster =>
      clusterSeries(
        cluster,
        instances.filter(({ clusterId }) => clusterId === cluster.id),
        conditions,
      ),
    ),
    ...instances.flatMap(instance => instanceSeries(instance, conditions)),
  ];
}

function clusterSeries(
  cluster: DatabaseCluster,
  members: DatabaseInstance[],
  conditions: Conditions,
): MetricSeries[] {
  const ofCluster = { DBClusterIdentifier: cluster.id };
  const means: Array<
    [string, string, (instance: DatabaseInstance) => Measurement]
  > = [
    ['CPUUtilization', 'Percent', ({ id }) => cpu(id)],
    ['DatabaseConnections', 'Count', ({ id }) => connections(id)],
    ['FreeableMemory', 'Bytes', freeableMemory],
    ['Deadlocks', 'Count/Second', ({ id }) => deadlocks(id)],
  ];
  if (cluster.serverless) {
    const { minimum, maximum } = cluster.serverless;
    means.push([
      'ServerlessDatabaseCapacity',
      'Count',
      ({ id }) => serverlessCapacity(id, minimum, maximum),
    ]);
  }
  const roles: Array<{
    dimensions: MetricSeries['dimensions'];
    has: (phase: Phase) => boolean;
  }> = [
    { dimensions: ofCluster, has: () => true },
    {
      dimensions: { ...ofCluster, Role: 'WRITER' },
      has: ({ writes }) => writes,
    },
    {
      dimensions: { ...ofCluster, Role: 'READER' },
      has: ({ writes }) => !writes,
    },
  ];
  const series = roles.flatMap(({ dimensions, has }) =>
    means.map(([name, unit, valueOf]) =>
      meanOf(members, conditions, has, { name, unit, dimensions }, valueOf),
    ),
  );
  series.push(
    meanOf(
      members,
      conditions,
      ({ writes }) => !writes,
      {
        name: 'AuroraReplicaLag',
        unit: 'Milliseconds',
        dimensions: { ...ofCluster, Role: 'READER' },
      },
      ({ id }) => replicaLag(id),
    ),
    whenever(cluster, conditions, () => true, {
      name: 'VolumeBytesUsed',
      unit: 'Bytes',
      dimensions: ofCluster,
      valueAt: volumeBytes(cluster),
    }),
    ...globalSeries(cluster, conditions),
  );
  return series.filter(({ lastMinute }) => lastMinute !== -Infinity);
}

/** What the secondary of a global database says about how far it is behind. */
function globalSeries(
  cluster: DatabaseCluster,
  conditions: Conditions,
): MetricSeries[] {
  const sources = new Set(
    cluster.history.flatMap(({ sourceRegion }) => sourceRegion ?? []),
  );
  return [...sources].flatMap(source => {
    const lag = globalLag(cluster.id, source, conditions);
    const metrics: Array<[string, Measurement]> = [
      ['AuroraGlobalDBReplicationLag', lag],
      // Only user transactions count towards the RPO, all towards progress.
      ['AuroraGlobalDBRPOLag', minute => lag(minute) * 0.85],
      ['AuroraGlobalDBProgressLag', minute => lag(minute) * 1.12],
    ];
    const dimensionsOf: MetricSeries['dimensions'][] = [
      { DBClusterIdentifier: cluster.id },
      { SourceRegion: source },
    ];
    return metrics.flatMap(([name, valueAt]) =>
      dimensionsOf.map(dimensions =>
        whenever(
          cluster,
          conditions,
          phase => !phase.writes && phase.sourceRegion === source,
          { name, unit: 'Milliseconds', dimensions, valueAt },
        ),
      ),
    );
  });
}

function instanceSeries(
  instance: DatabaseInstance,
  conditions: Conditions,
): MetricSeries[] {
  const { id } = instance;
  const dimensions = { DBInstanceIdentifier: id };
  const always = () => true;
  const metrics: Array<
    [string, string, Measurement, (phase: Phase) => boolean]
  > = [
    ['CPUUtilization', 'Percent', cpu(id), always],
    ['DatabaseConnections', 'Count', connections(id), always],
    ['FreeableMemory', 'Bytes', freeableMemory(instance), always],
    ['ReadLatency', 'Seconds', latency(`read:${id}`, 0.0006), always],
    ['WriteLatency', 'Seconds', latency(`write:${id}`, 0.0014), always],
  ];
  if (instance.clusterId) {
    metrics.push(
      ['Deadlocks', 'Count/Second', deadlocks(id), always],
      [
        'AuroraReplicaLag',
        'Milliseconds',
        replicaLag(id),
        ({ writes }) => !writes,
      ],
    );
  } else {
    metrics.push(['FreeStorageSpace', 'Bytes', freeStorage(instance), always]);
  }
  if (instance.replicaOf) {
    metrics.push([
      'ReplicaLag',
      'Seconds',
      plainReplicaLag(id),
      ({ writes }) => !writes,
    ]);
  }
  return metrics
    .map(([name, unit, valueAt, has]) =>
      whenever(instance, conditions, has, { name, unit, dimensions, valueAt }),
    )
    .filter(({ lastMinute }) => lastMinute !== -Infinity);
}

/** A series that is there while a database runs, its region is up, and the phase will do. */
function whenever(
  record: Measured,
  conditions: Conditions,
  has: (phase: Phase) => boolean,
  series: Omit<MetricSeries, 'namespace' | 'lastMinute'> & {
    valueAt: Measurement;
  },
): MetricSeries {
  const measures = measuring(record, conditions, has);
  return {
    namespace: NAMESPACE,
    ...series,
    lastMinute: lastMinuteOf(record, has),
    valueAt: minute => (measures(minute) ? series.valueAt(minute) : undefined),
  };
}

/** The mean over those that were measured at the time; none: no value. */
function meanOf(
  members: DatabaseInstance[],
  conditions: Conditions,
  has: (phase: Phase) => boolean,
  series: Pick<MetricSeries, 'name' | 'unit' | 'dimensions'>,
  valueOf: (instance: DatabaseInstance) => Measurement,
): MetricSeries {
  const parts = members.map(member => ({
    measures: measuring(member, conditions, has),
    valueAt: valueOf(member),
  }));
  const ends = members.map(member => lastMinuteOf(member, has));
  return {
    namespace: NAMESPACE,
    ...series,
    lastMinute: ends.includes(undefined)
      ? undefined
      : Math.max(-Infinity, ...(ends as number[])),
    valueAt(minute) {
      let sum = 0;
      let count = 0;
      for (const { measures, valueAt } of parts) {
        if (measures(minute)) {
          sum += valueAt(minute);
          count += 1;
        }
      }
      return count === 0 ? undefined : sum / count;
    },
  };
}
