import { once } from 'node:events';
import { FastifyInstance, FastifyRequest } from 'fastify';
import { World } from '../../world/types';
import { HttpError, createServer } from '../createServer';
import { Api, tokenOf } from './Api';
import { ArgocdAccounts } from './ArgocdAccounts';
import { addAccountRoutes } from './accountRoutes';
import { addApplicationRoutes } from './applicationRoutes';
import { addApplicationSetRoutes } from './applicationSetRoutes';
import { addClusterRoutes } from './clusterRoutes';
import { argocdErrorReply } from './errors';
import { compressReplies } from './compressReplies';
import { addOperationRoutes } from './operationRoutes';
import { addPages } from './pages';
import { addPodRoutes } from './podRoutes';
import { addProjectRoutes } from './projectRoutes';
import { Rbac } from './Rbac';
import { addResourceRoutes } from './resourceRoutes';
import { addServerRoutes } from './serverRoutes';

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
  const accounts = new ArgocdAccounts(
    world.clock,
    engine.store,
    () => engine.tokensExpired,
  );
  const server = createServer({
    upstream: 'argocd',
    world,
    error: argocdErrorReply,
  });
  compressReplies(server);

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
    requireSession(accounts, request);
  });

  const api = new Api(
    server,
    world,
    engine,
    accounts,
    new Rbac(accounts.list, engine.store.projects, () => engine.blind),
  );
  addServerRoutes(server);
  addAccountRoutes(api);
  addApplicationRoutes(api);
  addApplicationSetRoutes(api);
  addResourceRoutes(api);
  addPodRoutes(api);
  addOperationRoutes(api);
  addProjectRoutes(api);
  addClusterRoutes(api);
  addPages(server, engine);
  return server;
}

function requireSession(accounts: ArgocdAccounts, request: FastifyRequest) {
  const token = tokenOf(request);
  if (!token) {
    throw new HttpError(401, 'no session information');
  }
  accounts.caller(token);
}
