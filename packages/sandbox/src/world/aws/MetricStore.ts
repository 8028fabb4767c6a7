import { Clock } from '../types';
import { Conditions } from './Conditions';
import { DatabaseFleet } from './DatabaseFleet';
import { databaseSeries, MetricSeries } from './databaseSeries';

const MINUTE_MS = 60_000;
// CloudWatch keeps one-minute points for 15 days, five-minute points for 63
// days and hourly points for 455 days.
const DAY_MINUTES = 1440;
const RETENTION: Array<{ periodSeconds: number; days: number }> = [
  { periodSeconds: 3600, days: 455 },
  { periodSeconds: 300, days: 63 },
  { periodSeconds: 60, days: 15 },
];
/** How long sent points are kept, so that a busy sender does not fill the memory. */
const CUSTOM_POINTS_PER_METRIC = 20_000;

/** Where a metric is kept. */
export interface MetricPlace {
  accountId: string;
  region: string;
}

/** What identifies a metric; all dimensions count. */
export interface MetricId {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

/** What was measured in one minute. */
export interface StatisticSet {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
}

/** What was measured in one period. */
export interface Datapoint extends StatisticSet {
  /** Start of the period, epoch milliseconds. */
  startMs: number;
  /** One value for each minute measured, for percentiles; sent sets count as their mean. */
  samples: number[];
}

interface CustomMetric extends MetricId {
  unit: string | undefined;
  minutes: Map<number, StatisticSet>;
}

/** The metrics of all accounts and regions: those that RDS sends, and those that callers put. */
export class MetricStore {
  private readonly series = new Map<string, Map<string, MetricSeries>>();
  private readonly custom = new Map<string, Map<string, CustomMetric>>();

  constructor(
    private readonly clock: Clock,
    private readonly databases: DatabaseFleet,
    private readonly conditions: Conditions,
  ) {}

  /** All metrics of a place, by namespace, name and dimensions. */
  list(place: MetricPlace): MetricId[] {
    return [
      ...this.seriesIn(place).values(),
      ...this.customIn(place).values(),
    ].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** Unit of a metric; undefined when there is no such metric. */
  unitOf(place: MetricPlace, id: MetricId): string | undefined {
    return (
      this.seriesIn(place).get(keyOf(id))?.unit ??
      this.customIn(place).get(keyOf(id))?.unit
    );
  }

  /**
   * Datapoints of a metric, oldest first.
   *
   * Periods are aligned to the epoch; the range is cut to whole periods, its
   * end excluded. A period without a measurement gives no datapoint, nor does
   * an unknown metric, a minute that is not over yet, or one past retention.
   */
  read(
    place: MetricPlace,
    id: MetricId,
    range: { startMs: number; endMs: number; periodSeconds: number },
  ): Datapoint[] {
    const minuteOf = this.reader(place, id);
    if (!minuteOf) {
      return [];
    }
    const periodMinutes = Math.max(1, Math.floor(range.periodSeconds / 60));
    const now = Math.floor(this.clock.now().getTime() / MINUTE_MS);
    const oldest = now - retentionMinutes(range.periodSeconds);
    const firstMinute =
      Math.floor(range.startMs / MINUTE_MS / periodMinutes) * periodMinutes;
    const endMinute = Math.min(Math.ceil(range.endMs / MINUTE_MS), now);

    const points: Datapoint[] = [];
    for (
      let start = Math.max(
        firstMinute,
        Math.ceil(oldest / periodMinutes) * periodMinutes,
      );
      start < endMinute;
      start += periodMinutes
    ) {
      const point: Datapoint = {
        startMs: start * MINUTE_MS,
        sum: 0,
        count: 0,
        minimum: Infinity,
        maximum: -Infinity,
        samples: [],
      };
      const end = Math.min(start + periodMinutes, now);
      for (let minute = start; minute < end; minute += 1) {
        addTo(point, minuteOf(minute));
      }
      if (point.count > 0) {
        points.push(point);
      }
    }
    return points;
  }

  /** Keeps a measurement of the minute in which it was taken. */
  put(
    place: MetricPlace,
    id: MetricId,
    measured: { atMs: number; unit: string | undefined; values: StatisticSet },
  ): void {
    const metrics = this.customIn(place);
    let metric = metrics.get(keyOf(id));
    if (!metric) {
      metric = { ...id, unit: measured.unit, minutes: new Map() };
      metrics.set(keyOf(id), metric);
    }
    const minute = Math.floor(measured.atMs / MINUTE_MS);
    const known = metric.minutes.get(minute);
    metric.minutes.set(
      minute,
      known
        ? {
            sum: known.sum + measured.values.sum,
            count: known.count + measured.values.count,
            minimum: Math.min(known.minimum, measured.values.minimum),
            maximum: Math.max(known.maximum, measured.values.maximum),
          }
        : measured.values,
    );
    if (metric.minutes.size > CUSTOM_POINTS_PER_METRIC) {
      metric.minutes.delete(metric.minutes.keys().next().value!);
    }
  }

  /** Forgets what callers put. */
  clear(): void {
    this.custom.clear();
  }

  private reader(
    place: MetricPlace,
    id: MetricId,
  ): ((minute: number) => StatisticSet | undefined) | undefined {
    const series = this.seriesIn(place).get(keyOf(id));
    if (series) {
      return minute => {
        const value = series.valueAt(minute);
        return value === undefined
          ? undefined
          : { sum: value, count: 1, minimum: value, maximum: value };
      };
    }
    const custom = this.customIn(place).get(keyOf(id));
    return custom && (minute => custom.minutes.get(minute));
  }

  private seriesIn(place: MetricPlace): Map<string, MetricSeries> {
    const key = `${place.accountId}/${place.region}`;
    let found = this.series.get(key);
    if (!found) {
      found = new Map(
        databaseSeries(
          this.databases,
          this.conditions,
          place.accountId,
          place.region,
        ).map(series => [keyOf(series), series]),
      );
      this.series.set(key, found);
    }
    return found;
  }

  private customIn(place: MetricPlace): Map<string, CustomMetric> {
    const key = `${place.accountId}/${place.region}`;
    let found = this.custom.get(key);
    if (!found) {
      found = new Map();
      this.custom.set(key, found);
    }
    return found;
  }
}

function addTo(point: Datapoint, measured: StatisticSet | undefined): void {
  if (!measured) {
    return;
  }
  point.sum += measured.sum;
  point.count += measured.count;
  point.minimum = Math.min(point.minimum, measured.minimum);
  point.maximum = Math.max(point.maximum, measured.maximum);
  point.samples.push(measured.sum / measured.count);
}

function retentionMinutes(periodSeconds: number): number {
  const rule =
    RETENTION.find(
      ({ periodSeconds: atLeast }) =>
        periodSeconds >= atLeast && periodSeconds % atLeast === 0,
    ) ?? RETENTION[RETENTION.length - 1];
  return rule.days * DAY_MINUTES;
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const parts = Object.entries(dimensions)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  return [namespace, name, ...parts].join('\n');
}
