import { FastifyInstance, FastifyRequest } from 'fastify';
import { World } from '../../world/types';
import { Metrics, PrometheusSeries } from '../../world/observability/Metrics';
import { HttpError } from '../createServer';
import { evaluate, Sample } from './promql/evaluate';
import { durationMs, Expression, parsePromql } from './promql/parse';
import { PromqlError } from './promql/tokenize';

/** As many as Prometheus gives. */
const MOST_POINTS = 11_000;

/**
 * Samples that one query may load. Prometheus lets 50 million through; here
 * everything else stands still meanwhile, and these take about a second.
 */
const MOST_SAMPLES = 1_000_000;

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
        data: worded(() => answer(parameters(request))),
      }),
    });

  both('query', p => {
    const expression = parsePromql(required(p, 'query'));
    if (expression.kind === 'selector' && expression.rangeMs !== undefined) {
      throw new PromqlError('range vectors are not answered in the sandbox');
    }
    const atMs = p.has('time') ? timeMs(p, 'time') : nowMs();
    const result = evaluate(expression, atMs, cached(metrics));
    return typeof result === 'number'
      ? { resultType: 'scalar', result: point(atMs, result) }
      : {
          resultType: 'vector',
          result: result.map(({ labels, value }) => ({
            metric: labels,
            value: point(atMs, value),
          })),
        };
  });

  both('query_range', p => {
    const expression = parsePromql(required(p, 'query'));
    if (expression.kind === 'selector' && expression.rangeMs !== undefined) {
      throw new PromqlError(
        'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
      );
    }
    return {
      resultType: 'matrix',
      result: queryRange(metrics, expression, {
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
    const series = worded(() => matching(p, metrics) ?? metrics.series());
    const values = series.flatMap(s =>
      Object.hasOwn(s.labels, name) ? s.labels[name] : [],
    );
    return { status: 'success', data: [...new Set(values)].sort() };
  });
  both('status/buildinfo', () => ({ version: '3.5.0', revision: 'sandbox' }));
}

/** Gives errors of PromQL the status that Prometheus gives them. */
function worded<T>(answer: () => T): T {
  try {
    return answer();
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

/** @throws PromqlError - the range is backwards, or has too many points or samples. */
export function queryRange(
  metrics: Metrics,
  expression: Expression,
  range: { fromMs: number; toMs: number; stepMs: number },
): Matrix[] {
  const { fromMs, toMs, stepMs: step } = range;
  if (toMs < fromMs) {
    throw new PromqlError(
      'invalid parameter "end": end timestamp must not be before start time',
    );
  }
  if ((toMs - fromMs) / step > MOST_POINTS) {
    throw new PromqlError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const find = cached(metrics);
  const found = new Map<string, Matrix>();
  for (let atMs = fromMs; atMs <= toMs; atMs += step) {
    const result = evaluate(expression, atMs, find);
    const samples: Sample[] =
      typeof result === 'number' ? [{ labels: {}, value: result }] : result;
    for (const { labels, value } of samples) {
      const key = JSON.stringify(labels);
      const series = found.get(key) ?? { metric: labels, values: [] };
      series.values.push(point(atMs, value));
      found.set(key, series);
    }
  }
  return [...found.values()];
}

/** The series of one answer do not change while it is worked out. */
function cached(metrics: Metrics) {
  const known = new Map<string | undefined, PrometheusSeries[]>();
  let samples = 0;
  return (metric?: string) => {
    const series = known.get(metric) ?? metrics.series(metric);
    known.set(metric, series);
    samples += series.length;
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
