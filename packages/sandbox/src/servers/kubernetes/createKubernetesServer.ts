import { FastifyInstance, FastifyRequest } from 'fastify';
import { Cluster } from '../../world/kubernetes/Cluster';
import { KUBERNETES_VERSION } from '../../world/kubernetes/infrastructure';
import { World } from '../../world/types';
import { HttpError, createServer } from '../createServer';
import { addReadRoutes } from './readRoutes';
import { discovery, groups } from './resources';

/** The service account token of the portal. */
export const KUBERNETES_TOKEN = 'sandbox-kubernetes-token';

/**
 * Where a cluster's API begins. kubectl sends no token over plain http, so for
 * it the token can stand in the path.
 */
const ROOTS = ['/clusters/:cluster', '/token/:token/clusters/:cluster'];

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** The cluster that a path names. */
export type ClusterOf = (request: FastifyRequest) => Cluster;

/**
 * A read-only Kubernetes API for each cluster of the world, below
 * `/clusters/<name>`, and below `/token/<token>/clusters/<name>` for kubectl.
 * Everything but the service account's token is refused.
 *
 * @throws Error - `startArgocd(world)` was not called before.
 */
export function createKubernetesServer(world: World): FastifyInstance {
  const engine = world.argocd;
  if (!engine) {
    throw new Error(
      'call startArgocd(world) before createKubernetesServer(world)',
    );
  }
  const server = createServer({
    upstream: 'kubernetes',
    world,
    error: error => ({ body: statusOf(error) }),
    // What API priority and fairness answers when its queues are full.
    throttled: () =>
      new HttpError(
        429,
        'Too many requests, please try again later.',
        { retryAfterSeconds: 1 },
        { 'retry-after': '1' },
      ),
  });

  server.addHook('onRequest', async request => {
    const { token } = request.params as { token?: string };
    const given = token
      ? `Bearer ${token}`
      : request.headers.authorization ?? '';
    if (given !== `Bearer ${KUBERNETES_TOKEN}`) {
      throw new HttpError(401, 'Unauthorized');
    }
  });

  const clusterOf: ClusterOf = request => {
    const { cluster: name } = request.params as { cluster: string };
    const cluster = engine.clusters.get(name);
    if (!cluster) {
      throw new HttpError(
        404,
        `there is no cluster "${name}"; there are ${[
          ...engine.clusters.keys(),
        ].join(', ')}`,
      );
    }
    return cluster;
  };
  const get = (
    path: string,
    answer: (params: Record<string, string>) => unknown,
  ) =>
    ROOTS.forEach(root =>
      server.get(`${root}${path}`, async request => {
        clusterOf(request);
        return answer(request.params as Record<string, string>);
      }),
    );

  const [, major, minor] = KUBERNETES_VERSION.match(/^v(\d+)\.(\d+)/)!;
  get('/version', () => ({
    major,
    minor,
    gitVersion: KUBERNETES_VERSION,
    gitCommit: '113cf36fedeb9100f1e4c8f5aef4eaadd9b6fd9b',
    gitTreeState: 'clean',
    buildDate: '2025-09-15T00:00:00Z',
    goVersion: 'go1.24.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  }));
  ['/healthz', '/livez', '/readyz'].forEach(path => get(path, () => 'ok'));
  get('/api', discovery.versions);
  get('/apis', discovery.groups);
  get('/api/v1', () => discovery.resources('', 'v1'));
  get('/apis/:group', ({ group }) => {
    if (!groups().has(group)) {
      throw unknownResource();
    }
    return discovery.group(group);
  });
  get('/apis/:group/:version', ({ group, version }) => {
    if (!groups().get(group)?.includes(version)) {
      throw unknownResource();
    }
    return discovery.resources(group, version);
  });
  for (const root of ROOTS) {
    addReadRoutes(server, root, { clusterOf, now: () => world.clock.now() });
    server.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url: `${root}/*`,
      handler: async request => {
        clusterOf(request);
        throw new HttpError(
          403,
          `User "system:serviceaccount:fairway:fairway" may only read: ${request.method} is not allowed`,
        );
      },
    });
  }
  return server;
}

/** What the API server says of a path that it does not serve. */
export function unknownResource(): HttpError {
  return new HttpError(404, 'the server could not find the requested resource');
}

function statusOf(error: HttpError): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    reason: REASONS[error.status] ?? 'Unknown',
    ...(error.details.kind || error.details.retryAfterSeconds
      ? { details: error.details }
      : {}),
    code: error.status,
  };
}
