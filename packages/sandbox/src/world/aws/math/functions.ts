import { applyTo, MathScope } from './evaluateExpression';
import {
  ExpressionError,
  many,
  mapSeries,
  MathValue,
  one,
  scalar,
  TimeSeries,
} from './MathValue';

type MathFunction = (given: MathValue[], scope: MathScope) => MathValue;
type Aggregate = (values: number[]) => number;

const sum: Aggregate = values => values.reduce((total, v) => total + v, 0);
const mean: Aggregate = values => sum(values) / values.length;

const AGGREGATES: Record<string, Aggregate> = {
  SUM: sum,
  AVG: mean,
  MIN: values => Math.min(...values),
  MAX: values => Math.max(...values),
  STDDEV(values) {
    const middle = mean(values);
    return Math.sqrt(mean(values.map(value => (value - middle) ** 2)));
  },
};

/** One number for a series; one series for several, where any of them has a value. */
function aggregating(name: string): MathFunction {
  const run = AGGREGATES[name];
  return ([value]) => {
    if (value?.kind === 'series') {
      return scalar(run([...value.series.points.values()]));
    }
    if (value?.kind !== 'array') {
      throw new ExpressionError(`${name} needs a time series or several`);
    }
    const byTime = new Map<number, number[]>();
    for (const { points } of value.items) {
      for (const [atMs, item] of points) {
        byTime.set(atMs, [...(byTime.get(atMs) ?? []), item]);
      }
    }
    return one({
      label: name,
      periodSeconds: value.items[0]?.periodSeconds ?? 60,
      points: new Map(
        [...byTime]
          .sort(([a], [b]) => a - b)
          .map(([atMs, values]) => [atMs, run(values)]),
      ),
    });
  };
}

/** Each number by itself. */
function mapping(
  change: (value: number, atMs: number) => number,
): MathFunction {
  return ([value]) => {
    if (!value) {
      throw new ExpressionError('an argument is missing');
    }
    return applyTo(value, change);
  };
}

/** Each series by itself, with what came before. */
function stepping(
  next: (
    value: number,
    before: { value: number; atMs: number; result: number } | undefined,
    atMs: number,
  ) => number | undefined,
): MathFunction {
  const step = (series: TimeSeries): TimeSeries => {
    const points = new Map<number, number>();
    let before: { value: number; atMs: number; result: number } | undefined;
    for (const [atMs, value] of series.points) {
      const result = next(value, before, atMs);
      if (result !== undefined) {
        points.set(atMs, result);
      }
      before = { value, atMs, result: result ?? 0 };
    }
    return { ...series, points };
  };
  return ([value]) => eachSeries(value, step);
}

function eachSeries(
  value: MathValue | undefined,
  change: (series: TimeSeries) => TimeSeries,
): MathValue {
  if (value?.kind === 'series') {
    return one(change(value.series));
  }
  return many(arrayOf(value).map(change));
}

function arrayOf(value: MathValue | undefined): TimeSeries[] {
  if (value?.kind === 'array') {
    return value.items;
  }
  throw new ExpressionError('an array of time series is needed');
}

function numberOf(value: MathValue | undefined): number {
  if (value?.kind === 'scalar') {
    return value.value;
  }
  throw new ExpressionError('a number is needed');
}

function textOf(value: MathValue | undefined): string {
  if (value?.kind === 'text') {
    return value.text;
  }
  throw new ExpressionError('a text is needed');
}

const calendar =
  (read: (date: Date) => number) =>
  (_value: number, atMs: number): number =>
    read(new Date(atMs));

/** `FILL(m1, 0)`, `FILL(m1, REPEAT)`, `FILL(m1, LINEAR)`, `FILL(m1, m2)`. */
function fill([value, filling]: MathValue[], scope: MathScope): MathValue {
  return eachSeries(value, series => {
    const times = scope.timesOf(series.periodSeconds);
    const known = [...series.points.keys()];
    const points = new Map<number, number>();
    for (const atMs of times) {
      const given = series.points.get(atMs);
      const filled = given ?? fillingAt(series, known, atMs, filling, points);
      if (filled !== undefined) {
        points.set(atMs, filled);
      }
    }
    return { ...series, points };
  });
}

function fillingAt(
  series: TimeSeries,
  known: number[],
  atMs: number,
  filling: MathValue | undefined,
  sofar: Map<number, number>,
): number | undefined {
  if (filling?.kind === 'scalar') {
    return filling.value;
  }
  if (filling?.kind === 'series') {
    return filling.series.points.get(atMs);
  }
  const before = known.filter(time => time < atMs).pop();
  if (textOf(filling) === 'REPEAT') {
    return before === undefined ? undefined : [...sofar.values()].pop();
  }
  const after = known.find(time => time > atMs);
  if (before === undefined || after === undefined) {
    return undefined;
  }
  const from = series.points.get(before)!;
  const to = series.points.get(after)!;
  return from + ((to - from) * (atMs - before)) / (after - before);
}

