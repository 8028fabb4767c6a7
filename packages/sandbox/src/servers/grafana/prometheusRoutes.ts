import { FastifyInstance, FastifyRequest } from 'fastify';
import { setImmediate as pause } from 'node:timers/promises';
import { World } from '../../world/types';
import { Metrics, PrometheusSeries } from '../../world/observability/Metrics';
import { HttpError } from '../createServer';
import { keyOf, plan } from './promql/evaluate';
import { durationMs, Expression, parsePromql } from './promql/parse';
import { PromqlError } from './promql/tokenize';

/** As many as Prometheus gives. */
const MOST_POINTS = 11_000;

/**
 * Samples that one query may load. Prometheus lets 50 million through; here
 * these take some seconds.
 */
const MOST_SAMPLES = 10_000_000;

/** Other requests wait no longer than this while a query is worked out. */
const SLICE_MS = 20;

/**
 * Prometheus's HTTP API below a path, by GET and by form.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function addPrometheusRoutes(
  server: FastifyInstance,
  base: string,
  world: World,
  metrics: Metrics,
): void {
  const nowMs = () => world.clock.now().getTime();
  const both = (path: string, answer: (p: URLSearchParams) => unknown) =>
    server.route({
      method: ['GET', 'POST'],
      url: `${base}/api/v1/${path}`,
      handler: async request => ({
        status: 'success',
        data: await worded(async () => answer(parameters(request))),
      }),
    });

  both('query', p => {
    const expression = parsePromql(required(p, 'query'));
    if (expression.kind === 'selector' && expression.rangeMs !== undefined) {
      throw new PromqlError('range vectors are not answered in the sandbox');
    }
    const atMs = p.has('time') ? timeMs(p, 'time') : nowMs();
    const planned = plan(expression, limited(metrics, 1));
    if (planned.kind === 'scalar') {
      return { resultType: 'scalar', result: point(atMs, planned.value) };
    }
    return {
      resultType: 'vector',
      result: planned.labels.flatMap((metric, place) => {
        const value = planned.value(place, atMs);
        return value === undefined
          ? []
          : [{ metric, value: point(atMs, value) }];
      }),
    };
  });

  both('query_range', async p => {
    const expression = parsePromql(required(p, 'query'));
    if (expression.kind === 'selector' && expression.rangeMs !== undefined) {
      throw new PromqlError(
        'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
      );
    }
    return {
      resultType: 'matrix',
      result: await queryRange(metrics, expression, {
        fromMs: timeMs(p, 'start'),
        toMs: timeMs(p, 'end'),
        stepMs: stepMs(p),
      }),
    };
  });

  both('series', p => {
    const found = matching(p, metrics);
    if (!found) throw new PromqlError('no match[] parameter provided');
    return found.map(({ labels }) => labels);
  });
  both('labels', p => {
    const series = matching(p, metrics) ?? metrics.series();
    return [...new Set(series.flatMap(s => Object.keys(s.labels)))].sort();
  });
  server.get(`${base}/api/v1/label/:name/values`, async request => {
    const { name } = request.params as { name: string };
    const p = parameters(request);
    const series = await worded(
      async () => matching(p, metrics) ?? metrics.series(),
    );
    const values = series.flatMap(s =>
      Object.hasOwn(s.labels, name) ? s.labels[name] : [],
    );
    return { status: 'success', data: [...new Set(values)].sort() };
  });
  both('status/buildinfo', () => ({ version: '3.5.0', revision: 'sandbox' }));
}

/** Gives errors of PromQL the status that Prometheus gives them. */
async function worded<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    throw error instanceof PromqlError
      ? new HttpError(error.status, error.message)
      : error;
  }
}

