import { Conditions } from './Conditions';
import {
  DatabaseCluster,
  DatabaseFleet,
  DatabaseInstance,
} from './DatabaseFleet';
import { noise, seedOf } from './noise';

/** A metric that has a value for every minute, computed from the time alone. */
export interface MetricSeries {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  unit: string;
  /** Value of the minute that begins at `minute * 60 s` of the epoch; undefined when none was sent. */
  valueAt(minute: number): number | undefined;
}

const MINUTES_PER_DAY = 1440;
const SPIKE_FACTOR = 20;
const MINUTE_MS = 60_000;

/**
 * The CloudWatch metrics that RDS sends for the databases of an account in a region.
 *
 * The lag of a global database is sent in the region of the secondary only.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
 */
export function databaseSeries(
  databases: DatabaseFleet,
  conditions: Conditions,
  accountId: string,
  region: string,
): MetricSeries[] {
  const clusters = databases.clustersIn(accountId, region);
  const secondaries = new Set(
    clusters.filter(({ isWriter }) => !isWriter).map(({ id }) => id),
  );
  const unlessDown = (
    isSecondary: boolean,
    valueAt: (minute: number) => number,
  ) =>
    isSecondary
      ? (minute: number) =>
          conditions.holdsAt('region-down', minute * MINUTE_MS)
            ? undefined
            : valueAt(minute)
      : valueAt;

  return [
    ...clusters.flatMap(cluster =>
      clusterSeries(cluster, conditions).map(series => ({
        ...series,
        valueAt: unlessDown(!cluster.isWriter, series.valueAt),
      })),
    ),
    ...databases.instancesIn(accountId, region).flatMap(instance =>
      instanceSeries(instance).map(series => ({
        ...series,
        valueAt: unlessDown(
          secondaries.has(instance.clusterId ?? ''),
          series.valueAt,
        ),
      })),
    ),
  ];
}

type SteadySeries = MetricSeries & { valueAt(minute: number): number };

function clusterSeries(
  cluster: DatabaseCluster,
  conditions: Conditions,
): SteadySeries[] {
  const ofCluster = { DBClusterIdentifier: cluster.id };
  const series: SteadySeries[] = [];

  if (!cluster.isWriter) {
    const lag = globalLag(cluster.id, conditions);
    const metrics: Array<[string, (minute: number) => number]> = [
      ['AuroraGlobalDBReplicationLag', lag],
      // Only user transactions count towards the RPO, all towards progress.
      ['AuroraGlobalDBRPOLag', minute => lag(minute) * 0.85],
      ['AuroraGlobalDBProgressLag', minute => lag(minute) * 1.12],
    ];
    for (const [name, valueAt] of metrics) {
      for (const dimensions of [
        ofCluster,
        { SourceRegion: cluster.sourceRegion },
      ]) {
        series.push(rds({ name, dimensions, unit: 'Milliseconds', valueAt }));
      }
    }
  }

  const readers = cluster.instances.filter(({ isWriter }) => !isWriter);
  if (cluster.isWriter && readers.length > 0) {
    series.push(
      rds({
        name: 'AuroraReplicaLag',
        dimensions: { ...ofCluster, Role: 'READER' },
        unit: 'Milliseconds',
        valueAt: mean(readers.map(({ id }) => replicaLag(id))),
      }),
    );
  }
  for (const dimensions of [
    ofCluster,
    { ...ofCluster, Role: cluster.isWriter ? 'WRITER' : 'READER' },
  ]) {
    series.push(
      rds({
        name: 'CPUUtilization',
        dimensions,
        unit: 'Percent',
        valueAt: mean(cluster.instances.map(({ id }) => cpu(id))),
      }),
      rds({
        name: 'DatabaseConnections',
        dimensions,
        unit: 'Count',
        valueAt: mean(cluster.instances.map(({ id }) => connections(id))),
      }),
    );
  }
  return series;
}

function instanceSeries(instance: DatabaseInstance): SteadySeries[] {
  const dimensions = { DBInstanceIdentifier: instance.id };
  const series = [
    rds({
      name: 'CPUUtilization',
      dimensions,
      unit: 'Percent',
      valueAt: cpu(instance.id),
    }),
    rds({
      name: 'DatabaseConnections',
      dimensions,
      unit: 'Count',
      valueAt: connections(instance.id),
    }),
  ];
  if (instance.clusterId && !instance.isWriter) {
    series.push(
      rds({
        name: 'AuroraReplicaLag',
        dimensions,
        unit: 'Milliseconds',
        valueAt: replicaLag(instance.id),
      }),
    );
  }
  if (instance.replicaOf) {
    series.push(
      rds({
        name: 'ReplicaLag',
        dimensions,
        unit: 'Seconds',
        valueAt: plainReplicaLag(instance.id),
      }),
    );
  }
  return series;
}

function rds(series: Omit<SteadySeries, 'namespace'>): SteadySeries {
  return { namespace: 'AWS/RDS', ...series };
}

/** Between -1 and 1, highest in the middle of the day (UTC), shifted for each name. */
function dailyWave(seed: number, minute: number): number {
  const phase = noise(seed, -1) * 120;
  return Math.sin(
    (2 * Math.PI * ((minute + phase) % MINUTES_PER_DAY)) / MINUTES_PER_DAY -
      Math.PI / 2,
  );
}

/** 80 to 250 ms, with a bump of some minutes now and then. */
function globalLag(id: string, conditions: Conditions) {
  const seed = seedOf(`lag:${id}`);
  return (minute: number): number => {
    const usual =
      140 + 35 * dailyWave(seed, minute) + 60 * (noise(seed, minute) - 0.5);
    const episode = Math.floor(minute / 5);
    const bump =
      noise(seed + 1, episode) > 0.985
        ? 150 + 400 * noise(seed + 2, episode)
        : 0;
    const factor = conditions.holdsAt('lag-spike', minute * MINUTE_MS)
      ? SPIKE_FACTOR
      : 1;
    return (usual + bump) * factor;
  };
}

/** 10 to 30 ms. */
function replicaLag(id: string) {
  const seed = seedOf(`replica:${id}`);
  return (minute: number) => 10 + 20 * noise(seed, minute);
}

/** Whole seconds; RDS reports 0 when the replica is up to date. */
function plainReplicaLag(id: string) {
  const seed = seedOf(`plain-replica:${id}`);
  return (minute: number) => Math.floor(noise(seed, minute) * 1.3);
}

function cpu(id: string) {
  const seed = seedOf(`cpu:${id}`);
  return (minute: number) =>
    18 + 9 * dailyWave(seed, minute) + 6 * noise(seed, minute);
}

function connections(id: string) {
  const seed = seedOf(`connections:${id}`);
  return (minute: number) =>
    Math.round(24 + 12 * dailyWave(seed, minute) + 5 * noise(seed, minute));
}

function mean(parts: Array<(minute: number) => number>) {
  return (minute: number) =>
    parts.reduce((sum, part) => sum + part(minute), 0) / parts.length;
}
