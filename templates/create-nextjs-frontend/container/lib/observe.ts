import { randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Metrics } from './metrics';
import { routeOf } from './routeOf';

/** Routes whose requests are counted by name. Add yours. */
export const ROUTES: ReadonlySet<string> = new Set(['/', '/healthz', '/readyz', '/metrics']);
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
const SAFE_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Gives every request an id, and counts, times and logs it. */
export function observeRequests({ requests, duration }: Metrics, logger: Logger): () => void {
  const onStart = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const began = performance.now();
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && SAFE_ID.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    // an answer that was cut off counts as well
    response.once('close', () => {
      const seconds = (performance.now() - began) / 1000;
      const route = routeOf((request.url ?? '').split('?', 1)[0] ?? '', ROUTES);
      const { method = 'other' } = request;
      const status = response.statusCode;
      const labels = { method, route, code: String(status) };
      requests.inc(labels);
      duration.observe(labels, seconds);
      if (PROBES.has(route) && status < 500) return;
      logger.info(
        { method, route, status, durationMs: Math.round(seconds * 1000), requestId },
        'request',
      );
    });
  };
  diagnostics.subscribe('http.server.request.start', onStart);
  return () => {
    diagnostics.unsubscribe('http.server.request.start', onStart);
  };
}
