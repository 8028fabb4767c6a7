import { FastifyInstance } from 'fastify';
import { HealthJournal } from '../../world/observability/HealthJournal';
import { Metrics } from '../../world/observability/Metrics';
import { World } from '../../world/types';
import { createServer, HttpError } from '../createServer';
import { addAlertRoutes } from './alertRoutes';
import { addDashboardRoutes } from './dashboardRoutes';
import { addPages } from './pages';
import { addPrometheusRoutes } from './prometheusRoutes';

const TOKENS = new Set([
  'Bearer sandbox-grafana-token',
  `Basic ${Buffer.from('admin:admin').toString('base64')}`,
]);

/** The data source that all dashboards read. */
export const DATASOURCE_UID = 'prometheus';

/**
 * Grafana over what the world exposes: dashboards and alert rules that follow
 * from the platforms, and Prometheus's own API below `/prometheus` and behind
 * the data source proxy.
 *
 * @see https://grafana.com/docs/grafana/latest/developers/http_api/
 */
export function createGrafanaServer(world: World): FastifyInstance {
  const journal = HealthJournal.open(world);
  const metrics = new Metrics(world, journal);
  const server = createServer({
    upstream: 'grafana',
    world,
    error: (error, request) => ({
      body: /\/api\/v1\//.test(request?.url ?? '')
        ? prometheusError(error)
        : { message: error.message, ...error.details },
    }),
  });

  server.addHook('onRequest', async request => {
    const path = request.url.split('?')[0];
    if (path.startsWith('/api/') && path !== '/api/health') {
      const given = request.headers.authorization;
      if (!given || !TOKENS.has(given)) {
        throw new HttpError(401, given ? 'Invalid API key' : 'Unauthorized');
      }
    }
  });

  server.get('/api/health', async () => ({
    database: 'ok',
    version: '12.3.0',
    commit: 'sandbox',
  }));
  server.get('/api/org', async () => ({ id: 1, name: 'Main Org.' }));
  addDashboardRoutes(server, world);
  addAlertRoutes(server, world, journal);
  addPrometheusRoutes(server, '/prometheus', world, metrics);
  addPrometheusRoutes(
    server,
    `/api/datasources/proxy/uid/${DATASOURCE_UID}`,
    world,
    metrics,
  );
  addPages(server, world, { metrics, journal });
  return server;
}

/** @see https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview */
function prometheusError(error: HttpError) {
  const errorType: Record<number, string> = {
    400: 'bad_data',
    401: 'unauthorized',
    404: 'not_found',
    422: 'execution',
    503: 'unavailable',
  };
  return {
    status: 'error',
    errorType: errorType[error.status] ?? 'internal',
    error: error.message,
  };
}
