import { FastifyInstance, FastifyRequest } from 'fastify';
import { Cluster } from '../../world/kubernetes/Cluster';
import { KUBERNETES_VERSION } from '../../world/kubernetes/infrastructure';
import { World } from '../../world/types';
import { ClusterHistory } from '../../world/kubernetes/ClusterHistory';
import { HttpError, createServer } from '../createServer';
import { authenticate, authorize, KubernetesUser } from './access';
import { addAccessReviews } from './accessReviews';
import { openApiV2, openApiV3, openApiV3Index } from './openapi';
import { addReadRoutes, resourceOf, unknownResource } from './readRoutes';
import { discovery, findType, groups } from './resources';

export { KUBERNETES_TOKEN } from './access';

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
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** Verbs of RBAC by method of HTTP. */
const WRITES: Record<string, string> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * A read-only Kubernetes API for each cluster of the world, below
 * `/clusters/<name>`, and below `/token/<token>/clusters/<name>` for kubectl.
 * Only the tokens of `access.ts` are let in.
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

  const histories = new Map<Cluster, ClusterHistory>();
  const historyOf = (cluster: Cluster) => {
    let history = histories.get(cluster);
    if (!history) {
      history = new ClusterHistory(cluster);
      histories.set(cluster, history);
    }
    return history;
  };
  const users = new WeakMap<FastifyRequest, KubernetesUser>();
  const userOf = (request: FastifyRequest) => users.get(request)!;
  const clusterOf = (request: FastifyRequest): Cluster => {
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

  server.addHook('onRequest', async request => {
    const { token, cluster = '' } = request.params as Record<string, string>;
    const user = authenticate(
      token ?? /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1],
      cluster,
    );
    if (!user) {
      throw new HttpError(401, 'Unauthorized');
    }
    users.set(request, user);
    checkAccept(request);
  });

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
  get('/openapi/v2', openApiV2);
  get('/openapi/v3', openApiV3Index);
  get('/openapi/v3/api/v1', () => openApiV3('', 'v1'));
  get('/openapi/v3/apis/:group/:version', ({ group, version }) => {
    if (!groups().get(group)?.includes(version)) {
      throw unknownResource();
    }
    return openApiV3(group, version);
  });
  for (const root of ROOTS) {
    addReadRoutes(server, root, {
      clusterOf,
      historyOf,
      userOf,
      now: () => world.clock.now(),
    });
    addAccessReviews(server, root, userOf);
    server.route({
      method: Object.keys(WRITES) as ['POST'],
      url: `${root}/*`,
      handler: async request => {
        clusterOf(request);
        refuseWrite(request, userOf(request));
      },
    });
  }
  return server;
}

const WRITE_PATH =
  /\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** @throws HttpError - 403 for what exists, 404 for what does not, 405 for what is never written. */
function refuseWrite(request: FastifyRequest, user: KubernetesUser): never {
  const path = request.url.split('?')[0];
  const [, core, group = '', version = core, namespace, plural, name, sub] =
    WRITE_PATH.exec(path) ?? [];
  const type = plural ? findType(group, version, plural) : undefined;
  if (!type) {
    throw unknownResource();
  }
  const verb =
    request.method === 'DELETE' && !name
      ? 'deletecollection'
      : WRITES[request.method];
  authorize(user, {
    verb,
    ...resourceOf(type),
    subresource: sub,
    namespace,
    name,
  });
  throw new HttpError(
    405,
    'the server does not allow this method on the requested resource',
  );
}

/**
 * Everything is written as JSON; who takes only something else, such as
 * protobuf, is told so.
 */
function checkAccept({ headers: { accept } }: FastifyRequest): void {
  if (accept && !/json|\*\/\*|application\/\*|text\/plain/.test(accept)) {
    throw new HttpError(
      406,
      'only the following media types are accepted: application/json',
    );
  }
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
