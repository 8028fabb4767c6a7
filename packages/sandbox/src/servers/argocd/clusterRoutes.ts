import { Cluster } from '../../world/kubernetes/Cluster';
import { KUBERNETES_VERSION } from '../../world/kubernetes/infrastructure';
import { kubeTime } from '../../world/kubernetes/KubeObject';
import { ArgocdError, permissionDenied } from '../../world/argocd/ArgocdError';
import { repositoryOf, sourcesOf } from '../../world/argocd/sources';
import { Api, textOf } from './Api';

/** Major and minor version, as Argo CD shows what a cluster says of itself. */
const [, SERVER_VERSION] = KUBERNETES_VERSION.match(/^v(\d+\.\d+)/)!;

/** Clusters, repositories and certificates: to be read, not changed. */
export function addClusterRoutes(api: Api): void {
  const { engine, world } = api;
  const connected = () => ({
    status: 'Successful',
    message: '',
    attemptedAt: kubeTime(world.clock.now()),
  });

  const show = (cluster: Cluster) => {
    const { name, server } = engine.addressOf(cluster);
    const applications = engine.store
      .list()
      .filter(({ spec }) => cluster === destinationOf(api, spec)).length;
    const state = connected();
    const objects = cluster.allApplied();
    return {
      server,
      name,
      config: { tlsClientConfig: { insecure: false } },
      connectionState: state,
      serverVersion: SERVER_VERSION,
      info: {
        connectionState: state,
        serverVersion: SERVER_VERSION,
        cacheInfo: {
          resourcesCount: objects.length,
          apisCount: new Set(objects.map(o => `${o.apiVersion}/${o.kind}`))
            .size,
          lastCacheSyncTime: state.attemptedAt,
        },
        applicationsCount: applications,
      },
    };
  };

  api.route('GET', '/clusters', async request => ({
    metadata: {},
    items: [...engine.clusters.values()]
      .filter(cluster =>
        api.allows(
          request,
          'clusters',
          'get',
          engine.addressOf(cluster).server,
        ),
      )
      .map(show)
      .filter(
        ({ server, name }) =>
          (!textOf(request.query.server) ||
            textOf(request.query.server) === server) &&
          (!textOf(request.query.name) || textOf(request.query.name) === name),
      ),
  }));

  api.route('GET', '/clusters/:id', async request => {
    const byName = textOf(request.query['id.type']) === 'name';
    const { id } = request.params;
    const cluster = [...engine.clusters.values()].find(candidate => {
      const { name, server } = engine.addressOf(candidate);
      return (byName ? name : server) === id;
    });
    // As with applications: what is not there is not told from what is forbidden.
    if (
      !cluster ||
      !api.allows(request, 'clusters', 'get', engine.addressOf(cluster).server)
    ) {
      throw permissionDenied();
    }
    return show(cluster);
  });

  const repositories = () =>
    [
      ...new Set(
        engine.store
          .list()
          .flatMap(({ spec }) => sourcesOf(spec).map(s => s.repoURL)),
      ),
    ].sort();
  const repository = (repo: string) => {
    const known = world.git.has(repositoryOf(repo));
    return {
      repo,
      type: 'git',
      username: 'argocd',
      connectionState: known
        ? connected()
        : {
            status: 'Failed',
            message: `repository not found: ${repo}`,
            attemptedAt: kubeTime(world.clock.now()),
          },
    };
  };

  api.route('GET', '/repositories', async request => ({
    metadata: {},
    items: repositories()
      .filter(repo => api.allows(request, 'repositories', 'get', repo))
      .map(repository),
  }));

  api.route('GET', '/repositories/:repo', async request => {
    const { repo } = request.params;
    if (!api.allows(request, 'repositories', 'get', repo)) {
      throw permissionDenied();
    }
    if (!repositories().includes(repo)) {
      throw new ArgocdError('NotFound', `repo '${repo}' not found`);
    }
    return repository(repo);
  });

  api.route('GET', '/repositories/:repo/refs', async request => {
    const { repo } = request.params;
    api.enforce(request, 'repositories', 'get', repo);
    const name = repositoryOf(repo);
    if (!world.git.has(name)) {
      throw new ArgocdError('NotFound', `repo '${repo}' not found`);
    }
    const named = (prefix: string) =>
      world.git
        .refs(name)
        .filter(ref => ref.name.startsWith(prefix))
        .map(ref => ref.name.slice(prefix.length));
    return { branches: named('refs/heads/'), tags: named('refs/tags/') };
  });

  // Repositories are read over http: there is no host key to know.
  api.route('GET', '/certificates', async request => {
    api.enforce(request, 'certificates', 'get', '');
    return { metadata: {}, items: [] };
  });
}

function destinationOf(
  { engine }: Api,
  spec: Parameters<Api['engine']['destination']>[0],
) {
  try {
    return engine.destination(spec);
  } catch {
    return undefined;
  }
}
