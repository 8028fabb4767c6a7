/** A metric that has a value for every minute, computed from the time alone. */
export interface MetricSeries {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  unit: string;
  /** The minute after its last value; absent while values still come. */
  lastMinute?: number;
  /** Value of the minute that begins at `minute * 60 s` of the epoch; undefined when none was sent. */
  valueAt(minute: number): number | undefined;
}

/** A service that sends metrics by itself. */
export interface SeriesSource {
  /** Another number whenever {@link seriesIn} would answer something else. */
  readonly revision: number;
  /** All its metrics of an account in a region. */
  seriesIn(place: { accountId: string; region: string }): MetricSeries[];
}
