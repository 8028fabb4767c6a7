/**
 * One kind of work that a component does, and the metrics that count, time and
 * judge it. Rate, errors and latency are derived from these.
 */
export interface Signal {
  /** Lower case, begins the names of its alerts. */
  id: string;
  /** What one unit of the work is called, in the plural: `requests`. */
  work: string;
  /** Counter of finished work. */
  total: string;
  /** Matcher of what went wrong, e.g. `code=~"5.."`. */
  failed: string;
  /** Histogram buckets of the duration, seconds. */
  buckets: string;
  /** Label that tells where to look first, e.g. `route`. */
  by: string;
  /** Gauge of work that waits, where there is one. */
  waiting?: { metric: string; title: string; alertAbove: number };
  /** What p95 may take before somebody is told, seconds. */
  slowAboveSeconds: number;
}

/** Signals that a template asks for by name; its service exposes these metrics. */
export const SIGNALS = {
  /** As the portal's `prometheus` convention reads them. */
  http: {
    id: 'http',
    work: 'requests',
    total: 'http_requests_total',
    failed: 'code=~"5.."',
    buckets: 'http_request_duration_seconds_bucket',
    by: 'route',
    slowAboveSeconds: 1,
  },
  /**
   * The codes are the server's fault, not the caller's.
   *
   * @see https://github.com/grpc-ecosystem/go-grpc-middleware/tree/main/providers/prometheus
   */
  grpc: {
    id: 'grpc',
    work: 'calls',
    total: 'grpc_server_handled_total',
    failed:
      'grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"',
    buckets: 'grpc_server_handling_seconds_bucket',
    by: 'grpc_method',
    slowAboveSeconds: 1,
  },
  consumer: {
    id: 'consumer',
    work: 'records',
    total: 'consumer_records_total',
    failed: 'result="dead_lettered"',
    buckets: 'consumer_record_duration_seconds_bucket',
    by: 'topic',
    waiting: {
      metric: 'consumer_lag_records',
      title: 'Records behind the end of the topic',
      alertAbove: 10_000,
    },
    slowAboveSeconds: 5,
  },
  jobs: {
    id: 'jobs',
    work: 'jobs',
    total: 'jobs_total',
    failed: 'result="failed"',
    buckets: 'job_duration_seconds_bucket',
    by: 'queue',
    waiting: {
      metric: 'jobs_waiting',
      title: 'Jobs that wait',
      alertAbove: 1_000,
    },
    slowAboveSeconds: 60,
  },
} as const satisfies Record<string, Signal>;

/** Five minutes, as the portal has it: it bridges the loss of some scrapes. */
const RANGE = '[5m]';

/** PromQL of a signal for the series that the matchers leave. */
export function queriesOf(signal: Signal, matchers: string) {
  const { total, failed, buckets } = signal;
  const rate = (extra: string, by?: string) =>
    `sum${by ? ` by (${by})` : ''} (rate(${total}{${[matchers, extra]
      .filter(Boolean)
      .join(',')}}${RANGE}))`;
  return {
    rate: (by?: string) => rate('', by),
    errors: (by?: string) => rate(failed, by),
    /** 0 where nothing failed, absent where nothing was done. */
    errorRatio: `(${rate(failed)} or 0 * ${rate('')}) / ${rate('')}`,
    latency: (quantile: number) =>
      `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}{${matchers}}${RANGE})))`,
  };
}
