import { once } from 'node:events';
import { FastifyInstance, FastifyRequest } from 'fastify';
import { World } from '../../world/types';
import { HttpError, createServer } from '../createServer';
import { ArgocdAccounts } from './ArgocdAccounts';
import { addApplicationRoutes } from './applicationRoutes';
import { addOperationRoutes } from './operationRoutes';
import { addPages } from './pages';
import { addServerRoutes } from './serverRoutes';
import { argocdErrorReply } from './errors';

/** Calls that Argo CD answers without a session. */
const PUBLIC = new Set([
  'POST /api/v1/session',
  'GET /api/v1/settings',
  'GET /api/version',
]);

/**
 * Argo CD's API server over the played Argo CD of the world, plus a page for
 * each application so that links land.
 *
 * @throws Error - `startArgocd(world)` was not called before.
 */
export function createArgocdServer(world: World): FastifyInstance {
  const engine = world.argocd;
  if (!engine) {
    throw new Error('call startArgocd(world) before createArgocdServer(world)');
  }
  const accounts = new ArgocdAccounts();
  const server = createServer({
    upstream: 'argocd',
    world,
    error: argocdErrorReply,
  });

  server.addHook('onRequest', async (request, reply) => {
    if (engine.silent) {
      await Promise.race([
        once(engine.events, 'resume'),
        once(reply.raw, 'close'),
      ]);
    }
    const path = request.url.split('?')[0];
    if (!path.startsWith('/api/') || PUBLIC.has(`${request.method} ${path}`)) {
      return;
    }
    const token = tokenOf(request);
    if (!token) {
      throw new HttpError(401, 'no session information');
    }
    if (!accounts.user(token)) {
      throw new HttpError(
        401,
        'invalid session: token is malformed or has been revoked',
      );
    }
  });

  const userOf = (request: FastifyRequest) =>
    accounts.user(tokenOf(request) ?? '');
  addServerRoutes(server, { engine, accounts, tokenOf, userOf });
  addApplicationRoutes(server, world, engine);
  addOperationRoutes(server, engine, userOf);
  addPages(server, engine);
  return server;
}

function tokenOf(request: FastifyRequest): string | undefined {
  return (
    request.headers.authorization?.match(/^Bearer (.+)$/i)?.[1] ??
    request.headers.cookie?.match(/(?:^|;\s*)argocd\.token=([^;]+)/)?.[1]
  );
}
