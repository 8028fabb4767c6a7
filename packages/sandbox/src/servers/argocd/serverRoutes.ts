import { FastifyInstance, FastifyRequest } from 'fastify';
import { kubeTime } from '../../world/kubernetes/KubeObject';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { ArgocdError } from '../../world/argocd/ArgocdError';
import { AppProject } from '../../world/argocd/types';
import { HttpError, jsonBody } from '../createServer';
import { ArgocdAccounts } from './ArgocdAccounts';
import { toHttpError } from './errors';

/** The version of Argo CD whose behaviour is played. */
const VERSION = 'v3.6.0+sandbox';

/** Session, version, settings and projects. */
export function addServerRoutes(
  server: FastifyInstance,
  options: {
    engine: ArgocdEngine;
    accounts: ArgocdAccounts;
    tokenOf(request: FastifyRequest): string | undefined;
    userOf(request: FastifyRequest): string | undefined;
  },
): void {
  const { engine, accounts, tokenOf, userOf } = options;

  server.post('/api/v1/session', async request => {
    const { username, password } = jsonBody(request);
    const token = accounts.logIn(username, password);
    if (!token) {
      throw new HttpError(401, 'Invalid username or password');
    }
    return { token };
  });
  server.delete('/api/v1/session', async request => {
    accounts.logOut(tokenOf(request)!);
    return { token: '' };
  });
  server.get('/api/v1/session/userinfo', async request => ({
    loggedIn: true,
    username: userOf(request),
    iss: 'argocd',
  }));

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

  server.get('/api/v1/projects', async () => ({
    metadata: { resourceVersion: engine.store.resourceVersion() },
    items: [...engine.store.projects.values()],
  }));
  server.get<{ Params: { name: string } }>(
    '/api/v1/projects/:name',
    async request => project(engine, request.params.name),
  );
  server.get<{ Params: { name: string } }>(
    '/api/v1/projects/:name/syncwindows',
    async request => ({
      windows: project(engine, request.params.name).spec.syncWindows ?? [],
    }),
  );
  server.post('/api/v1/projects', async request => {
    const { project: input, upsert } = jsonBody(request);
    const name = input?.metadata?.name;
    if (typeof name !== 'string' || !name) {
      throw new HttpError(400, 'project name is missing');
    }
    if (engine.store.projects.has(name) && !upsert) {
      throw new HttpError(
        409,
        `existing project spec is different; use upsert flag to force update`,
      );
    }
    return saveProject(engine, name, input);
  });
  server.put<{ Params: { name: string } }>(
    '/api/v1/projects/:name',
    async request => {
      const { name } = request.params;
      project(engine, name);
      return saveProject(engine, name, jsonBody(request).project ?? {});
    },
  );
}

function project(engine: ArgocdEngine, name: string): AppProject {
  const found = engine.store.projects.get(name);
  if (!found) {
    throw toHttpError(
      new ArgocdError(
        'NotFound',
        `appprojects.argoproj.io "${name}" not found`,
      ),
    );
  }
  return found;
}

function saveProject(
  engine: ArgocdEngine,
  name: string,
  input: Partial<AppProject>,
): AppProject {
  const before = engine.store.projects.get(name);
  const saved: AppProject = {
    metadata: {
      ...input.metadata,
      name,
      namespace: 'argocd',
      creationTimestamp:
        before?.metadata.creationTimestamp ?? kubeTime(new Date()),
      generation: (before?.metadata.generation ?? 0) + 1,
    },
    spec: input.spec ?? {},
    status: {},
  };
  engine.store.projects.set(name, saved);
  engine.write();
  return saved;
}
