import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Cluster } from '../../world/kubernetes/Cluster';
import { ClusterHistory } from '../../world/kubernetes/ClusterHistory';
import { nodeMetrics, podMetrics } from '../../world/kubernetes/metrics';
import { KubeObject } from '../../world/kubernetes/KubeObject';
import { HttpError } from '../createServer';
import { Attributes, authorize, KubernetesUser } from './access';
import { fieldFilter } from './fieldSelector';
import { parseLabelSelector } from './labelSelector';
import { LogQuery, sendLog } from './podLogs';
import {
  ResourceType,
  apiVersionOf,
  findType,
  inVersion,
  isOfType,
} from './resources';
import { toTable, wantsTable } from './table';
import { sendWatch, WatchQuery } from './watch';

interface ReadRoute {
  Params: {
    cluster: string;
    group?: string;
    version?: string;
    namespace?: string;
    plural: string;
    name?: string;
  };
  Querystring: LogQuery &
    WatchQuery & {
      labelSelector?: string;
      fieldSelector?: string;
      limit?: string;
      continue?: string;
      watch?: string;
      includeObject?: string;
    };
}

type ReadRequest = FastifyRequest<ReadRoute>;

/** What the routes ask about a call. */
export interface ReadOptions {
  clusterOf(request: FastifyRequest): Cluster;
  historyOf(cluster: Cluster): ClusterHistory;
  userOf(request: FastifyRequest): KubernetesUser;
  now(): Date;
}

/** Lists, watches, single objects and pod logs, in the core group and the named ones. */
export function addReadRoutes(
  server: FastifyInstance,
  root: string,
  options: ReadOptions,
): void {
  const { clusterOf, historyOf, userOf, now } = options;

  const typeOf = (request: ReadRequest, verb: string): ResourceType => {
    const type = findResource(request.params);
    const { namespace, name } = request.params;
    authorize(userOf(request), { verb, ...resourceOf(type), namespace, name });
    return type;
  };

  /** Objects of a type, each as it is served; metrics have no history. */
  const read = (request: ReadRequest, type: ResourceType): KubeObject[] => {
    const objects = historyOf(clusterOf(request)).objects();
    const { namespace } = request.params;
    return ofType(objects, type, now()).filter(
      object => !namespace || object.metadata.namespace === namespace,
    );
  };

  const filterOf = ({ query, params }: ReadRequest, type: ResourceType) => {
    const byLabel = labelFilter(query.labelSelector);
    const byField = fieldFilter(query.fieldSelector, type.kind);
    return (object: KubeObject) =>
      (!params.namespace || object.metadata.namespace === params.namespace) &&
      byLabel(object) &&
      byField(object) &&
      (!params.name || object.metadata.name === params.name);
  };

  const watch = (request: ReadRequest, reply: FastifyReply) => {
    const type = typeOf(request, 'watch');
    if (type.group === 'metrics.k8s.io') {
      throw new HttpError(
        405,
        'the server does not allow this method on the requested resource',
      );
    }
    const { query } = request;
    if (!/^\d*$/.test(query.resourceVersion ?? '')) {
      throw new HttpError(
        400,
        `resourceVersion: Invalid value: "${query.resourceVersion}": strconv.ParseUint: parsing "${query.resourceVersion}": invalid syntax`,
      );
    }
    const matches = filterOf(request, type);
    const asTable = wantsTable(request.headers.accept);
    return sendWatch(reply, query, {
      history: historyOf(clusterOf(request)),
      select: object =>
        isOfType(object, type) && matches(object)
          ? inVersion(object, type)
          : undefined,
      present: object =>
        asTable
          ? toTable([object], type.kind, {}, now(), query.includeObject)
          : object,
      bookmark: (resourceVersion, annotations) => {
        const metadata = {
          resourceVersion,
          ...(annotations ? { annotations } : {}),
        };
        return asTable
          ? toTable([], type.kind, metadata, now())
          : {
              kind: type.kind,
              apiVersion: apiVersionOf(type),
              metadata: { ...metadata, creationTimestamp: null },
            };
      },
    });
  };

  const list = async (request: ReadRequest, reply: FastifyReply) => {
    const { query } = request;
    if (query.watch === 'true' || query.watch === '1') {
      return watch(request, reply);
    }
    const type = typeOf(request, 'list');
    const found = read(request, type)
      .filter(filterOf(request, type))
      .sort(byNamespaceAndName);
    const start = query.continue ? readContinue(query.continue) : 0;
    const limit = Number(query.limit) || Infinity;
    const items = found.slice(start, start + limit);
    const rest = found.length - start - items.length;
    const metadata = {
      resourceVersion: String(historyOf(clusterOf(request)).resourceVersion),
      ...(rest > 0
        ? {
            continue: Buffer.from(`${start + limit}`).toString('base64url'),
            remainingItemCount: rest,
          }
        : {}),
    };
    reply.header('cache-control', 'no-cache, private');
    if (wantsTable(request.headers.accept)) {
      return toTable(items, type.kind, metadata, now(), query.includeObject);
    }
    return {
      kind: `${type.kind}List`,
      apiVersion: apiVersionOf(type),
      metadata,
      // Items of a typed list do not repeat their type.
      items: items.map(({ kind, apiVersion, ...object }) => object),
    };
  };

  const find = (request: ReadRequest, type: ResourceType) =>
    read(request, type).find(
      object => object.metadata.name === request.params.name,
    );

  const existing = (request: ReadRequest, type: ResourceType): KubeObject => {
    const { name } = request.params;
    const object = find(request, type);
    if (!object) {
      const resource = type.group
        ? `${type.plural}.${type.group}`
        : type.plural;
      throw new HttpError(404, `${resource} "${name}" not found`, {
        name,
        ...(type.group ? { group: type.group } : {}),
        kind: type.plural,
      });
    }
    return object;
  };

  const get = async (request: ReadRequest, reply: FastifyReply) => {
    if (request.query.watch === 'true' || request.query.watch === '1') {
      return watch(request, reply);
    }
    const object = existing(request, typeOf(request, 'get'));
    return wantsTable(request.headers.accept)
      ? toTable(
          [object],
          object.kind,
          { resourceVersion: object.metadata.resourceVersion },
          now(),
          request.query.includeObject,
        )
      : object;
  };

  for (const base of ['/api/v1', '/apis/:group/:version']) {
    const prefix = `${root}${base}`;
    server.get<ReadRoute>(`${prefix}/:plural`, list);
    server.get<ReadRoute>(`${prefix}/namespaces/:namespace/:plural`, list);
    server.get<ReadRoute>(`${prefix}/:plural/:name`, async (request, reply) => {
      if (findResource(request.params).namespaced) {
        throw unknownResource();
      }
      return get(request, reply);
    });
    server.get<ReadRoute>(`${prefix}/namespaces/:namespace/:plural/:name`, get);
  }
  server.get<ReadRoute>(
    `${root}/api/v1/namespaces/:namespace/pods/:name/log`,
    async (request, reply) => {
      request.params.plural = 'pods';
      const type = findResource(request.params);
      const { namespace, name } = request.params;
      authorize(userOf(request), {
        verb: 'get',
        ...resourceOf(type),
        subresource: 'log',
        namespace,
        name,
      });
      existing(request, type);
      return sendLog(reply, request.query, () => find(request, type), now);
    },
  );
}

