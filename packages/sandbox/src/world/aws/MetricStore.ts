import { Clock } from '../types';
import { JsonFile } from './JsonFile';
import { MetricSeries, SeriesSource } from './MetricSeries';

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
/** How much of that outlives a restart: the newest day of each metric. */
const KEPT_POINTS_PER_METRIC = 1_440;
const KEPT_METRICS = 500;
// ListMetrics forgets what sent nothing for two weeks.
const LISTED_MINUTES = 14 * DAY_MINUTES;

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

/** A put metric as it is kept on disk: its place, and minutes as `[minute, sum, count, minimum, maximum]`. */
interface KeptMetric extends MetricId {
  place: string;
  unit?: string;
  minutes: number[][];
}

/** The metrics of all accounts and regions: those that services send, and those that callers put. */
export class MetricStore {
  private readonly series = new Map<
    string,
    { revision: number; byKey: Map<string, MetricSeries> }
  >();
  private readonly custom = new Map<string, Map<string, CustomMetric>>();
  private readonly file: JsonFile<KeptMetric[]> | undefined;

  /** @param path - file in which the newest of what was put is kept */
  constructor(
    private readonly clock: Clock,
    private readonly sources: SeriesSource[],
    path?: string,
  ) {
    this.file = path ? new JsonFile(path, () => this.toKeep()) : undefined;
    for (const { place, minutes, ...metric } of this.file?.load() ?? []) {
      this.customAt(place).set(keyOf(metric), {
        ...metric,
        unit: metric.unit,
        minutes: new Map(
          minutes.map(([minute, sum, count, minimum, maximum]) => [
            minute,
            { sum, count, minimum, maximum },
          ]),
        ),
      });
    }
  }

  /** Lets another service send metrics. */
  addSource(source: SeriesSource): void {
    this.sources.push(source);
    this.series.clear();
  }

  /** Metrics of a place that sent something in the last two weeks, by namespace, name and dimensions. */
  list(place: MetricPlace): MetricId[] {
    const oldest =
      Math.floor(this.clock.now().getTime() / MINUTE_MS) - LISTED_MINUTES;
    return [
      ...[...this.seriesIn(place).values()].filter(
        ({ lastMinute }) => lastMinute === undefined || lastMinute > oldest,
      ),
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
    this.file?.touch();
  }

  /** Forgets what callers put. */
  clear(): void {
    this.custom.clear();
    this.file?.touch();
  }

  /** Writes now what is still to be written. */
  flush(): void {
    this.file?.flush();
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
    const key = placeKey(place);
    const revision = this.sources.reduce(
      (sum, source) => sum + source.revision,
      0,
    );
    let found = this.series.get(key);
    if (found?.revision !== revision) {
      found = {
        revision,
        byKey: new Map(
          this.sources
            .flatMap(source => source.seriesIn(place))
            .map(series => [keyOf(series), series]),
        ),
      };
      this.series.set(key, found);
    }
    return found.byKey;
  }

  private customIn(place: MetricPlace): Map<string, CustomMetric> {
    return this.customAt(placeKey(place));
  }

  private customAt(key: string): Map<string, CustomMetric> {
    let found = this.custom.get(key);
    if (!found) {
      found = new Map();
      this.custom.set(key, found);
    }
    return found;
  }

  private toKeep(): KeptMetric[] {
    return [...this.custom]
      .flatMap(([place, metrics]) =>
        [...metrics.values()].map(metric => ({
          ...metric,
          place,
          minutes: [...metric.minutes]
            .slice(-KEPT_POINTS_PER_METRIC)
            .map(([minute, { sum, count, minimum, maximum }]) => [
              minute,
              sum,
              count,
              minimum,
              maximum,
            ]),
        })),
      )
      .slice(-KEPT_METRICS);
  }
}

function placeKey({ accountId, region }: MetricPlace): string {
  return `${accountId}/${region}`;
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
