import { createHash } from 'node:crypto';
import { kubeTime } from '../clusterTypes';
import { SeedPlatform } from '../platforms';
import { World } from '../types';
import { repositoryOf } from './ApplicationReader';
import { ArgocdEngine } from './ArgocdEngine';
import { DeployedCommit, deployedCommits } from './deployedCommits';
import { runSync } from './runSync';
import { Application, RevisionHistory, isAutomated } from './types';

/** Entries of history that a seeded application has at most. */
const HISTORY = 10;

/**
 * Brings Argo CD to where months of work would have brought it: every
 * application of the platforms' repositories exists; what was ever released
 * is deployed as `main` says, with the history that git tells; what was not is
 * missing.
 */
export async function seedApplications(
  world: Pick<World, 'git' | 'platforms' | 'clock'>,
  engine: ArgocdEngine,
): Promise<void> {
  const platforms = world.platforms.filter(
    platform =>
      platform.environments.some(e => e.runtime === 'eks') &&
      world.git.has(platform.gitopsRepository),
  );
  const deployed = new Map<string, Map<string, DeployedCommit[]>>();
  await Promise.all(
    platforms.map(async ({ gitopsRepository, gitopsPath }) => {
      const sha = await world.git.resolve(gitopsRepository, 'main');
      deployed.set(
        gitopsRepository,
        sha
          ? await deployedCommits(world.git, gitopsRepository, sha, gitopsPath)
          : new Map(),
      );
    }),
  );

  for (const platform of platforms) {
    seedProject(engine, platform, world.clock.now());
    await engine.bootstrap(
      platform.gitopsRepository,
      firstCommit(deployed.get(platform.gitopsRepository)!) ??
        world.clock.now(),
    );
  }

  const commitsOf = (application: Application) =>
    deployed
      .get(repositoryOf(application.spec.source.repoURL))
      ?.get(application.spec.source.path ?? '') ?? [];
  // Roots first: they create the applications that follow.
  await Promise.all(
    engine.store
      .list()
      .map(root => seedApplication(world, engine, root, commitsOf(root))),
  );
  const children = engine.store
    .list()
    .filter(a => !a.status.summary.isAppOfApps && !a.status.history);
  await Promise.all(
    children.map(child =>
      seedApplication(world, engine, child, commitsOf(child)),
    ),
  );
}

async function seedApplication(
  world: Pick<World, 'clock'>,
  engine: ArgocdEngine,
  application: Application,
  commits: DeployedCommit[],
): Promise<void> {
  const { name } = application.metadata;
  const deployments = commits
    .slice(-HISTORY)
    .map((commit, index) =>
      deployment(
        application,
        commit,
        Math.max(0, commits.length - HISTORY) + index,
        world.clock.now(),
      ),
    );
  const last = deployments.at(-1);
  if (last) {
    const targets = await engine.targetManifests(application);
    const outcome = runSync(
      application,
      { revision: last.revision },
      targets.objects,
      engine.seedTarget(application, {
        at: new Date(last.deployedAt),
        settled: true,
        since: commits[0].at,
      }),
    );
    application.status.history = deployments;
    application.status.operationState = {
      operation: {
        sync: { revision: last.revision },
        initiatedBy: last.initiatedBy,
      },
      phase: outcome.phase,
      message: outcome.message,
      startedAt: last.deployStartedAt,
      finishedAt: last.deployedAt,
      syncResult: {
        revision: last.revision,
        source: application.spec.source,
        resources: outcome.resources,
      },
    };
    application.status.health.lastTransitionTime = last.deployedAt;
  }
  await engine.refresh(name);
  if (last) {
    application.status.health.lastTransitionTime = last.deployedAt;
  }
}

function deployment(
  application: Application,
  commit: DeployedCommit,
  id: number,
  now: Date,
): RevisionHistory {
  const automated = isAutomated(application.spec);
  const chance = createHash('sha256')
    .update(`${application.metadata.name}/${commit.sha}`)
    .digest();
  // A webhook takes seconds, a person some minutes.
  const waited = automated ? 4 + (chance[0] % 30) : 60 + chance[0] * 2;
  const took = 2 + (chance[1] % 9);
  const finished = Math.min(
    commit.at.getTime() + (waited + took) * 1000,
    now.getTime(),
  );
  return {
    id,
    revision: commit.sha,
    deployStartedAt: kubeTime(new Date(finished - took * 1000)),
    deployedAt: kubeTime(new Date(finished)),
    source: application.spec.source,
    initiatedBy: automated ? { automated: true } : { username: 'admin' },
  };
}

function firstCommit(
  deployed: Map<string, DeployedCommit[]>,
): Date | undefined {
  const dates = [...deployed.values()].flatMap(c =>
    c.length > 0 ? [c[0].at] : [],
  );
  return dates.sort((a, b) => a.getTime() - b.getTime())[0];
}

function seedProject(engine: ArgocdEngine, platform: SeedPlatform, now: Date) {
  engine.store.projects.set(platform.system, {
    metadata: {
      name: platform.system,
      namespace: 'argocd',
      creationTimestamp: kubeTime(now),
      resourceVersion: '1',
      generation: 1,
    },
    spec: {
      description: `Applications of ${platform.system}`,
      sourceRepos: ['*'],
      destinations: [
        ...platform.environments.flatMap(e =>
          e.cluster && e.runtime === 'eks'
            ? [{ name: e.cluster, namespace: '*', server: '*' }]
            : [],
        ),
        {
          name: 'in-cluster',
          namespace: 'argocd',
          server: 'https://kubernetes.default.svc',
        },
      ],
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
    },
    status: {},
  });
}
