import { World } from '../../world/types';

/**
 * What `GET /status` says: where everything is, versions, time, counts,
 * scenarios and how much memory it takes (bytes).
 */
export async function readStatus(world: World, startedAt: Date) {
  const applications = world.argocd?.store.list() ?? [];
  const repositories = world.github.repositories();
  const calls = Object.values(world.counters.read());
  const { rss, heapUsed } = process.memoryUsage();
  const now = world.clock.now();
  return {
    name: 'fairway-sandbox',
    pid: process.pid,
    urls: world.urls,
    dataDir: world.dataDir,
    speed: world.speed,
    startedAt: startedAt.toISOString(),
    now: now.toISOString(),
    /** How far the world's clock is ahead of this machine's. */
    aheadSeconds: Math.round((now.getTime() - Date.now()) / 1000),
    versions: {
      node: process.version,
      git: (await gitVersion(world)) ?? 'unknown',
    },
    counts: {
      platforms: world.platforms.length,
      environments: world.platforms.flatMap(p => p.environments).length,
      services: world.platforms.flatMap(p => p.services).length,
      repositories: world.git.list().length,
      workflowRuns: repositories.reduce((sum, r) => sum + r.runs.length, 0),
      applications: applications.length,
      /** Of them: which Argo CD has yet to render; their resources are not known yet. */
      unrenderedApplications: world.argocd?.store.unrendered.size ?? 0,
      clusters: world.argocd?.clusters.size ?? 0,
      faults: world.faults.list().length,
      calls: calls.reduce((sum, upstream) => sum + upstream.calls, 0),
    },
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    scenarios: world.scenarios.list(),
  };
}

const versions = new WeakMap<World, Promise<string | undefined>>();

function gitVersion(world: World): Promise<string | undefined> {
  let version = versions.get(world);
  if (!version) {
    version = askGit(world);
    versions.set(world, version);
  }
  return version;
}

async function askGit(world: World): Promise<string | undefined> {
  const [anyRepository] = world.git.list();
  if (!anyRepository) {
    return undefined;
  }
  const out = await world.git.run(anyRepository, ['version']);
  return out
    .toString()
    .replace(/^git version /, '')
    .trim();
}