/** `IF(condition, then, else)`: without an else, only where the condition holds. */
function choose(given: MathValue[], scope: MathScope): MathValue {
  const [condition, whenTrue, whenFalse] = given;
  if (!condition || !whenTrue || condition.kind === 'text') {
    throw new ExpressionError('IF needs a condition and a value');
  }
  if (condition.kind === 'scalar') {
    const chosen = condition.value !== 0 ? whenTrue : whenFalse;
    if (chosen) {
      return chosen.kind === 'scalar' ? timeSeries([chosen], scope) : chosen;
    }
    return one({
      label: 'IF',
      periodSeconds: scope.periodSeconds,
      points: new Map(),
    });
  }
  return applyTo(condition, (held, atMs) =>
    numberAt(held !== 0 ? whenTrue : whenFalse, atMs),
  );
}

/** NaN where there is none. */
function numberAt(value: MathValue | undefined, atMs: number): number {
  if (value?.kind === 'scalar') {
    return value.value;
  }
  const points = value?.kind === 'series' ? value.series.points : undefined;
  return points?.get(atMs) ?? NaN;
}

function timeSeries([value]: MathValue[], scope: MathScope): MathValue {
  const constant = numberOf(value);
  return one({
    label: 'TIME_SERIES',
    periodSeconds: scope.periodSeconds,
    points: new Map(
      scope.timesOf(scope.periodSeconds).map(atMs => [atMs, constant]),
    ),
  });
}

/** `SORT(array, AVG, DESC, 5)` */
function sort(given: MathValue[]): MathValue {
  const by = AGGREGATES[textOf(given[1])] ?? mean;
  const direction = given[2] && textOf(given[2]) === 'DESC' ? -1 : 1;
  const weight = ({ points }: TimeSeries) =>
    points.size === 0 ? -Infinity : by([...points.values()]);
  const sorted = [...arrayOf(given[0])].sort(
    (a, b) => direction * (weight(a) - weight(b)),
  );
  return many(given[3] ? sorted.slice(0, numberOf(given[3])) : sorted);
}

/** The functions of metric math that the sandbox knows, by name. */
export const MATH_FUNCTIONS: Record<string, MathFunction | undefined> = {
  ...Object.fromEntries(
    Object.keys(AGGREGATES).map(name => [name, aggregating(name)]),
  ),
  ABS: mapping(Math.abs),
  CEIL: mapping(Math.ceil),
  FLOOR: mapping(Math.floor),
  LOG: mapping(Math.log),
  LOG10: mapping(Math.log10),
  EPOCH: mapping((_value, atMs) => atMs / 1000),
  MINUTE: mapping(calendar(date => date.getUTCMinutes())),
  HOUR: mapping(calendar(date => date.getUTCHours())),
  // Monday is 1, Sunday is 7.
  DAY: mapping(calendar(date => date.getUTCDay() || 7)),
  DATE: mapping(calendar(date => date.getUTCDate())),
  MONTH: mapping(calendar(date => date.getUTCMonth() + 1)),
  YEAR: mapping(calendar(date => date.getUTCFullYear())),
  DIFF: stepping((value, before) => before && value - before.value),
  DIFF_TIME: stepping(
    (_value, before, atMs) => before && (atMs - before.atMs) / 1000,
  ),
  RATE: stepping(
    (value, before, atMs) =>
      before && (value - before.value) / ((atMs - before.atMs) / 1000),
  ),
  RUNNING_SUM: stepping((value, before) => (before?.result ?? 0) + value),
  FILL: fill,
  IF: choose,
  TIME_SERIES: timeSeries,
  SORT: sort,
  PERIOD([value]) {
    if (value?.kind !== 'series') {
      throw new ExpressionError('PERIOD needs a metric');
    }
    return scalar(value.series.periodSeconds);
  },
  METRICS: ([part], scope) => many(scope.metrics(part && textOf(part))),
  METRIC_COUNT: ([value]) => scalar(arrayOf(value).length),
  DATAPOINT_COUNT: ([value]) =>
    value?.kind === 'series'
      ? scalar(value.series.points.size)
      : MATH_FUNCTIONS.SUM!(
          [many(arrayOf(value).map(item => mapSeries(item, () => 1)))],
          undefined as never,
        ),
  FIRST: ([value]) => pick(arrayOf(value)[0]),
  LAST: ([value]) => pick(arrayOf(value).slice(-1)[0]),
  REMOVE_EMPTY: ([value]) =>
    many(arrayOf(value).filter(({ points }) => points.size > 0)),
  SLICE: ([value, from, to]) =>
    many(arrayOf(value).slice(numberOf(from), to ? numberOf(to) : undefined)),
  SEARCH: ([pattern, statistic, period], scope) =>
    many(
      scope.search(
        textOf(pattern),
        textOf(statistic),
        period ? numberOf(period) : scope.periodSeconds,
      ),
    ),
};

function pick(series: TimeSeries | undefined): MathValue {
  if (!series) {
    throw new ExpressionError('the array of time series is empty');
  }
  return one(series);
}
