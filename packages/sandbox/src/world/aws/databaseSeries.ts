import { Conditions } from './Conditions';
import { DatabaseFleet, DatabasePlace } from './DatabaseFleet';
import { DatabaseCluster, DatabaseInstance, Phase } from './databases/records';
import { classMemoryBytes } from './databases/instanceClasses';
import { MetricSeries } from './MetricSeries';
import { dailyWave, noise, seedOf } from './noise';

const SPIKE_FACTOR = 20;
const MINUTE_MS = 60_000;
const NAMESPACE = 'AWS/RDS';

type Value = (minute: number) => number;
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
  const means: Array<[string, string, (instance: DatabaseInstance) => Value]> =
    [
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
      valueAt: volumeBytes(cluster.globalClusterId ?? cluster.id),
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
    const metrics: Array<[string, Value]> = [
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
  const metrics: Array<[string, string, Value, (phase: Phase) => boolean]> = [
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
  series: Omit<MetricSeries, 'namespace' | 'lastMinute'> & { valueAt: Value },
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
  valueOf: (instance: DatabaseInstance) => Value,
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

function measuring(
  { history, region }: Measured,
  conditions: Conditions,
  has: (phase: Phase) => boolean,
): (minute: number) => boolean {
  return minute => {
    const atMs = minute * MINUTE_MS;
    let current: Phase | undefined;
    for (const phase of history) {
      if (phase.fromMs > atMs) {
        break;
      }
      current = phase;
    }
    return (
      current !== undefined &&
      current.running &&
      has(current) &&
      !conditions.regionDownAt(region, atMs)
    );
  };
}

/** Undefined while it goes on; -Infinity when it never began. */
function lastMinuteOf(
  { history }: Measured,
  has: (phase: Phase) => boolean,
): number | undefined {
  let last: number | undefined = -Infinity;
  history.forEach((phase, index) => {
    if (phase.running && has(phase)) {
      const next = history[index + 1];
      last = next && Math.ceil(next.fromMs / MINUTE_MS);
    }
  });
  return last;
}

/**
 * 80 to 250 ms, with a bump of some minutes now and then. While the source
 * cannot be reached, it grows with the time.
 */
function globalLag(
  id: string,
  sourceRegion: string,
  conditions: Conditions,
): Value {
  const seed = seedOf(`lag:${id}`);
  return minute => {
    const usual =
      140 + 35 * dailyWave(seed, minute) + 60 * (noise(seed, minute) - 0.5);
    const episode = Math.floor(minute / 5);
    const bump =
      noise(seed + 1, episode) > 0.985
        ? 150 + 400 * noise(seed + 2, episode)
        : 0;
    const atMs = minute * MINUTE_MS;
    const factor = conditions.holdsAt('lag-spike', atMs) ? SPIKE_FACTOR : 1;
    const downSince = conditions.regionDownSince(sourceRegion, atMs);
    return (
      (usual + bump) * factor + (downSince === undefined ? 0 : atMs - downSince)
    );
  };
}

/** 10 to 30 ms. */
function replicaLag(id: string): Value {
  const seed = seedOf(`replica:${id}`);
  return minute => 10 + 20 * noise(seed, minute);
}

/** Whole seconds; RDS reports 0 when the replica is up to date. */
function plainReplicaLag(id: string): Value {
  const seed = seedOf(`plain-replica:${id}`);
  return minute => Math.floor(noise(seed, minute) * 1.3);
}

function cpu(id: string): Value {
  const seed = seedOf(`cpu:${id}`);
  return minute => 18 + 9 * dailyWave(seed, minute) + 6 * noise(seed, minute);
}

function connections(id: string): Value {
  const seed = seedOf(`connections:${id}`);
  return minute =>
    Math.round(24 + 12 * dailyWave(seed, minute) + 5 * noise(seed, minute));
}

function freeableMemory({ id, instanceClass }: DatabaseInstance): Value {
  const seed = seedOf(`memory:${id}`);
  const total = classMemoryBytes(instanceClass);
  return minute => Math.round(total * (0.42 - 0.05 * dailyWave(seed, minute)));
}

/** None, but for a minute every few days. */
function deadlocks(id: string): Value {
  const seed = seedOf(`deadlocks:${id}`);
  return minute => (noise(seed, minute) > 0.9998 ? 1 / 60 : 0);
}

function latency(name: string, usual: number): Value {
  const seed = seedOf(name);
  return minute =>
    usual * (1 + 0.2 * dailyWave(seed, minute) + 0.3 * noise(seed, minute));
}

/** Between its bounds, in steps of half an ACU. */
function serverlessCapacity(
  id: string,
  minimum: number,
  maximum: number,
): Value {
  const seed = seedOf(`capacity:${id}`);
  return minute => {
    const load = 0.35 + 0.25 * dailyWave(seed, minute);
    return Math.round((minimum + (maximum - minimum) * load) * 2) / 2;
  };
}

const GIB = 1024 ** 3;

/** Grows by a little every day. */
function volumeBytes(id: string): Value {
  const base = 20 + 80 * noise(seedOf(`volume:${id}`), 0);
  return minute =>
    Math.round((base + Math.max(0, minute / 1440 - 20_000) * 0.02) * GIB);
}

function freeStorage({ id, allocatedGb }: DatabaseInstance): Value {
  const used = volumeBytes(id);
  return minute =>
    Math.max(0, Math.round(allocatedGb * GIB - used(minute) * 0.6));
}
