import { EventEmitter } from 'node:events';
import { Cluster } from '../cluster';
import { KubeObject, keyOf, kubeTime } from '../clusterTypes';
import { stableUid } from '../clusterIds';
import { GitPush, World } from '../types';
import {
  ApplicationController,
  ApplicationNote,
} from './ApplicationController';
import { ApplicationReader, repositoryOf } from './ApplicationReader';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError, permissionDenied } from './ArgocdError';
import { ComparedResource } from './compare';
import { PastApply } from './liveState';
import { Manifests, parseManifests } from './Manifests';
import { SyncTarget } from './runSync';
import { SyncWindowState } from './syncWindows';
import {
  Application,
  ApplicationSpec,
  Operation,
  OperationInitiator,
  SyncOperation,
  isAutomated,
} from './types';

/** Namespace that Argo CD and its applications live in. */
export const ARGOCD_NAMESPACE = 'argocd';

/** From a push to the refresh that its webhook causes, ms. */
const WEBHOOK_MS = 150;
/** How often applications that move are looked at, ms. */
const TICK_MS = 400;
/** Argo CD's `timeout.reconciliation`; up to half as much is added as jitter. */
const RECONCILE_MS = 120_000;
/** Changes are written to disk at most this often, real ms. */
const WRITE_MS = 1_000;

/**
 * Argo CD, played: applications that follow git, and the clusters that they
 * are deployed to. This is what the API server and the scenarios talk to;
 * {@link ApplicationController} does the work.
 */
export class ArgocdEngine {
  /** Emits `resume` when a silence ends. */
  readonly events = new EventEmitter();
  /** By the name that a destination uses. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Whether API and watch keep still (scenario `argo-silent`). */
  silent = false;

