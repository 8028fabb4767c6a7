import { stableUid } from '../../world/kubernetes/ids';
import { kubeTime } from '../../world/kubernetes/KubeObject';
import { projectSubject } from '../../world/argocd/ApplicationNotes';
import { goDuration } from '../../world/argocd/goDuration';
import { ArgocdError } from '../../world/argocd/ArgocdError';
import { AppProject, ProjectRole } from '../../world/argocd/types';
import { jsonBody } from '../createServer';
import { Api, ApiRequest, textOf } from './Api';
import { selectFields } from './fields';
import { kubernetesEvents } from './kubernetesEvents';
import { refuseConflict } from './validateApplication';

/** Projects, their sync windows, and the tokens of their roles. */
export function addProjectRoutes(api: Api): void {
  const { engine } = api;
  const { store } = engine;
  const project = (request: ApiRequest, action: string): AppProject => {
    const name = request.params.name ?? request.params.project;
    api.enforce(request, 'projects', action, name);
    const found = store.projects.get(name);
    if (!found) {
      throw new ArgocdError(
        'NotFound',
        `appprojects.argoproj.io "${name}" not found`,
      );
    }
    return found;
  };
  const save = (input: Partial<AppProject>, name: string): AppProject => {
    const before = store.projects.get(name);
    const saved: AppProject = {
      metadata: {
        ...input.metadata,
        name,
        namespace: 'argocd',
        creationTimestamp:
          before?.metadata.creationTimestamp ?? kubeTime(api.world.clock.now()),
        generation: (before?.metadata.generation ?? 0) + 1,
      },
      spec: input.spec ?? {},
      status: before?.status ?? {},
    };
    store.saveProject(saved);
    engine.write();
    store
      .list()
      .filter(a => a.spec.project === name)
      .forEach(a => engine.refreshLater(a.metadata.name));
    return saved;
  };

  api.route('GET', '/projects', async request =>
    selectFields(
      {
        metadata: { resourceVersion: store.resourceVersion() },
        items: [...store.projects.values()].filter(({ metadata }) =>
          api.allows(request, 'projects', 'get', metadata.name),
        ),
      },
      textOf(request.query.fields),
    ),
  );
  api.route('GET', '/projects/:name', async request => project(request, 'get'));
  api.route('GET', '/projects/:name/detailed', async request => ({
    project: project(request, 'get'),
  }));
  api.route('GET', '/projects/:name/syncwindows', async request => ({
    windows: project(request, 'get').spec.syncWindows ?? [],
  }));

  api.route('POST', '/projects', async request => {
    const { project: input, upsert } = jsonBody(request);
    const name = input?.metadata?.name;
    if (
      typeof name !== 'string' ||
      !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)
    ) {
      throw new ArgocdError(
        'InvalidArgument',
        "missing payload 'project' in request, or its name is not valid",
      );
    }
    api.enforce(request, 'projects', 'create', name);
    const before = store.projects.get(name);
    if (before && JSON.stringify(before.spec) === JSON.stringify(input.spec)) {
      return before;
    }
    if (before && !upsert) {
      throw new ArgocdError(
        'InvalidArgument',
        'existing project spec is different, use upsert flag to force update',
      );
    }
    if (before) {
      api.enforce(request, 'projects', 'update', name);
    }
    const saved = save(input, name);
    const what = before ? 'updated project' : 'created project';
    const reason = before ? 'ResourceUpdated' : 'ResourceCreated';
    api.note(request, projectSubject(name), reason, what);
    return saved;
  });

  api.route('PUT', '/projects/:name', async request => {
    const before = project(request, 'update');
    const input = jsonBody(request).project ?? {};
    const { name } = before.metadata;
    refuseConflict(
      'appprojects',
      name,
      before.metadata.resourceVersion,
      input.metadata?.resourceVersion,
    );
    const saved = save(input, name);
    api.note(
      request,
      projectSubject(name),
      'ResourceUpdated',
      'updated project',
    );
    return saved;
  });

  api.route('DELETE', '/projects/:name', async request => {
    const { name } = project(request, 'delete').metadata;
    if (name === 'default') {
      throw new ArgocdError(
        'InvalidArgument',
        `name '${name}' is reserved and cannot be deleted`,
      );
    }
    const users = store.list().filter(a => a.spec.project === name).length;
    if (users > 0) {
      throw new ArgocdError(
        'InvalidArgument',
        `project is referenced by ${users} applications`,
      );
    }
    store.projects.delete(name);
    engine.notes.forget(projectSubject(name));
    engine.write();
    return {};
  });

  const role = (found: AppProject, name: string): ProjectRole => {
    const wanted = found.spec.roles?.find(r => r.name === name);
    if (!wanted) {
      throw new ArgocdError(
        'NotFound',
        `role '${name}' does not exist in project '${found.metadata.name}'`,
      );
    }
    return wanted;
  };
  api.route('POST', '/projects/:project/roles/:role/token', async request => {
    const found = project(request, 'update');
    const wanted = role(found, request.params.role);
    const { expiresIn, id } = jsonBody(request);
    const expiresInSeconds = secondsOf(expiresIn);
    // Tokens of a role are told apart by the second they were made in.
    const iat = Math.max(
      api.accounts.now(),
      ...(wanted.jwtTokens ?? []).map(t => t.iat + 1),
    );
    wanted.jwtTokens = [
      ...(wanted.jwtTokens ?? []),
      {
        iat,
        ...(expiresInSeconds ? { exp: iat + expiresInSeconds } : {}),
        ...(id ? { id } : {}),
      },
    ];
    store.saveProject(found);
    api.note(
      request,
      projectSubject(found.metadata.name),
      'ResourceCreated',
      'created token',
    );
    engine.write();
    return {
      token: api.accounts.issue(`proj:${found.metadata.name}:${wanted.name}`, {
        iat,
        expiresInSeconds,
        id,
      }),
    };
  });
  api.route(
    'DELETE',
    '/projects/:project/roles/:role/token/:iat',
    async request => {
      const found = project(request, 'update');
      const wanted = role(found, request.params.role);
      wanted.jwtTokens = wanted.jwtTokens?.filter(
        t => String(t.iat) !== request.params.iat,
      );
      store.saveProject(found);
      api.note(
        request,
        projectSubject(found.metadata.name),
        'ResourceDeleted',
        'deleted token',
      );
      engine.write();
      return {};
    },
  );
  api.route('GET', '/projects/:name/events', async request => {
    const { metadata } = project(request, 'get');
    const { name } = metadata;
    return {
      metadata: {},
      items: kubernetesEvents(
        {
          kind: 'AppProject',
          name,
          namespace: 'argocd',
          uid: stableUid(`project/${name}/${metadata.creationTimestamp}`),
        },
        engine.notes.of(projectSubject(name)),
      ),
    };
  });
  api.route('GET', '/projects/:name/links', async request => {
    project(request, 'get');
    return { items: [] };
  });
  api.route('GET', '/projects/:name/globalprojects', async request => {
    project(request, 'get');
    return { items: [] };
  });
}

/** Seconds of `expiresIn`: protobuf's int64, or a Go duration; 0: for ever. */
export function secondsOf(expiresIn: unknown): number {
  if (expiresIn === undefined || expiresIn === null) {
    return 0;
  }
  const text = String(expiresIn);
  return /^\d+$/.test(text) ? Number(text) : goDuration(text) / 1000;
}
