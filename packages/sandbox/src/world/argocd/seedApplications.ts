import { dirname } from 'node:path';
import { kubeTime } from '../kubernetes/KubeObject';
import { World } from '../types';
import { ArgocdEngine } from './ArgocdEngine';
import { DeployedCommit, deployedCommits, imagesOf } from './deployedCommits';
import { syncAtOnce } from './runSync';
import { seedDefaultProject, seedProject } from './seedProject';
import { SeedHistory, seedHistory } from './seedHistory';
import { repositoryOf, revisionsOf, sourcesOf } from './sources';
import { Application } from './types';

/** Of what is left for later, so many go into one run of kustomize where they can. */
const RENDERED_TOGETHER = 50;

/**
 * Brings Argo CD to where months of work would have brought it: every
 * application of the platforms' repositories exists; what was ever released
 * is deployed as `main` says, with the history that git tells; what was not is
 * missing.
 */
export async function seedApplications(
  world: Pick<World, 'git' | 'platforms' | 'clock' | 'renderedAtStart'>,
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

  seedDefaultProject(engine, world.clock.now());
  for (const platform of platforms) {
    seedProject(engine, platform, world.clock.now());
    await engine.bootstrap(
      platform.gitopsRepository,
      firstCommit(deployed.get(platform.gitopsRepository)!) ??
        world.clock.now(),
    );
  }

  const commitsOf = (application: Application) => {
    const [source] = sourcesOf(application.spec).filter(s => s.path);
    return (
      deployed.get(repositoryOf(source?.repoURL))?.get(source?.path ?? '') ?? []
    );
  };
  const historyOf = (application: Application) =>
    seedHistory(world, application, commitsOf(application));
  // Roots first: they create the applications that follow.
  await Promise.all(
    engine.store
      .list()
      .map(async root => renderSeed(engine, root, await historyOf(root))),
  );
  const children = engine.store
    .list()
    .filter(a => !a.status.summary.isAppOfApps && !a.status.history);
  const histories = new Map<Application, SeedHistory>();
  for (const child of children) {
    histories.set(child, await historyOf(child));
  }
  await Promise.all(
    children
      .slice(0, world.renderedAtStart)
      .map(child => renderSeed(engine, child, histories.get(child)!)),
  );
  for (const child of children.slice(world.renderedAtStart)) {
    const images = imagesOf(commitsOf(child).at(-1)?.kustomization);
    showSeed(world, engine, child, { ...histories.get(child)!, images });
    engine.store.unrendered.add(child.metadata.name);
  }
}

/**
 * Renders what {@link seedApplications} left for later, folder by folder, and at
 * once what somebody asks to be refreshed. What cannot be rendered is reported.
 */
export async function renderUnrendered(
  engine: ArgocdEngine,
  report: (name: string, error: unknown) => void,
): Promise<void> {
  const rendering = new Map<string, Promise<void>>();
  engine.beforeRefresh = async name => {
    const { unrendered } = engine.store;
    const application = engine.store.get(name);
    if (!application) unrendered.delete(name);
    if (!application || !unrendered.has(name) || rendering.has(name)) {
      return;
    }
    const entries = application.status.history ?? [];
    // it refreshes too, and must find itself under way
    const work = Promise.resolve().then(() =>
      renderSeed(engine, application, {
        entries,
        ...(entries[0] ? { since: new Date(entries[0].deployedAt) } : {}),
      }),
    );
    rendering.set(name, work);
    try {
      await work;
    } finally {
      rendering.delete(name);
      // not before: whoever is killed meanwhile goes on with it
      unrendered.delete(name);
    }
  };
  engine.rendered = name => rendering.get(name) ?? engine.beforeRefresh(name);
  const batches = batchesOf(engine);
  const work = async () => {
    for (
      let batch = batches.shift();
      batch && !engine.isClosed;
      batch = batches.shift()
    ) {
      await Promise.all(
        batch.map(name =>
          engine.beforeRefresh(name).catch(error => report(name, error)),
        ),
      );
    }
  };
  // while one is rendered, what came of the other is taken over
  await Promise.all([work(), work()]);
}

/** What is left for later; in a batch stands what one run of kustomize can render. */
function batchesOf(engine: ArgocdEngine): string[][] {
  const byFolder = new Map<string, string[]>();
  for (const name of engine.store.unrendered) {
    const { spec } = engine.store.get(name) ?? {};
    const [source] = spec ? sourcesOf(spec) : [];
    const folder = `${source?.repoURL} ${dirname(source?.path ?? '')}`;
    const names = byFolder.get(folder);
    if (names) names.push(name);
    else byFolder.set(folder, [name]);
  }
  return [...byFolder.values()].flatMap(names =>
    Array.from(
      { length: Math.ceil(names.length / RENDERED_TOGETHER) },
      (_, n) => names.slice(n * RENDERED_TOGETHER, (n + 1) * RENDERED_TOGETHER),
    ),
  );
}

/** Deploys what git says, as it was deployed then. */
async function renderSeed(
  engine: ArgocdEngine,
  application: Application,
  history: SeedHistory,
): Promise<void> {
  const { name } = application.metadata;
  const last = history.entries.at(-1);
  if (last && engine.store.get(name) === application) {
    const revisions = revisionsOf(last);
    const { objects } = await engine.targetState(application);
    const outcome = syncAtOnce({
      application,
      sync: {},
      targets: objects,
      cluster: engine.seedTarget(application, {
        at: new Date(last.deployedAt),
        settled: true,
        since: history.since,
      }),
      results: [],
      operation: {
        revision: revisions[0],
        startedAt: new Date(last.deployStartedAt),
      },
      forbids: () => undefined,
      pruneConfirmed: true,
    });
    const { revision, source, sources } = last;
    application.status.history = history.entries;
    application.status.operationState = {
      operation: {
        sync: sources ? { revisions, sources } : { revision, source },
        initiatedBy: last.initiatedBy,
      },
      phase: outcome.phase,
      message: outcome.message,
      startedAt: last.deployStartedAt,
      finishedAt: last.deployedAt,
      syncResult: {
        revision: revision ?? '',
        source,
        ...(sources ? { revisions, sources } : {}),
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

/** Shows an application as its last reconciliation would have left it, before it is rendered. */
function showSeed(
  world: Pick<World, 'clock'>,
  engine: ArgocdEngine,
  application: Application,
  { entries, images }: SeedHistory & { images: string[] },
) {
  const { status } = application;
  const last = entries.at(-1);
  if (last) {
    const { revision, revisions, source, sources } = last;
    const from = revisions ? { revisions, sources } : { revision };
    status.history = entries;
    status.summary = { ...status.summary, images };
    status.sync = { ...status.sync, status: 'Synced', ...from };
    status.health = {
      status: 'Healthy',
      lastTransitionTime: last.deployedAt,
    };
    status.operationState = {
      operation: {
        sync: { ...from, ...(sources ? {} : { source }) },
        initiatedBy: last.initiatedBy,
      },
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      startedAt: last.deployStartedAt,
      finishedAt: last.deployedAt,
      syncResult: {
        source,
        ...(revisions ? { revisions, sources } : {}),
        revision: revision ?? '',
      },
    };
  } else {
    status.sync = { ...status.sync, status: 'OutOfSync' };
  }
  status.reconciledAt = kubeTime(world.clock.now());
  engine.store.save(application);
}

function firstCommit(
  deployed: Map<string, DeployedCommit[]>,
): Date | undefined {
  const dates = [...deployed.values()].flatMap(c =>
    c.length > 0 ? [c[0].at] : [],
  );
  return dates.sort((a, b) => a.getTime() - b.getTime())[0];
}
