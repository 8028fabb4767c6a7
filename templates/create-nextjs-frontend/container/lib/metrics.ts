import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Figures for Prometheus. One for the process, also where modules load twice. */
export interface Metrics {
  registry: Registry;
  requests: Counter<'method' | 'route' | 'code'>;
  duration: Histogram<'method' | 'route' | 'code'>;
}

const KEY = Symbol.for('service.metrics');
const holder = globalThis as { [KEY]?: Metrics };

/** The figures of this process. */
export function metrics(): Metrics {
  holder[KEY] ??= create();
  return holder[KEY];
}

function create(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by method, route and status',
    labelNames: ['method', 'route', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, by method, route and status',
    labelNames: ['method', 'route', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return { registry, requests, duration };
}
