import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { kubeTime } from '../../world/clusterTypes';
import { stableUid } from '../../world/clusterIds';
import { repositoryOf, sourcesOf } from '../../world/argocd/sources';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { ArgocdError, permissionDenied } from '../../world/argocd/ArgocdError';
import { Application } from '../../world/argocd/types';
import { World } from '../../world/types';
import { HttpError, jsonBody } from '../createServer';
import { parseLabelSelector } from '../kubernetes/labelSelector';
import { streamApplications } from './applicationStream';
import { toHttpError } from './errors';
import { selectFields, selectListFields } from './fields';
import { resourceTree } from './resourceTree';

interface Query {
  name?: string;
  project?: string | string[];
  projects?: string | string[];
  selector?: string;
  repo?: string;
  appNamespace?: string;
  refresh?: string;
  resourceVersion?: string;
  fields?: string;
  revision?: string;
  upsert?: string;
  cascade?: string;
  resourceUID?: string;
  resourceName?: string;
  kind?: string;
  group?: string;
  namespace?: string;
}

interface Route {
  Params: { name: string; revision: string };
  Querystring: Query;
}

type Handler = (
  request: FastifyRequest<Route>,
  reply: FastifyReply,
) => Promise<unknown>;

/** Applications: list, watch, read, and what is behind them. */
export function addApplicationRoutes(
  server: FastifyInstance,
  world: Pick<World, 'git'>,
  engine: ArgocdEngine,
): void {
  const route = (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    handler: Handler,
  ) =>
    server.route<Route>({
      method,
      url: `/api/v1${path}`,
      handler: async (request, reply) => {
        try {
          return await handler(request, reply);
        } catch (error) {
          throw toHttpError(error);
        }
      },
    });
  const read = (
    path: string,
    handler: (
      application: Application,
      request: FastifyRequest<Route>,
    ) => Promise<unknown>,
  ) =>
    route('GET', `/applications/:name${path}`, async request =>
      handler(find(engine, request), request),
    );

  route('GET', '/applications', async request => {
    const { fields } = request.query;
    const items = engine.store.list().filter(matcher(request.query));
    return {
      metadata: { resourceVersion: engine.store.resourceVersion() },
      // An empty list of Go is null.
      items: items.length > 0 ? selectListFields(items, fields) : null,
    };
  });

  route('GET', '/stream/applications', async (request, reply) => {
    const { name, resourceVersion, fields } = request.query;
    streamApplications(engine, request, reply, {
      matches: matcher({ ...request.query, name: undefined }),
      name,
      resourceVersion,
      fields,
    });
    return reply;
  });

  read('', async (application, request) => {
    const { refresh } = request.query;
    if (refresh === 'normal' || refresh === 'hard') {
      await engine.refresh(application.metadata.name);
    }
    return selectFields(application, request.query.fields);
  });

  read('/resource-tree', async application =>
    resourceTree(engine.liveTree(application)),
  );

  read('/managed-resources', async (application, request) => {
    const items = await engine.comparedResources(application);
    return selectFields(
      {
        items: items.map(({ target, live, applied, status }) => {
          const { apiVersion, kind, metadata } = (target ?? applied)!;
          const json = (value: unknown) =>
            value === undefined ? 'null' : JSON.stringify(value);
          return {
            group: apiVersion.includes('/') ? apiVersion.split('/')[0] : '',
            kind,
            namespace: metadata.namespace ?? '',
            name: metadata.name,
            targetState: json(target),
            liveState: json(live),
            normalizedLiveState: json(applied),
            predictedLiveState: json(target ?? applied),
            resourceVersion: live?.metadata.resourceVersion ?? '',
            modified: status === 'OutOfSync',
          };
        }),
      },
      request.query.fields,
    );
  });

  read('/manifests', async (application, request) => {
    const { revisions, sourceTypes, objects } = await engine.targetState(
      application,
      { revisions: [request.query.revision].filter(r => r !== undefined) },
    );
    return {
      manifests: objects.map(object => JSON.stringify(object)),
      revision: revisions[0],
      sourceType: sourceTypes[0],
      namespace: application.spec.destination.namespace ?? '',
      server: application.spec.destination.server ?? '',
    };
  });

  read('/resource', async (application, request) => {
    const { resourceName, kind, namespace } = request.query;
    const object = engine
      .liveTree(application)
      .find(
        o =>
          o.metadata.name === resourceName &&
          o.kind === kind &&
          (!namespace || o.metadata.namespace === namespace),
      );
    if (!object) {
      throw new ArgocdError(
        'InvalidArgument',
        `${kind} ${
          request.query.group ?? ''
        } ${resourceName} not found as part of application ${
          application.metadata.name
        }`,
      );
    }
    return { manifest: JSON.stringify(object) };
  });

  read('/events', async (application, request) => {
    const { resourceUID } = request.query;
    return {
      metadata: {},
      items: resourceUID
        ? engine
            .destination(application.spec)
            .objects()
            .filter(
              o => o.kind === 'Event' && o.involvedObject.uid === resourceUID,
            )
        : applicationEvents(engine, application),
    };
  });

  read('/links', async () => ({ items: [] }));

  read('/revisions/:revision/metadata', async (application, request) => {
    const repository = repositoryOf(application.spec.source?.repoURL);
    const { revision } = request.params;
    const [commit] = (await world.git.resolve(repository, revision))
      ? await world.git.log(repository, revision, { limit: 1 })
      : [];
    if (!commit) {
      throw new HttpError(
        500,
        `error getting revision metadata: failed to checkout revision ${revision}: no such commit in ${repository}`,
      );
    }
    return {
      author: `${commit.author.name} <${commit.author.email}>`,
      date: kubeTime(new Date(commit.author.date)),
      message: commit.message.trim(),
    };
  });

  route('POST', '/applications', async request => {
    const input = jsonBody(request);
    const name = validate(engine, input);
    const before = engine.store.get(name);
    const same =
      before && JSON.stringify(before.spec) === JSON.stringify(input.spec);
    if (before && !same && request.query.upsert !== 'true') {
      throw new ArgocdError(
        'InvalidArgument',
        'existing application spec is different, use upsert flag to force update',
      );
    }
    return same ? before : engine.upsert(input);
  });

  route('PUT', '/applications/:name', async request => {
    find(engine, request);
    const input = jsonBody(request);
    validate(engine, input, request.params.name);
    return engine.upsert(input);
  });

  route('PUT', '/applications/:name/spec', async request => {
    const { metadata } = find(engine, request);
    const spec = jsonBody(request);
    validate(engine, { metadata, spec });
    return engine.upsert({ metadata, spec }).spec;
  });

  route('PATCH', '/applications/:name', async request => {
    const application = find(engine, request);
    const { patch, patchType } = jsonBody(request);
    if (patchType !== 'merge') {
      throw new ArgocdError(
        'InvalidArgument',
        `Patch type '${patchType}' is not supported; the sandbox takes 'merge'`,
      );
    }
    let change;
    try {
      change = JSON.parse(patch);
    } catch (error) {
      throw new ArgocdError(
        'InvalidArgument',
        `patch is not JSON: ${(error as Error).message}`,
      );
    }
    const merged = mergePatch(structuredClone(application), change);
    validate(engine, merged, request.params.name);
    return engine.upsert(merged);
  });

  route('DELETE', '/applications/:name', async request => {
    const { metadata } = find(engine, request);
    engine.delete(metadata.name, request.query.cascade !== 'false');
    return {};
  });
}