  private readonly reader: ApplicationReader;
  private readonly controller: ApplicationController;
  private readonly pushed = new Set<string>();
  private writeTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'git' | 'images' | 'platforms' | 'speed' | 'schedule' | 'report'
    >,
    readonly store: ApplicationStore,
    manifests: Manifests,
    clusters: Cluster[],
  ) {
    this.events.setMaxListeners(0);
    this.clusters = new Map(clusters.map(c => [c.name, c]));
    this.reader = new ApplicationReader(world.git, manifests, this.clusters, {
      list: () => store.list(),
      get: name => store.get(name),
      upsert: (input, past) => this.upsert(input, past),
      delete: (name, cascade) => this.delete(name, cascade),
    });
    this.controller = new ApplicationController(world, store, this.reader);
  }

  /** Listens to git and the registries, and begins to poll. */
  run(): void {
    this.world.git.events.on('push', this.onPush);
    this.world.images.events.on('push', this.onImage);
    this.store.events.on('change', this.onChange);
    this.clusters.forEach(cluster => cluster.pull());
    this.controller.resume();
    this.tick();
    this.poll();
  }

  close(): void {
    this.closed = true;
    this.controller.close();
    this.world.git.events.off('push', this.onPush);
    this.world.images.events.off('push', this.onImage);
    this.store.events.off('change', this.onChange);
    clearTimeout(this.writeTimer);
    this.write();
  }

  /** Writes the whole state to disk. */
  write(): void {
    this.store.write([...this.clusters.values()].map(c => c.toSnapshot()));
  }

  // Reading

  /** Cluster of a destination. @throws ArgocdError - there is no such cluster. */
  destination(spec: ApplicationSpec): Cluster {
    return this.reader.destination(spec);
  }

  /** Live objects of an application with all that they own, parents before children. */
  liveTree(application: Application): KubeObject[] {
    return this.reader.liveTree(application);
  }

  /** Target manifests at a revision, or at the tracked one. */
  targetManifests(
    application: Application,
    revision?: string,
  ): ReturnType<ApplicationReader['targetManifests']> {
    return this.reader.targetManifests(application, revision);
  }

  /** Each resource of the last comparison; compares first where there was none. */
  async comparedResources({
    metadata: { name },
  }: Application): Promise<ComparedResource[]> {
    if (!this.controller.comparedResources(name)) {
      await this.refresh(name);
    }
    return this.controller.comparedResources(name) ?? [];
  }

  windows(application: Application): SyncWindowState {
    return this.controller.windows(application);
  }

  /** Newest last, at most thirty. */
  notesOf(name: string): ApplicationNote[] {
    return this.controller.notesOf(name);
  }

  // Changing

  /** Compares with git and the cluster now. */
  refresh(name: string): Promise<void> {
    return this.controller.refresh(name);
  }

  /**
   * Adds or replaces an application, as `kubectl apply` would.
   *
   * @param past - For a seeded one: since when it is there. It is not compared yet.
   */
  upsert(
    input: { metadata: Application['metadata']; spec: ApplicationSpec },
    past?: Date,
  ): Application {
    const { name, labels, annotations, finalizers } = input.metadata;
    const before = this.store.get(name);
    const created = kubeTime(past ?? this.world.clock.now());
    const application: Application = before ?? {
      metadata: {
        name,
        namespace: ARGOCD_NAMESPACE,
        uid: stableUid(`application/${name}/${created}`),
        creationTimestamp: created,
        generation: 0,
      },
      spec: input.spec,
      status: {
        sync: {
          status: 'Unknown',
          comparedTo: {
            source: input.spec.source,
            destination: input.spec.destination,
          },
        },
        health: { status: 'Missing', lastTransitionTime: created },
        summary: {},
        controllerNamespace: ARGOCD_NAMESPACE,
      },
    };
    Object.assign(application.metadata, {
      labels,
      annotations,
      finalizers,
      generation: (application.metadata.generation ?? 0) + 1,
    });
    application.spec = structuredClone(input.spec);
    this.store.save(application);
    if (!past) {
      this.background(() => this.refresh(name));
    }
    return application;
  }

  /** Takes an application away, with its resources when `cascade`. */
  delete(name: string, cascade: boolean): void {
    const application = this.store.get(name);
    if (!application) {
      return;
    }
    if (cascade) {
      const target = this.reader.liveState(application);
      target.tracked(name).forEach(object => target.remove(keyOf(object)));
    }
    this.controller.forget(name);
    this.store.remove(name);
  }

  /**
   * Asks for a sync, as `POST /applications/{name}/sync` does.
   *
   * @throws ArgocdError - an operation is running, the revision is unknown, a
   *   sync window forbids it, or automated sync follows another revision.
   */
  async sync(
    name: string,
    request: SyncOperation & { info?: Operation['info'] },
    initiatedBy: OperationInitiator,
  ): Promise<Application> {
    const application = this.existing(name);
    const { source } = application.spec;
    if (!this.windows(application).canSyncManually) {
      throw new ArgocdError(
        'PermissionDenied',
        'cannot sync: blocked by sync window',
      );
    }
    const tracked = source.targetRevision || 'HEAD';
    if (
      request.revision &&
      request.revision !== tracked &&
      isAutomated(application.spec) &&
      !request.dryRun
    ) {
      throw new ArgocdError(
        'FailedPrecondition',
        `Cannot sync to ${request.revision}: auto-sync currently set to ${tracked}`,
      );
    }
    const { info, ...sync } = request;
    const revision = await this.reader.resolve(source, request.revision);
    return this.controller.startOperation(application, {
      sync: { ...sync, revision },
      initiatedBy,
      ...(info?.length ? { info } : {}),
    });
  }

  /**
   * Syncs to what an earlier deployment was.
   *
   * @throws ArgocdError - under automated sync, or no deployment has this id.
   */
  rollback(
    name: string,
    request: { id: number; prune?: boolean; dryRun?: boolean },
    initiatedBy: OperationInitiator,
  ): Application {
    const application = this.existing(name);
    if (isAutomated(application.spec)) {
      throw new ArgocdError(
        'FailedPrecondition',
        'rollback cannot be initiated when auto-sync is enabled',
      );
    }
    const entry = application.status.history?.find(h => h.id === request.id);
    if (!entry) {
      throw new ArgocdError(
        'InvalidArgument',
        `application ${ARGOCD_NAMESPACE}/${name} does not have deployment with id ${request.id}`,
      );
    }
    return this.controller.startOperation(application, {
      sync: {
        revision: entry.revision,
        source: entry.source,
        prune: request.prune,
        dryRun: request.dryRun,
        syncStrategy: { apply: {} },
      },
      initiatedBy,
    });
  }

  /** @throws ArgocdError - nothing runs. */
  terminate(name: string): void {
    const application = this.existing(name);
    const { operationState } = application.status;
    if (!application.operation || !operationState) {
      throw new ArgocdError(
        'InvalidArgument',
        'Unable to terminate operation. No operation is in progress',
      );
    }
    operationState.phase = 'Terminating';
    operationState.message = 'operation is terminating';
    this.store.save(application);
  }

  /** Looks at the health of an application again, soon and until it rests. */
  watchHealth(name: string): void {
    this.controller.watchHealth(name);
  }

  /** Where a seeded deployment is applied: as it was at a moment of the past. */
  seedTarget(application: Application, past: PastApply): SyncTarget {
    return this.reader.targetOf(this.destination(application.spec), past);
  }

  /** Forgets everything; watchers see all applications go. */
  reset(): void {
    this.store.clear();
    this.clusters.forEach(cluster => cluster.clear());
    this.controller.forget();
  }

  /** Looks at every repository again, in the background. */
  refreshAll(): void {
    const repositories = new Set([
      ...this.world.platforms.map(p => p.gitopsRepository),
      ...this.store.list().map(a => repositoryOf(a.spec.source.repoURL)),
    ]);
    repositories.forEach(repository =>
      this.background(() => this.refreshRepository(repository)),
    );
  }

  setSilent(silent: boolean): void {
    this.silent = silent;
    if (!silent) {
      this.events.emit('resume');
    }
  }

  /**
   * Applies the root applications that a platform's repository holds under
   * `<gitops path>/root`, as its bootstrap does (`kubectl apply -f`).
   */
  async bootstrap(repository: string, past?: Date): Promise<void> {
    for (const platform of this.world.platforms) {
      if (platform.gitopsRepository !== repository) {
        continue;
      }
      const { git } = this.world;
      const files = await git.listFiles(
        repository,
        'main',
        `${platform.gitopsPath}/root`,
      );
      for (const file of files.filter(f => /\.ya?ml$/.test(f))) {
        const content = await git.readFile(repository, 'main', file);
        const root = rootApplication(content);
        if (!root) {
          this.world.report(
            `${repository}:${file} is not an Argo CD Application; it is passed over`,
          );
          continue;
        }
        const before = this.store.get(root.metadata.name);
        if (
          !before ||
          JSON.stringify(before.spec) !== JSON.stringify(root.spec)
        ) {
          this.upsert(root, past);
        }
      }
    }
  }

  // Time and events

  private readonly onPush = (push: GitPush) => {
    if (this.pushed.has(push.repository)) {
      return;
    }
    this.pushed.add(push.repository);
    this.world.schedule(WEBHOOK_MS, () => {
      this.pushed.delete(push.repository);
      return this.refreshRepository(push.repository);
    });
  };

  private readonly onImage = () => {
    for (const cluster of this.clusters.values()) {
      if (cluster.pull()) {
        this.store
          .list()
          .filter(a => a.spec.destination.name === cluster.name)
          .forEach(a => this.watchHealth(a.metadata.name));
      }
    }
  };

  private readonly onChange = () => {
    this.writeTimer ??= setTimeout(() => {
      this.writeTimer = undefined;
      try {
        this.write();
      } catch (error) {
        this.world.report('Argo CD could not write its state', error);
      }
    }, WRITE_MS).unref();
  };

  private async refreshRepository(repository: string): Promise<void> {
    await this.bootstrap(repository);
    await Promise.all(
      this.store
        .list()
        .filter(a => repositoryOf(a.spec.source.repoURL) === repository)
        .map(a => this.refresh(a.metadata.name)),
    );
  }

  private readonly tick = () => {
    this.controller.lookAtHealth();
    if (!this.closed) {
      // However fast the world runs, the machine gets a rest of 20 ms.
      this.world.schedule(Math.max(TICK_MS, 20 * this.world.speed), this.tick);
    }
  };

  private readonly poll = () => {
    const now = this.world.clock.now().getTime();
    for (const application of this.store.list()) {
      const { name } = application.metadata;
      const jitter = (hash(name) % 100) / 200;
      const age = now - Date.parse(application.status.reconciledAt ?? '1970');
      if (age * this.world.speed > RECONCILE_MS * (1 + jitter)) {
        this.background(() => this.refresh(name));
      }
    }
    if (!this.closed) {
      this.world.schedule(
        Math.max(RECONCILE_MS / 20, 1000 * this.world.speed),
        this.poll,
      );
    }
  };

  private existing(name: string): Application {
    const application = this.store.get(name);
    if (!application) {
      throw permissionDenied();
    }
    return application;
  }

  private background(task: () => Promise<void>) {
    task().catch(error => {
      if (!this.closed) {
        this.world.report('Argo CD could not reconcile', error);
      }
    });
  }
}

/** The application in a root file; undefined when the file holds something else. */
function rootApplication(content: string | undefined): Application | undefined {
  try {
    return parseManifests(content ?? '').find(
      o => o.kind === 'Application' && o.metadata?.name && o.spec?.source,
    ) as unknown as Application | undefined;
  } catch {
    return undefined;
  }
}

function hash(text: string): number {
  return [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);
}
