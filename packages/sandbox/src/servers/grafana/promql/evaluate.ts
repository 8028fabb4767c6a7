import {
  PrometheusSeries,
  SCRAPE_MS,
} from '../../../world/observability/Metrics';
import { Expression, Operator } from './parse';

type Labels = Record<string, string>;

/** An expression whose value is one number, at any time. */
export interface ScalarPlan {
  kind: 'scalar';
  value: number;
}

/** An expression whose value is samples: which, is known before any time is asked for. */
export interface VectorPlan {
  kind: 'vector';
  /** Of each sample, by its place. */
  labels: Labels[];
  /** The sample at a place and a time; undefined where there is none. */
  value(place: number, ms: number): number | undefined;
}

export type Plan = ScalarPlan | VectorPlan;

/** How far back an instant selector looks, as Prometheus does. */
const LOOK_BACK_MS = 300_000;

/**
 * Finds the series of an expression, and which of them belong together, so that
 * its value at a time is arithmetic alone: a query over thousands of series
 * asks for many times.
 *
 * @param find - all series of a metric; of every metric when it is not told
 */
export function plan(
  expression: Expression,
  find: (metric?: string) => PrometheusSeries[],
): Plan {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'selector': {
      const found = select(expression, find);
      const { offsetMs } = expression;
      return {
        kind: 'vector',
        labels: found.map(({ labels }) => labels),
        value: (place, ms) => valueAt(found[place], ms - offsetMs),
      };
    }
    case 'aggregate':
      return aggregate(expression, plan(expression.of, find) as VectorPlan);
    case 'binary':
      return combine(
        expression.op,
        plan(expression.left, find),
        plan(expression.right, find),
      );
    default:
      return call(expression, find);
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
  find: (metric?: string) => PrometheusSeries[],
): VectorPlan {
  const { name } = expression;
  if (name === 'histogram_quantile') {
    const [quantile, of] = expression.args as [
      Expression & { kind: 'number' },
      Expression,
    ];
    return histogramQuantile(quantile.value, plan(of, find) as VectorPlan);
  }
  const selector = expression.args[0] as Expression & { kind: 'selector' };
  const { offsetMs, rangeMs } = selector;
  const found = select(selector, find);
  return {
    kind: 'vector',
    labels: found.map(({ labels }) => withoutName(labels)),
    value: (place, ms) => change(found[place], ms - offsetMs, rangeMs!, name),
  };
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
  let firstValue = series.at(first);
  let lastValue = series.at(last);
  if (firstValue === undefined && lastValue === undefined) return undefined;
  if (firstValue === undefined) {
    first = edge(series, last, first);
    firstValue = series.at(first);
  }
  if (lastValue === undefined) {
    last = edge(series, first, last);
    lastValue = series.at(last);
  }
  if (last <= first) return undefined;

  let delta = lastValue! - firstValue!;
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
  if (delta > 0 && firstValue! >= 0) {
    // a counter is not below zero
    toStart = Math.min(toStart, between * (firstValue! / delta));
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

/** What becomes of the values of a group; there is at least one. */
const AGGREGATIONS: Record<
  (Expression & { kind: 'aggregate' })['op'],
  (values: number[]) => number
> = {
  sum: values => values.reduce((a, b) => a + b, 0),
  avg: values => values.reduce((a, b) => a + b, 0) / values.length,
  min: values => values.reduce((a, b) => Math.min(a, b)),
  max: values => values.reduce((a, b) => Math.max(a, b)),
  count: values => values.length,
};

function aggregate(
  { op, labels: names, without }: Expression & { kind: 'aggregate' },
  of: VectorPlan,
): VectorPlan {
  const { labels, members } = groupsOf(of.labels, name =>
    without ? !names.includes(name) : names.includes(name),
  );
  const make = AGGREGATIONS[op];
  return {
    kind: 'vector',
    labels,
    value: (place, ms) => {
      const present: number[] = [];
      for (const member of members[place]) {
        const value = of.value(member, ms);
        if (value !== undefined) present.push(value);
      }
      return present.length ? make(present) : undefined;
    },
  };
}

/** Label sets that agree in the labels that are kept, by their places. */
function groupsOf(
  all: Labels[],
  isKept: (name: string) => boolean,
): { labels: Labels[]; members: number[][] } {
  const places = new Map<string, number>();
  const labels: Labels[] = [];
  const members: number[][] = [];
  // thousands of series have the same few sets of names
  const keptOf = new Map<string, string[]>();
  all.forEach((of, index) => {
    const names = Object.keys(of);
    const shape = names.join();
    let kept = keptOf.get(shape);
    if (!kept) {
      kept = names.filter(name => name !== '__name__' && isKept(name)).sort();
      keptOf.set(shape, kept);
    }
    let key = '';
    for (const name of kept) key += `${name}\0${of[name]}\0`;
    let place = places.get(key);
    if (place === undefined) {
      place =
        labels.push(Object.fromEntries(kept.map(name => [name, of[name]]))) - 1;
      places.set(key, place);
      members.push([]);
    }
    members[place].push(index);
  });
  return { labels, members };
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
function combine(op: Operator, left: Plan, right: Plan): Plan {
  const compute = ARITHMETIC[op];
  const holds = COMPARISON[op];
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    const { value: a } = left;
    const { value: b } = right;
    return {
      kind: 'scalar',
      value: compute ? compute(a, b) : Number(holds!(a, b)),
    };
  }
  const shown = left.kind === 'vector' ? left : (right as VectorPlan);
  const pairOf = pairing(left, right);
  return {
    kind: 'vector',
    labels: holds ? shown.labels : shown.labels.map(withoutName),
    value: (place, ms) => {
      const value = shown.value(place, ms);
      const pair = value === undefined ? undefined : pairOf(value, place, ms);
      if (!pair) return undefined;
      if (holds) return holds(...pair) ? value : undefined;
      return compute!(...pair);
    },
  };
}

/** The two numbers that stand beside each other, of a sample that is shown. */
function pairing(
  left: Plan,
  right: Plan,
): (value: number, place: number, ms: number) => [number, number] | undefined {
  if (right.kind === 'scalar') return value => [value, right.value];
  if (left.kind === 'scalar') return value => [left.value, value];
  const places = new Map<string, number[]>();
  right.labels.forEach((labels, index) => {
    const key = keyOf(withoutName(labels));
    const known = places.get(key);
    if (known) known.push(index);
    else places.set(key, [index]);
  });
  const partners = left.labels.map(
    labels => places.get(keyOf(withoutName(labels))) ?? [],
  );
  return (value, place, ms) => {
    const other = partners[place].findLast(
      partner => right.value(partner, ms) !== undefined,
    );
    return other === undefined ? undefined : [value, right.value(other, ms)!];
  };
}

/** @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
function histogramQuantile(quantile: number, of: VectorPlan): VectorPlan {
  const bounds = of.labels.map(({ le }) =>
    le === '+Inf' ? Infinity : Number(le),
  );
  const { labels, members } = groupsOf(of.labels, name => name !== 'le');
  const histograms = members.map(indexes =>
    indexes
      .filter(index => of.labels[index].le !== undefined)
      .sort((a, b) => bounds[a] - bounds[b]),
  );
  return {
    kind: 'vector',
    labels,
    value: (place, ms) => {
      const buckets: Array<[bound: number, count: number]> = [];
      for (const bucket of histograms[place]) {
        const value = of.value(bucket, ms);
        if (value !== undefined) buckets.push([bounds[bucket], value]);
      }
      return buckets.length ? quantileOf(quantile, buckets) : undefined;
    },
  };
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

function withoutName(labels: Labels): Labels {
  const { __name__: _, ...rest } = labels;
  return rest;
}

/** The same for the same labels. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