/** @throws ArgocdError - there is none, or not in the asked project: Argo CD does not tell which. */
function find(
  engine: ArgocdEngine,
  request: FastifyRequest<Route>,
): Application {
  const application = engine.store.get(request.params.name);
  const projects = list(request.query.project ?? request.query.projects);
  if (
    !application ||
    (projects.length > 0 && !projects.includes(application.spec.project))
  ) {
    throw permissionDenied();
  }
  return application;
}

function matcher(query: Query): (application: Application) => boolean {
  const projects = list(query.project ?? query.projects);
  let selects;
  try {
    selects = parseLabelSelector(query.selector);
  } catch (error) {
    throw new HttpError(
      500,
      `error parsing the selector: ${(error as Error).message}`,
    );
  }
  return ({ metadata, spec }) =>
    (!query.name || metadata.name === query.name) &&
    (projects.length === 0 || projects.includes(spec.project)) &&
    (!query.repo || sourcesOf(spec).some(s => s.repoURL === query.repo)) &&
    (!query.appNamespace || metadata.namespace === query.appNamespace) &&
    selects(metadata.labels);
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat().filter(Boolean);
}

/** @returns The name. @throws ArgocdError - what is wrong with it. */
function validate(
  engine: ArgocdEngine,
  input: Partial<Application>,
  expectedName?: string,
): string {
  const invalid = (message: string) =>
    new ArgocdError('InvalidArgument', message);
  const name = input.metadata?.name;
  if (!name || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) {
    throw invalid(
      `application name "${name ?? ''}" is not a valid resource name`,
    );
  }
  if (expectedName && name !== expectedName) {
    throw invalid(`application name "${name}" is not "${expectedName}"`);
  }
  const { spec } = input;
  if (!spec?.source?.repoURL || !spec.destination) {
    throw invalid(
      `application spec for ${name} is invalid: InvalidSpecError: spec.source.repoURL and spec.destination are required`,
    );
  }
  if (!engine.store.projects.has(spec.project)) {
    throw invalid(
      `application references project ${spec.project} which does not exist`,
    );
  }
  engine.destination(spec);
  return name;
}

function applicationEvents(engine: ArgocdEngine, application: Application) {
  const { name, namespace, uid } = application.metadata;
  return engine.notesOf(name).map(({ reason, message, at }, index) => ({
    metadata: {
      name: `${name}.${index}`,
      namespace,
      uid: stableUid(`${uid}/${at}/${index}`),
      creationTimestamp: at,
    },
    involvedObject: {
      kind: 'Application',
      namespace,
      name,
      uid,
      apiVersion: 'argoproj.io/v1alpha1',
    },
    reason,
    message,
    type: reason === 'OperationFailed' ? 'Warning' : 'Normal',
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component: 'argocd-application-controller' },
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  }));
}

/** JSON merge patch, RFC 7396. */
function mergePatch(target: any, patch: any): any {
  if (!patch || typeof patch !== 'object' || Array.isArray(patch)) {
    return patch;
  }
  const result =
    target && typeof target === 'object' && !Array.isArray(target)
      ? { ...target }
      : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[key];
    } else {
      result[key] = mergePatch(result[key], value);
    }
  }
  return result;
}