/** What the API server says of a path that it does not serve. */
export function unknownResource(): HttpError {
  return new HttpError(404, 'the server could not find the requested resource');
}

function findResource(params: ReadRoute['Params']): ResourceType {
  const type = findType(
    params.group ?? '',
    params.version ?? 'v1',
    params.plural,
  );
  if (!type) {
    throw unknownResource();
  }
  return type;
}

/** A type as rights are given to it. */
export function resourceOf({
  group,
  plural,
}: ResourceType): Pick<Attributes, 'group' | 'resource'> {
  return { group, resource: plural };
}

function ofType(objects: KubeObject[], type: ResourceType, now: Date) {
  const pods = () => objects.filter(object => object.kind === 'Pod');
  if (type.kind === 'PodMetrics') {
    return pods().flatMap(pod => podMetrics(pod, now) ?? []);
  }
  if (type.kind === 'NodeMetrics') {
    return objects
      .filter(object => object.kind === 'Node')
      .map(node => nodeMetrics(node, pods(), now));
  }
  return objects
    .filter(object => isOfType(object, type))
    .map(object => inVersion(object, type));
}

function labelFilter(selector: string | undefined) {
  try {
    const matches = parseLabelSelector(selector);
    return (object: KubeObject) => matches(object.metadata.labels);
  } catch (error) {
    throw new HttpError(400, (error as Error).message);
  }
}

function readContinue(token: string): number {
  const start = Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) {
    throw new HttpError(400, 'continue key is not valid');
  }
  return start;
}

function byNamespaceAndName(a: KubeObject, b: KubeObject): number {
  const left = `${a.metadata.namespace ?? ''}/${a.metadata.name}`;
  const right = `${b.metadata.namespace ?? ''}/${b.metadata.name}`;
  return left < right ? -1 : Number(left > right);
}
