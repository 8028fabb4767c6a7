import {
  PrometheusSeries,
  SCRAPE_MS,
} from '../../../world/observability/Metrics';
import { Expression, Operator } from './parse';

/** One value with its labels. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** How far back an instant selector looks, as Prometheus does. */
const LOOK_BACK_MS = 300_000;

/**
 * The value of an expression at a time: a number, or samples in no particular
 * order.
 *
 * @param find - all series of a metric; of every metric when it is not told
 */
export function evaluate(
  expression: Expression,
  atMs: number,
  find: (metric?: string) => PrometheusSeries[],
): number | Sample[] {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'selector':
      return select(expression, find).flatMap(series => {
        const value = valueAt(series, atMs - expression.offsetMs);
        return value === undefined ? [] : [{ labels: series.labels, value }];
      });
    case 'aggregate':
      return aggregate(
        expression,
        evaluate(expression.of, atMs, find) as Sample[],
      );
    case 'binary':
      return combine(
        expression.op,
        evaluate(expression.left, atMs, find),
        evaluate(expression.right, atMs, find),
      );
    default:
      return call(expression, atMs, find);
  }
}

function select(
  selector: Expression & { kind: 'selector' },
  find: (metric?: string) => PrometheusSeries[],
): PrometheusSeries[] {
  return find(selector.metric).filter(({ labels }) =>
    selector.matchers.every(({ label, matches }) =>
      matches(labels[label] ?? ''),
    ),
  );
}

/** The newest scraped value, as it was scraped. */
function valueAt(series: PrometheusSeries, atMs: number): number | undefined {
  const scrapedMs = Math.floor(atMs / SCRAPE_MS) * SCRAPE_MS;
  return atMs - scrapedMs < LOOK_BACK_MS ? series.at(scrapedMs) : undefined;
}

function call(
  expression: Expression & { kind: 'call' },
  atMs: number,
  find: (metric?: string) => PrometheusSeries[],
): Sample[] {
  const { name } = expression;
  if (name === 'histogram_quantile') {
    const [quantile, of] = expression.args as [
      Expression & { kind: 'number' },
      Expression,
    ];
    return histogramQuantile(
      quantile.value,
      evaluate(of, atMs, find) as Sample[],
    );
  }
  const selector = expression.args[0] as Expression & { kind: 'selector' };
  const endMs = atMs - selector.offsetMs;
  return select(selector, find).flatMap(series => {
    const value = change(series, endMs, selector.rangeMs!, name);
    return value === undefined
      ? []
      : [{ labels: withoutName(series.labels), value }];
  });
}

/**
 * What `rate`, `irate` and `increase` make of the samples in a window, with
 * Prometheus's extrapolation to its ends.
 *
 * @see https://github.com/prometheus/prometheus/blob/main/promql/functions.go (extrapolatedRate)
 */
function change(
  series: PrometheusSeries,
  endMs: number,
  rangeMs: number,
  name: 'rate' | 'irate' | 'increase',
): number | undefined {
  const startMs = endMs - rangeMs;
  let last = Math.floor(endMs / SCRAPE_MS) * SCRAPE_MS;
  let first = (Math.floor(startMs / SCRAPE_MS) + 1) * SCRAPE_MS;
  if (name === 'irate') first = Math.max(first, last - SCRAPE_MS);
  // pods that came up, or went, within the window
  const [hasFirst, hasLast] = [first, last].map(
    ms => series.at(ms) !== undefined,
  );
  if (!hasFirst && !hasLast) return undefined;
  if (!hasFirst) first = edge(series, last, first);
  if (!hasLast) last = edge(series, first, last);
  if (last <= first) return undefined;

  const firstValue = series.at(first)!;
  let delta = series.at(last)! - firstValue;
  for (const resetMs of series.resetsMs) {
    if (resetMs > first && resetMs <= last) {
      // what the counter had reached when it was last seen
      const before = Math.ceil(resetMs / SCRAPE_MS) * SCRAPE_MS - SCRAPE_MS;
      delta += series.at(before) ?? 0;
    }
  }
  if (name === 'irate') return Math.max(0, delta) / ((last - first) / 1000);

  const between = (last - first) / 1000;
  const average = between / ((last - first) / SCRAPE_MS);
  let toStart = (first - startMs) / 1000;
  const toEnd = (endMs - last) / 1000;
  if (delta > 0 && firstValue >= 0) {
    // a counter is not below zero
    toStart = Math.min(toStart, between * (firstValue / delta));
  }
  const extend = (gap: number) => (gap < average * 1.1 ? gap : average / 2);
  const factor = (between + extend(toStart) + extend(toEnd)) / between;
  const increase = Math.max(0, delta) * factor;
  return name === 'increase' ? increase : increase / (rangeMs / 1000);
}

