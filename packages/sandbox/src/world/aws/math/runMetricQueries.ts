import { MetricId, MetricPlace, MetricStore } from '../MetricStore';
import { evaluateExpression, MathScope } from './evaluateExpression';
import {
  ExpressionError,
  expressionFailure,
  MathValue,
  one,
  TimeSeries,
} from './MathValue';
import { parseExpression } from './parseExpression';
import { searchMetrics } from './searchMetrics';
import { isStatistic, statisticOf } from './statistics';

const DEFAULT_PERIOD_SECONDS = 300;

/** One query of a call: a metric with its statistic, or an expression over others. */
export interface MetricQuery {
  id: string;
  label?: string;
  metric?: {
    id: MetricId;
    periodSeconds: number;
    statistic: string;
    unit?: string;
  };
  expression?: string;
  /** Period of an expression that has none of its own, seconds. */
  periodSeconds?: number;
  /** False: only other queries need it. */
  returned?: boolean;
}

/** Epoch milliseconds; the end is excluded. */
export interface QueryRange {
  startMs: number;
  endMs: number;
}

/**
 * What each returned query of a call comes to: one series for a metric, one or several
 * for an expression. Queries may stand in any order.
 *
 * @throws AwsError - ValidationError for an expression that is malformed, goes
 *   round in a circle, or does not come to time series.
 */
export function runMetricQueries(
  store: MetricStore,
  place: MetricPlace,
  queries: MetricQuery[],
  range: QueryRange,
): Map<string, TimeSeries[]> {
  const values = new Map<string, MathValue>();
  const underWay = new Set<string>();
  const byId = new Map(queries.map(query => [query.id, query]));

  function valueOf(query: MetricQuery): MathValue {
    const known = values.get(query.id);
    if (known) {
      return known;
    }
    if (underWay.has(query.id)) {
      throw new ExpressionError(`Circular reference: ${query.id}`);
    }
    underWay.add(query.id);
    const value = query.metric
      ? one(readSeries(store, place, query, range))
      : evaluateExpression(parseExpression(query.expression!), scopeOf(query));
    underWay.delete(query.id);
    values.set(query.id, value);
    return value;
  }

  function scopeOf(query: MetricQuery): MathScope {
    const periodSeconds =
      query.periodSeconds ??
      queries.find(({ metric }) => metric)?.metric?.periodSeconds ??
      DEFAULT_PERIOD_SECONDS;
    return {
      periodSeconds,
      valueOf(id) {
        const other = byId.get(id);
        if (!other) {
          throw new ExpressionError(`Undefined variable: ${id}`);
        }
        return valueOf(other);
      },
      metrics: part =>
        queries
          .filter(({ id, metric }) => metric && (!part || id.includes(part)))
          .map(other => (valueOf(other) as { series: TimeSeries }).series),
      timesOf: period => timesOf(range, period),
      search(pattern, statistic, period) {
        if (!isStatistic(statistic)) {
          throw new ExpressionError(`SEARCH: unknown statistic ${statistic}`);
        }
        return searchMetrics(pattern, store.list(place)).map(id =>
          readSeries(
            store,
            place,
            {
              id: '',
              label: [...Object.values(id.dimensions), id.name].join(' '),
              metric: { id, periodSeconds: period, statistic },
            },
            range,
          ),
        );
      },
    };
  }

  return new Map(
    queries
      .filter(({ returned }) => returned !== false)
      .map(query => [query.id, resultOf(query, () => valueOf(query))]),
  );
}

function resultOf(query: MetricQuery, read: () => MathValue): TimeSeries[] {
  let value: MathValue;
  try {
    value = read();
  } catch (error) {
    throw error instanceof ExpressionError
      ? expressionFailure(query.id, error.message)
      : error;
  }
  if (value.kind === 'series') {
    const label = query.label ?? (query.metric ? value.series.label : query.id);
    return [{ ...value.series, label }];
  }
  if (value.kind === 'array') {
    return value.items.map(item => ({
      ...item,
      label: query.label ? `${query.label} ${item.label}` : item.label,
    }));
  }
  // Numbers may stand in other expressions, but are no answer by themselves.
  throw expressionFailure(
    query.id,
    'The result of the expression must be a time series',
  );
}

function readSeries(
  store: MetricStore,
  place: MetricPlace,
  { label, metric }: MetricQuery,
  range: QueryRange,
): TimeSeries {
  const { id, periodSeconds, statistic, unit } = metric!;
  const points =
    unit && unit !== store.unitOf(place, id)
      ? []
      : store.read(place, id, { ...range, periodSeconds });
  return {
    label: label ?? id.name,
    periodSeconds,
    points: new Map(
      points.map(point => [point.startMs, statisticOf(point, statistic)]),
    ),
  };
}

function timesOf({ startMs, endMs }: QueryRange, periodSeconds: number) {
  const step = periodSeconds * 1000;
  const times: number[] = [];
  for (let at = Math.floor(startMs / step) * step; at < endMs; at += step) {
    times.push(at);
  }
  return times;
}
