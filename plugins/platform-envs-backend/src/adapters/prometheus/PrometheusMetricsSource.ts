import { ServiceUnavailableError } from '@backstage/errors';
import {
  MeasuredRequests,
  MetricsRange,
  MetricsSource,
  MetricsSubject,
} from '@fairway/plugin-platform-envs-node';
import { inSlices } from '../../inSlices';
import { getJson, HttpAuth, HttpUpstream } from '../http/getJson';
import { fillQuery, RequestLabels, RequestQueries } from './conventions';
import { isSample, isSeries, matrixSchema, Sample } from './schema';

/** One Prometheus, or something that answers as it does. */
export interface PrometheusMetricsSourceOptions {
  instance: string;
  /** Without trailing slash and without `/api/v1`. */
  url: string;
  auth: HttpAuth;
  queries: RequestQueries;
  labels: RequestLabels;
  /** Label matchers for every query, e.g. `cluster="prod"`; may be empty. */
  matchers: string;
  /** Names of the environments that it measures; absent: all. */
  environments?: string[];
  /** How long one answer may take. Default: 20 seconds. */
  timeoutMs?: number;
}

const FIGURES = ['requests', 'errors', 'latencyP50', 'latencyP95'] as const;

/** More subjects than that are not components; they would only take memory. */
const MAX_SUBJECTS = 20_000;

/**
 * Request figures from Prometheus: four range queries for all components,
 * grouped by the labels that tell component and environment.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export class PrometheusMetricsSource implements MetricsSource {
  readonly instance: string;
  readonly title: string;
  readonly environments?: string[];
  readonly #options: PrometheusMetricsSourceOptions;
  readonly #upstream: HttpUpstream;

  constructor(options: PrometheusMetricsSourceOptions) {
    this.instance = options.instance;
    this.title = `Prometheus ${options.instance}`;
    this.environments = options.environments;
    this.#options = options;
    this.#upstream = {
      title: this.title,
      url: options.url,
      auth: options.auth,
      authKey: `platformEnvs.prometheus.instances.${options.instance}`,
      timeoutMs: options.timeoutMs ?? 20_000,
    };
  }

  async readRequests(
    range: MetricsRange,
    signal: AbortSignal,
  ): Promise<MeasuredRequests[]> {
    const found = new Map<string, MeasuredRequests>();
    const put = async (figure: (typeof FIGURES)[number]) => {
      const series = await this.#query(figure, range, signal);
      await inSlices(series, one => {
        if (!isSeries(one)) throw this.#noSeries();
        const { metric, values } = one;
        if (!values.every(isSample)) throw this.#noSeries();
        const of = this.#subject(found, metric, range);
        if (of) fill(of[figure], values, range);
      });
      return series.length;
    };
    // one after the other: four answers at once would stall the process
    const [first, second, ...rest] = FIGURES;
    await put(first);
    const measured = [...found.values()];
    const errorsAreKnown = (await put(second)) > 0;
    // a counter that was never counted up does not exist
    if (errorsAreKnown) {
      await inSlices(measured, of => {
        of.requests.forEach((value, at) => {
          if (!Number.isNaN(value) && Number.isNaN(of.errors[at])) {
            of.errors[at] = 0;
          }
        });
      });
    }
    for (const figure of rest) await put(figure);
    return [...found.values()];
  }

  async #query(
    figure: (typeof FIGURES)[number],
    { startMs, endMs, stepMs }: MetricsRange,
    signal: AbortSignal,
  ): Promise<unknown[]> {
    const answer = await getJson(this.#upstream, '/api/v1/query_range', {
      signal,
      form: {
        query: fillQuery(this.#options.queries[figure], this.#options),
        start: `${startMs / 1000}`,
        end: `${endMs / 1000}`,
        step: `${stepMs / 1000}`,
      },
    });
    const parsed = matrixSchema.safeParse(answer);
    if (!parsed.success) throw this.#noSeries();
    return parsed.data.data.result;
  }

  #noSeries(): ServiceUnavailableError {
    return new ServiceUnavailableError(
      `${this.title} answered with something that is not a series over time`,
    );
  }

  #subject(
    found: Map<string, MeasuredRequests>,
    metric: Record<string, string>,
    range: MetricsRange,
  ): MeasuredRequests | undefined {
    const { labels } = this.#options;
    const component = metric[labels.component];
    if (!component) return undefined;
    const subject: MetricsSubject = { component };
    for (const part of ['environment', 'namespace', 'cluster'] as const) {
      const value = metric[labels[part]];
      if (value) subject[part] = value;
    }
    const key = JSON.stringify(subject);
    let of = found.get(key);
    if (!of) {
      if (found.size >= MAX_SUBJECTS) {
        throw new ServiceUnavailableError(
          `${this.title} has more than ${MAX_SUBJECTS} services; narrow it with platformEnvs.prometheus.instances.${this.instance}.matchers`,
        );
      }
      of = empty(subject, range);
      found.set(key, of);
    }
    return of;
  }
}

function empty(
  subject: MetricsSubject,
  { startMs, endMs, stepMs }: MetricsRange,
): MeasuredRequests {
  const size = Math.floor((endMs - startMs) / stepMs) + 1;
  const nothing = () => new Array<number>(size).fill(NaN);
  return {
    subject,
    requests: nothing(),
    errors: nothing(),
    latencyP50: nothing(),
    latencyP95: nothing(),
  };
}

/** Puts values where they belong. Infinite ones are no measurement: a quantile in the last bucket, a division by nothing. */
function fill(
  into: number[],
  values: Sample[],
  { startMs, stepMs }: MetricsRange,
): void {
  for (const [seconds, text] of values) {
    const index = Math.round((seconds * 1000 - startMs) / stepMs);
    const value = Number(text);
    if (index >= 0 && index < into.length && Number.isFinite(value)) {
      into[index] = value;
    }
  }
}
