import { ArgocdError } from '../../world/argocd/ArgocdError';
import { canonicalJson } from '../../world/kubernetes/KubeObject';
import { sourcesOf } from '../../world/argocd/sources';
import { Application } from '../../world/argocd/types';
import { jsonBody } from '../createServer';
import { Api, ApiRequest, listOf, rbacName, selectorOf, textOf } from './Api';
import { streamApplications } from './applicationStream';
import { selectFields, selectListFields } from './fields';
import { mergePatch } from './mergePatch';
import { refuseConflict, validateApplication } from './validateApplication';

/** Applications: list, watch, read, create, change and delete. */
export function addApplicationRoutes(api: Api): void {
  const { engine } = api;

  api.route('GET', '/applications', async request => {
    const fields = textOf(request.query.fields);
    const items = engine.store.list().filter(matcher(api, request));
    return {
      metadata: { resourceVersion: engine.store.resourceVersion() },
      // An empty list of Go is null.
      items: items.length > 0 ? selectListFields(items, fields) : null,
    };
  });

  api.route('GET', '/stream/applications', async (request, reply) => {
    const { name, resourceVersion, fields } = request.query;
    streamApplications(engine, request, reply, {
      matches: matcher(api, request, ['name']),
      name: textOf(name),
      resourceVersion: textOf(resourceVersion),
      fields: textOf(fields),
    });
    return reply;
  });

  api.route('GET', '/applications/:name', async request => {
    const application = api.application(request);
    const refresh = textOf(request.query.refresh);
    if (refresh === 'normal' || refresh === 'hard') {
      await engine.refresh(application.metadata.name);
    }
    return selectFields(application, textOf(request.query.fields));
  });

  api.route('POST', '/applications', async request => {
    const input = jsonBody(request);
    const project = input.spec?.project || 'default';
    api.enforce(
      request,
      'applications',
      'create',
      `${project}/${input.metadata?.name}`,
    );
    const valid = validateApplication(engine, input);
    const before = engine.store.get(valid.metadata.name);
    if (before && canonicalJson(before.spec) === canonicalJson(valid.spec)) {
      return before;
    }
    if (before && textOf(request.query.upsert) !== 'true') {
      throw new ArgocdError(
        'InvalidArgument',
        'existing application spec is different, use upsert flag to force update',
      );
    }
    if (before) {
      api.enforce(request, 'applications', 'update', rbacName(before));
    }
    const saved = engine.upsert(valid);
    const what = before ? 'updated application' : 'created application';
    const reason = before ? 'ResourceUpdated' : 'ResourceCreated';
    api.note(request, saved.metadata.name, reason, what);
    return saved;
  });

  /** Changes an application; who moves it to another project must be allowed there too. */
  const update = (
    request: ApiRequest,
    before: Application,
    input: Partial<Application>,
  ) => {
    const { name } = before.metadata;
    const valid = validateApplication(engine, input, name);
    if (valid.spec.project !== before.spec.project) {
      api.enforce(
        request,
        'applications',
        'create',
        `${valid.spec.project}/${name}`,
      );
    }
    api.note(request, name, 'ResourceUpdated', 'updated application spec');
    return engine.upsert(valid);
  };

  api.route('PUT', '/applications/:name', async request => {
    const before = api.application(request, 'update');
    const input = jsonBody(request);
    refuseConflict(
      'applications',
      before.metadata.name,
      before.metadata.resourceVersion,
      input.metadata?.resourceVersion,
    );
    return update(request, before, input);
  });

  api.route('PUT', '/applications/:name/spec', async request => {
    const before = api.application(request, 'update');
    const { metadata } = before;
    return update(request, before, { metadata, spec: jsonBody(request) }).spec;
  });

  api.route('PATCH', '/applications/:name', async request => {
    const before = api.application(request);
    api.enforce(request, 'applications', 'update', rbacName(before));
    const { patch, patchType } = jsonBody(request);
    if (patchType !== 'merge') {
      throw new ArgocdError(
        'InvalidArgument',
        `Patch type '${patchType}' is not supported`,
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
    return update(request, before, mergePatch(structuredClone(before), change));
  });

  api.route('DELETE', '/applications/:name', async request => {
    const application = api.application(request);
    api.enforce(request, 'applications', 'delete', rbacName(application));
    engine.delete(
      application.metadata.name,
      textOf(request.query.cascade) !== 'false',
    );
    return {};
  });
}

/** Whether an application is asked for, and may be seen. */
function matcher(
  api: Api,
  request: ApiRequest,
  except: string[] = [],
): (application: Application) => boolean {
  const { query } = request;
  const projects = listOf(query.project ?? query.projects);
  const name = except.includes('name') ? '' : textOf(query.name);
  const repo = textOf(query.repo);
  const namespace = textOf(query.appNamespace);
  const selects = selectorOf(query.selector);
  const caller = api.caller(request);
  return application => {
    const { metadata, spec } = application;
    return (
      (!name || metadata.name === name) &&
      (projects.length === 0 || projects.includes(spec.project)) &&
      (!repo || sourcesOf(spec).some(s => s.repoURL === repo)) &&
      (!namespace || metadata.namespace === namespace) &&
      selects(metadata.labels) &&
      api.rbac.allows(caller, 'applications', 'get', rbacName(application))
    );
  };
}
