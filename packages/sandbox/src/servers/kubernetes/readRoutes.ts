import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Cluster } from '../../world/kubernetes/Cluster';
import { containerLog } from '../../world/kubernetes/containerLogs';
import { nodeMetrics, podMetrics } from '../../world/kubernetes/metrics';
import { KubeObject } from '../../world/kubernetes/KubeObject';
import { HttpError } from '../createServer';
import type { ClusterOf } from './createKubernetesServer';
import { parseLabelSelector } from './labelSelector';
import {
  ResourceType,
  apiVersionOf,
  findType,
  inVersion,
  isOfType,
} from './resources';
import { toTable, wantsTable } from './table';

interface ReadRoute {
  Params: {
    cluster: string;
    group?: string;
    version?: string;
    namespace?: string;
    plural: string;
    name?: string;
  };
  Querystring: {
    labelSelector?: string;
    fieldSelector?: string;
    limit?: string;
    continue?: string;
    watch?: string;
    container?: string;
    tailLines?: string;
    sinceSeconds?: string;
    timestamps?: string;
    limitBytes?: string;
  };
}

/** Lists, single objects and pod logs, in the core group and the named ones. */
export function addReadRoutes(
  server: FastifyInstance,
  root: string,
  options: { clusterOf: ClusterOf; now(): Date },
): void {
  const { clusterOf, now } = options;

  const typeOf = ({ params }: FastifyRequest<ReadRoute>): ResourceType => {
    const type = findType(
      params.group ?? '',
      params.version ?? 'v1',
      params.plural,
    );
    if (!type) {
      throw new HttpError(
        404,
        'the server could not find the requested resource',
      );
    }
    if (type.kind === 'Secret') {
      throw new HttpError(
        403,
        `secrets is forbidden: User "system:serviceaccount:fairway:fairway" cannot list resource "secrets" in API group ""`,
        { kind: 'secrets' },
      );
    }
    return type;
  };

  const objectsOf = (
    request: FastifyRequest<ReadRoute>,
    type: ResourceType,
  ): KubeObject[] => {
    const { namespace } = request.params;
    return readAll(clusterOf(request), type, now()).filter(
      object => !namespace || object.metadata.namespace === namespace,
    );
  };

  const list = async (
    request: FastifyRequest<ReadRoute>,
    reply: FastifyReply,
  ) => {
    const type = typeOf(request);
    const { query } = request;
    if (query.watch === 'true' || query.watch === '1') {
      throw new HttpError(
        405,
        'watch is not served by the sandbox; list again',
      );
    }
    const found = objectsOf(request, type)
      .filter(labelFilter(query.labelSelector))
      .filter(fieldFilter(query.fieldSelector))
      .sort(byNamespaceAndName);
    const start = query.continue ? readContinue(query.continue) : 0;
    const limit = Number(query.limit) || Infinity;
    const items = found.slice(start, start + limit);
    const rest = found.length - start - items.length;
    const metadata = {
      resourceVersion: String(
        Math.max(1, ...found.map(o => Number(o.metadata.resourceVersion ?? 0))),
      ),
      ...(rest > 0
        ? {
            continue: Buffer.from(`${start + limit}`).toString('base64url'),
            remainingItemCount: rest,
          }
        : {}),
    };
    if (wantsTable(request.headers.accept)) {
      return toTable(items, type.kind, metadata, now());
    }
    reply.header('cache-control', 'no-cache, private');
    return {
      kind: `${type.kind}List`,
      apiVersion: apiVersionOf(type),
      metadata,
      // Items of a typed list do not repeat their type.
      items: items.map(({ kind, apiVersion, ...object }) => object),
    };
  };

  const one = (request: FastifyRequest<ReadRoute>): KubeObject => {
    const type = typeOf(request);
    const { name } = request.params;
    const object = objectsOf(request, type).find(o => o.metadata.name === name);
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
  const get = async (request: FastifyRequest<ReadRoute>) => {
    const object = one(request);
    return wantsTable(request.headers.accept)
      ? toTable(
          [object],
          object.kind,
          { resourceVersion: object.metadata.resourceVersion },
          now(),
        )
      : object;
  };

  for (const base of ['/api/v1', '/apis/:group/:version']) {
    const prefix = `${root}${base}`;
    server.get<ReadRoute>(`${prefix}/:plural`, list);
    server.get<ReadRoute>(`${prefix}/namespaces/:namespace/:plural`, list);
    server.get<ReadRoute>(`${prefix}/:plural/:name`, async request => {
      if (typeOf(request).namespaced) {
        throw new HttpError(
          404,
          'the server could not find the requested resource',
        );
      }
      return get(request);
    });
    server.get<ReadRoute>(`${prefix}/namespaces/:namespace/:plural/:name`, get);
  }
  server.get<ReadRoute>(
    `${root}/api/v1/namespaces/:namespace/pods/:name/log`,
    async (request, reply) => {
      request.params.plural = 'pods';
      return reply
        .type('text/plain; charset=utf-8')
        .send(readLog(one(request), request.query, now()));
    },
  );
}

/** All objects of a type, in its version. */
function readAll(cluster: Cluster, type: ResourceType, now: Date) {
  const objects = cluster.objects();
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

function readLog(
  pod: KubeObject,
  query: ReadRoute['Querystring'],
  now: Date,
): string {
  const names: string[] = pod.spec.containers.map((c: any) => c.name);
  const container = query.container ?? names[0];
  if (!query.container && names.length > 1) {
    throw new HttpError(
      400,
      `a container name must be specified for pod ${
        pod.metadata.name
      }, choose one of: [${names.join(' ')}]`,
    );
  }
  if (!names.includes(container)) {
    throw new HttpError(
      400,
      `container ${container} is not valid for pod ${pod.metadata.name}`,
    );
  }
  const status = pod.status.containerStatuses?.find(
    (s: any) => s.name === container,
  );
  const waiting = status?.state?.waiting;
  if (waiting && !status.lastState?.terminated) {
    const why = /Image/.test(waiting.reason)
      ? 'trying and failing to pull image'
      : waiting.reason;
    throw new HttpError(
      400,
      `container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${why}`,
    );
  }
  let lines = containerLog(pod, container, now);
  if (query.sinceSeconds) {
    const since = now.getTime() - Number(query.sinceSeconds) * 1000;
    lines = lines.filter(line => line.at.getTime() >= since);
  }
  if (query.tailLines) {
    lines = Number(query.tailLines) > 0 ? lines.slice(-query.tailLines) : [];
  }
  const text = lines
    .map(({ at, text: content }) =>
      query.timestamps === 'true'
        ? `${at.toISOString()} ${content}\n`
        : `${content}\n`,
    )
    .join('');
  return query.limitBytes ? text.slice(0, Number(query.limitBytes)) : text;
}

function labelFilter(selector: string | undefined) {
  try {
    const matches = parseLabelSelector(selector);
    return (object: KubeObject) => matches(object.metadata.labels);
  } catch (error) {
    throw new HttpError(400, (error as Error).message);
  }
}

/** Equality on any path, such as `metadata.name=a` or `involvedObject.uid!=b`. */
function fieldFilter(selector: string | undefined) {
  const requirements = (selector ?? '')
    .split(',')
    .filter(Boolean)
    .map(text => {
      const match = text.match(/^([\w.]+)(!=|==|=)(.*)$/);
      if (!match) {
        throw new HttpError(
          400,
          `invalid selector: '${text}'; can't understand '${text}'`,
        );
      }
      return {
        path: match[1].split('.'),
        negate: match[2] === '!=',
        value: match[3],
      };
    });
  return (object: KubeObject) =>
    requirements.every(({ path, negate, value }) => {
      const found = path.reduce((node: any, key) => node?.[key], object);
      return (String(found ?? '') === value) !== negate;
    });
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