/** A series over time. */
export interface Matrix {
  metric: Record<string, string>;
  values: Array<[number, string]>;
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * An expression over time. Queries are worked out one after another, and other
 * requests have their turn meanwhile.
 *
 * @throws PromqlError - the range is backwards, or has too many points or samples.
 */
export function queryRange(
  ...query: Parameters<typeof workOut>
): Promise<Matrix[]> {
  const result = queue.then(() => workOut(...query));
  queue = result.catch(() => {});
  return result;
}

async function workOut(
  metrics: Metrics,
  expression: Expression,
  range: { fromMs: number; toMs: number; stepMs: number },
): Promise<Matrix[]> {
  const { fromMs, toMs, stepMs: step } = range;
  if (toMs < fromMs) {
    throw new PromqlError(
      'invalid parameter "end": end timestamp must not be before start time',
    );
  }
  const points = (toMs - fromMs) / step;
  if (points > MOST_POINTS) {
    throw new PromqlError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const planned = plan(expression, limited(metrics, Math.floor(points) + 1));
  const isScalar = planned.kind === 'scalar';
  const labels = isScalar ? [{}] : planned.labels;
  // what has the same labels is one series
  const byKey = new Map<string, Matrix>();
  const series = labels.map(metric => {
    const key = keyOf(metric);
    const known = byKey.get(key) ?? { metric, values: [] };
    byKey.set(key, known);
    return known;
  });
  let turnMs = performance.now();
  for (let place = 0; place < series.length; place++) {
    const { values } = series[place];
    for (let atMs = fromMs; atMs <= toMs; atMs += step) {
      const value = isScalar ? planned.value : planned.value(place, atMs);
      if (value !== undefined) values.push(point(atMs, value));
    }
    if (performance.now() - turnMs > SLICE_MS) {
      await pause();
      turnMs = performance.now();
    }
  }
  const found = [...byKey.values()].filter(({ values }) => values.length > 0);
  if (byKey.size < series.length) {
    for (const { values } of found) values.sort(([a], [b]) => a - b);
  }
  return found;
}

/** The series of one query, unless it asks for more than one query may. */
function limited(metrics: Metrics, points: number) {
  const known = new Map<string | undefined, PrometheusSeries[]>();
  let samples = 0;
  return (metric?: string) => {
    const series = known.get(metric) ?? metrics.series(metric);
    known.set(metric, series);
    samples += series.length * points;
    if (samples > MOST_SAMPLES) {
      throw new PromqlError(
        'query processing would load too many samples into memory in query execution',
        422,
      );
    }
    return series;
  };
}

function matching(
  p: URLSearchParams,
  metrics: Metrics,
): PrometheusSeries[] | undefined {
  const selectors = p.getAll('match[]').map(parsePromql);
  if (selectors.length === 0) return undefined;
  return metrics.series().filter(({ labels }) =>
    selectors.some(selector => {
      if (selector.kind !== 'selector') {
        throw new PromqlError('match[] takes selectors only');
      }
      const { metric, matchers } = selector;
      return (
        (metric === undefined || metric === labels.__name__) &&
        matchers.every(m => m.matches(labels[m.label] ?? ''))
      );
    }),
  );
}

function parameters(request: FastifyRequest): URLSearchParams {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const form = new URLSearchParams(String(request.body ?? ''));
  return new URLSearchParams([...query, ...form]);
}

function required(p: URLSearchParams, name: string): string {
  return p.get(name) ?? '';
}

/** Seconds since 1970, or RFC 3339. */
function timeMs(p: URLSearchParams, name: string): number {
  const text = p.get(name) ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new PromqlError(
      `invalid parameter "${name}": cannot parse "${text}" to a valid timestamp`,
    );
  }
  return ms;
}

function stepMs(p: URLSearchParams): number {
  const text = p.get('step') ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : durationOf(text);
  if (!(ms >= 1)) {
    throw new PromqlError(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  return ms;
}

function durationOf(text: string): number {
  try {
    return durationMs(text);
  } catch {
    throw new PromqlError(
      `invalid parameter "step": cannot parse "${text}" to a valid duration`,
    );
  }
}

function point(atMs: number, value: number): [number, string] {
  let text = `${value}`;
  if (value === Infinity) text = '+Inf';
  if (value === -Infinity) text = '-Inf';
  return [atMs / 1000, text];
}