/** The scrape farthest from one that has a sample, towards one that has none. */
function edge(series: PrometheusSeries, has: number, hasNot: number): number {
  let [inside, outside] = [has, hasNot];
  while (Math.abs(outside - inside) > SCRAPE_MS) {
    const scrapes = Math.trunc((outside - inside) / SCRAPE_MS / 2);
    const middle = inside + scrapes * SCRAPE_MS;
    if (series.at(middle) === undefined) outside = middle;
    else inside = middle;
  }
  return inside;
}

function aggregate(
  { op, labels, without }: Expression & { kind: 'aggregate' },
  samples: Sample[],
): Sample[] {
  const groups = new Map<string, Sample & { values: number[] }>();
  for (const sample of samples) {
    const kept = Object.fromEntries(
      Object.entries(withoutName(sample.labels)).filter(
        ([name]) => labels.includes(name) !== without,
      ),
    );
    const key = keyOf(kept);
    const group = groups.get(key) ?? { labels: kept, value: 0, values: [] };
    group.values.push(sample.value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels: kept, values }) => {
    const sum = values.reduce((a, b) => a + b, 0);
    const value = {
      sum,
      avg: sum / values.length,
      min: Math.min(...values),
      max: Math.max(...values),
      count: values.length,
    }[op];
    return { labels: kept, value };
  });
}

const ARITHMETIC: Partial<Record<Operator, (a: number, b: number) => number>> =
  {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
const COMPARISON: Partial<Record<Operator, (a: number, b: number) => boolean>> =
  {
    '>': (a, b) => a > b,
    '<': (a, b) => a < b,
    '>=': (a, b) => a >= b,
    '<=': (a, b) => a <= b,
    '==': (a, b) => a === b,
    '!=': (a, b) => a !== b,
  };

/** Arithmetic by equal labels; a comparison keeps the left side where it holds. */
function combine(
  op: Operator,
  left: number | Sample[],
  right: number | Sample[],
): number | Sample[] {
  const compute = ARITHMETIC[op];
  const holds = COMPARISON[op];
  if (typeof left === 'number' && typeof right === 'number') {
    return compute ? compute(left, right) : Number(holds!(left, right));
  }
  const pairs: Array<[Sample, number, number]> = [];
  if (typeof right === 'number') {
    for (const sample of left as Sample[]) {
      pairs.push([sample, sample.value, right]);
    }
  } else if (typeof left === 'number') {
    for (const sample of right) pairs.push([sample, left, sample.value]);
  } else {
    const others = new Map(
      right.map(sample => [keyOf(withoutName(sample.labels)), sample.value]),
    );
    for (const sample of left) {
      const other = others.get(keyOf(withoutName(sample.labels)));
      if (other !== undefined) pairs.push([sample, sample.value, other]);
    }
  }
  return pairs.flatMap(([sample, a, b]) => {
    if (holds) return holds(a, b) ? [sample] : [];
    return [{ labels: withoutName(sample.labels), value: compute!(a, b) }];
  });
}

/** @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
function histogramQuantile(quantile: number, samples: Sample[]): Sample[] {
  const histograms = new Map<
    string,
    { labels: Sample['labels']; buckets: Array<[number, number]> }
  >();
  for (const { labels, value } of samples) {
    const { le, ...rest } = withoutName(labels);
    if (le === undefined) continue;
    const key = keyOf(rest);
    const histogram = histograms.get(key) ?? { labels: rest, buckets: [] };
    histogram.buckets.push([le === '+Inf' ? Infinity : Number(le), value]);
    histograms.set(key, histogram);
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({
    labels,
    value: quantileOf(
      quantile,
      buckets.sort(([a], [b]) => a - b),
    ),
  }));
}

function quantileOf(
  quantile: number,
  buckets: Array<[bound: number, count: number]>,
): number {
  const total = buckets.at(-1)![1];
  if (buckets.at(-1)![0] !== Infinity || buckets.length < 2 || total === 0) {
    return NaN;
  }
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const rank = quantile * total;
  const index = buckets.findIndex(([, count]) => count >= rank);
  if (index === buckets.length - 1) return buckets.at(-2)![0];
  const [end, below] = buckets[index];
  const [start, above] = index === 0 ? [0, 0] : buckets[index - 1];
  return start + (end - start) * ((rank - above) / (below - above));
}

function withoutName(labels: Record<string, string>): Record<string, string> {
  const { __name__: _, ...rest } = labels;
  return rest;
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
