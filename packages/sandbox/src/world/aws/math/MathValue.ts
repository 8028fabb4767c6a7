import { AwsError } from '../AwsError';

/** Values by start of period, epoch milliseconds, oldest first. */
export interface TimeSeries {
  label: string;
  periodSeconds: number;
  points: Map<number, number>;
}

/** What an expression can come to. */
export type MathValue =
  | { kind: 'scalar'; value: number }
  | { kind: 'series'; series: TimeSeries }
  | { kind: 'array'; items: TimeSeries[] }
  | { kind: 'text'; text: string };

export const scalar = (value: number): MathValue => ({ kind: 'scalar', value });
export const one = (series: TimeSeries): MathValue => ({
  kind: 'series',
  series,
});
export const many = (items: TimeSeries[]): MathValue => ({
  kind: 'array',
  items,
});

/** A mistake in an expression; the query that it stands in is named by who catches it. */
export class ExpressionError extends Error {}

/** As GetMetricData words it. */
export function expressionFailure(id: string, reason: string): AwsError {
  return new AwsError(
    'ValidationError',
    `Error in expression '${id}': ${reason}`,
  );
}

/** A series with each value changed; what is not finite is left out, as CloudWatch does. */
export function mapSeries(
  series: TimeSeries,
  change: (value: number, atMs: number) => number,
): TimeSeries {
  const points = new Map<number, number>();
  for (const [atMs, value] of series.points) {
    const changed = change(value, atMs);
    if (Number.isFinite(changed)) {
      points.set(atMs, changed);
    }
  }
  return { ...series, points };
}

/** Two series, where both have a value. */
export function zipSeries(
  left: TimeSeries,
  right: TimeSeries,
  combine: (a: number, b: number) => number,
): TimeSeries {
  return mapSeries(left, (value, atMs) => {
    const other = right.points.get(atMs);
    return other === undefined ? NaN : combine(value, other);
  });
}
