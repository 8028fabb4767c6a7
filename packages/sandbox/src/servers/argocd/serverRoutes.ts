import { FastifyInstance } from 'fastify';

/** The version of Argo CD whose behaviour is played. */
const VERSION = 'v3.6.1+sandbox';

/** What Argo CD tells without a session: version, settings, health. */
export function addServerRoutes(server: FastifyInstance): void {
  server.get('/api/version', async () => ({
    Version: VERSION,
    GitTreeState: 'clean',
    Platform: `${process.platform}/${process.arch}`,
  }));
  server.get('/api/v1/settings', async () => ({
    appLabelKey: 'app.kubernetes.io/instance',
    trackingMethod: 'annotation',
    controllerNamespace: 'argocd',
    appsInAnyNamespaceEnabled: false,
    statusBadgeEnabled: false,
    resourceOverrides: {},
  }));
  server.get('/healthz', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('ok'),
  );
}
