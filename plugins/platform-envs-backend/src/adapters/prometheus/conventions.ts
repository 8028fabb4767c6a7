/** PromQL for each figure. `{labels}` is what to group by, `{matchers}` what configuration adds. */
export interface RequestQueries {
  /** Requests a second. */
  requests: string;
  /** Requests a second that were answered with an error. */
  errors: string;
  /** Seconds. */
  latencyP50: string;
  /** Seconds. */
  latencyP95: string;
}

/** Labels that say what a series is about; an empty one is not asked for. */
export interface RequestLabels {
  component: string;
  environment: string;
  namespace: string;
  cluster: string;
}

/** How metrics are named, by whoever exposes them. */
export interface Convention {
  queries: RequestQueries;
  labels: RequestLabels;
}

const LABELS: RequestLabels = {
  component: 'service',
  environment: 'environment',
  namespace: 'namespace',
  cluster: 'cluster',
};

/** Five minutes, as dashboards have it: it bridges the loss of some scrapes. */
function queries(options: {
  total: string;
  buckets: string;
  failed: string;
  /** What divides the buckets' unit into seconds. */
  divisor?: number;
}): RequestQueries {
  const { total, buckets, failed, divisor } = options;
  const quantile = (q: number) =>
    `histogram_quantile(${q}, sum by (le, {labels}) (rate(${buckets}{{matchers}}[5m])))${
      divisor ? ` / ${divisor}` : ''
    }`;
  return {
    requests: `sum by ({labels}) (rate(${total}{{matchers}}[5m]))`,
    errors: `sum by ({labels}) (rate(${total}{${failed},{matchers}}[5m]))`,
    latencyP50: quantile(0.5),
    latencyP95: quantile(0.95),
  };
}

/** The conventions that need no query to be written. */
export const CONVENTIONS: Record<
  'prometheus' | 'opentelemetry' | 'istio',
  Convention
> = {
  /** @see https://prometheus.io/docs/practices/naming/ */
  prometheus: {
    labels: LABELS,
    queries: queries({
      total: 'http_requests_total',
      buckets: 'http_request_duration_seconds_bucket',
      failed: 'code=~"5.."',
    }),
  },
  /** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
  opentelemetry: {
    labels: {
      ...LABELS,
      component: 'service_name',
      environment: 'deployment_environment_name',
      namespace: 'k8s_namespace_name',
      cluster: 'k8s_cluster_name',
    },
    queries: queries({
      total: 'http_server_request_duration_seconds_count',
      buckets: 'http_server_request_duration_seconds_bucket',
      failed: 'http_response_status_code=~"5.."',
    }),
  },
  /** @see https://istio.io/latest/docs/reference/config/metrics/ */
  istio: {
    labels: {
      ...LABELS,
      component: 'destination_workload',
      environment: '',
      namespace: 'destination_workload_namespace',
      cluster: 'destination_cluster',
    },
    queries: queries({
      total: 'istio_requests_total',
      buckets: 'istio_request_duration_milliseconds_bucket',
      failed: 'response_code=~"5..",reporter="destination"',
      divisor: 1000,
    }),
  },
};

/** Labels as PromQL groups by them. */
export function groupingOf(labels: RequestLabels): string {
  return Object.values(labels).filter(Boolean).join(', ');
}

/** A query with its places filled. */
export function fillQuery(
  query: string,
  values: { labels: RequestLabels; matchers: string },
): string {
  const { labels, matchers } = values;
  return query
    .replaceAll('{labels}', groupingOf(labels))
    .replace(/,?\s*\{matchers\}/g, place =>
      matchers ? place.replace('{matchers}', () => matchers) : '',
    );
}
