import { EventEmitter } from 'node:events';
import { Cluster } from '../cluster';
import { KubeObject, keyOf, kubeTime } from '../clusterTypes';
import { stableUid, templateImages } from '../clusterWorkloads';
import { GitPush, World } from '../types';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError } from './ArgocdError';
import {
  ComparedResource,
  compare,
  prepareTargets,
  toResourceStatus,
} from './compare';
import { worstHealth } from './health';
import { Manifests, parseManifests } from './Manifests';
import {
  ApplicationLiveState,
  NOTHING,
  PastApply,
  liveStateOf,
} from './liveState';
import { SyncTarget, runSync } from './runSync';
import { SyncWindowState, judgeSyncWindows } from './syncWindows';
import {
  Application,
  ApplicationCondition,
  ApplicationSource,
  ApplicationSpec,
  HealthStatus,
  Operation,
  OperationInitiator,
  SyncOperation,
  isAutomated,
} from './types';

/** Namespace that Argo CD and its applications live in. */
export const ARGOCD_NAMESPACE = 'argocd';
/** Address of the cluster that Argo CD itself runs in. */
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';

/** From the request to the controller taking it up, ms. */
const PICK_UP_MS = 100;
/** How long a sync takes after that, ms. */
const SYNC_MS = 1400;
/** From a push to the refresh that its webhook causes, ms. */
const WEBHOOK_MS = 150;
/** How often applications that move are looked at, ms. */
const TICK_MS = 400;
/** Argo CD's `timeout.reconciliation`; up to half as much is added as jitter. */
const RECONCILE_MS = 120_000;
/** Self-heal does not try the same revision again before this has passed, ms. */
const SELF_HEAL_MS = 5_000;
/** Changes are written to disk at most this often, real ms. */
const WRITE_MS = 1_000;
/** Argo CD's default for `revisionHistoryLimit`. */
const HISTORY_LIMIT = 10;
const EVENTS_KEPT = 30;

/** Something that happened to an application; Argo CD writes it as a Kubernetes event. */
export interface ApplicationNote {
  reason: string;
  message: string;
  at: string;
}

type EngineWorld = Pick<
  World,
  | 'clock'
  | 'git'
  | 'images'
  | 'platforms'
  | 'speed'
  | 'schedule'
  | 'report'
  | 'dataDir'
>;

/**
 * Argo CD's controller, played: compares what git says (rendered by kustomize)
 * with what the clusters hold, syncs, and watches health.
 *
 * An application goes through this, each step saved and seen by watchers:
 * 1. a push, a poll or a refresh compares it: `Synced` or `OutOfSync`;
 * 2. a person, or automated sync, sets an operation;
 * 3. the operation runs for a moment and applies the manifests;
 * 4. health is `Progressing` until the pods are ready, or `Degraded` when the
 *    progress deadline passes.
 */
export class ArgocdEngine {
  /** Emits `resume` when a silence ends. */
  readonly events = new EventEmitter();
  /** By the name that a destination uses. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Whether API and watch keep still (scenario `argo-silent`). */
  silent = false;

  private readonly compared = new Map<string, ComparedResource[]>();
  private readonly notes = new Map<string, ApplicationNote[]>();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly moving = new Set<string>();
  private readonly pushed = new Set<string>();
  private writeTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly world: EngineWorld,
    readonly store: ApplicationStore,
    private readonly manifests: Manifests,
    clusters: Cluster[],
  ) {
    this.events.setMaxListeners(0);
    this.clusters = new Map(clusters.map(c => [c.name, c]));
  }

  /** Listens to git and the registries, and begins to poll. */
  run(): void {
    this.world.git.events.on('push', this.onPush);
    this.world.images.events.on('push', this.onImage);
    this.store.events.on('change', this.onChange);
    this.clusters.forEach(cluster => cluster.pull());
    this.tick();
    this.poll();
    // Operations and rollouts that a restart interrupted go on.
    for (const application of this.store.list()) {
      this.moving.add(application.metadata.name);
      if (application.operation) {
        this.carryOn(application);
      }
    }
  }

  close(): void {
    this.closed = true;
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
    const { server, name } = spec.destination ?? {};
    const cluster =
      server === IN_CLUSTER_SERVER
        ? this.clusters.get('in-cluster')
        : this.clusters.get(
            name ?? server?.match(/\/clusters\/([^/]+)$/)?.[1] ?? '',
          );
    if (!cluster) {
      throw new ArgocdError(
        'InvalidArgument',
        `application destination spec is invalid: there are no clusters with this ${
          name ? `name: ${name}` : `address: ${server}`
        }`,
      );
    }
    return cluster;
  }

  /** Each resource of the last comparison; compares first where there was none. */
  async comparedResources(
    application: Application,
  ): Promise<ComparedResource[]> {
    const { name } = application.metadata;
    if (!this.compared.has(name)) {
      await this.refresh(name);
    }
    return this.compared.get(name) ?? [];
  }

  /** Live objects of an application with all that they own, parents before children. */
  liveTree(application: Application): KubeObject[] {
    const live = this.liveState(application);
    return live
      .tracked(application.metadata.name)
      .flatMap(object => live.tree(object));
  }

  /** Target manifests at a revision, or at the tracked one. */
  async targetManifests(
    application: Application,
    revision?: string,
  ): Promise<{ revision: string; sourceType: string; objects: KubeObject[] }> {
    const { source } = application.spec;
    const sha = await this.resolve(source, revision);
    const rendered = await this.manifests.render(
      repositoryOf(source.repoURL),
      sha,
      source,
    );
    return {
      revision: sha,
      sourceType: rendered.sourceType,
      objects: prepareTargets(application, rendered.objects),
    };
  }

  windows(application: Application): SyncWindowState {
    return judgeSyncWindows(
      this.store.projects.get(application.spec.project)?.spec.syncWindows ?? [],
      application,
      this.world.clock.now(),
    );
  }

  /** Newest last, at most thirty. */
  notesOf(name: string): ApplicationNote[] {
    return this.notes.get(name) ?? [];
  }

  // Changing

  /** Compares with git and the cluster now. */
  refresh(name: string): Promise<void> {
    return this.inTurn(name, () => this.reconcile(name));
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
      const target = this.liveState(application);
      target.tracked(name).forEach(object => target.remove(keyOf(object)));
    }
    this.compared.delete(name);
    this.notes.delete(name);
    this.moving.delete(name);
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
    const revision = await this.resolve(source, request.revision);
    return this.startOperation(application, {
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
    return this.startOperation(application, {
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
    this.moving.add(name);
  }

  /**
   * Where a seeded deployment is applied: as it was at `at`, whatever the
   * registries hold now.
   */
  seedTarget(application: Application, past: PastApply): SyncTarget {
    return this.targetOf(this.destination(application.spec), past);
  }

  /** Forgets everything; watchers see all applications go. */
  reset(): void {
    this.store.clear();
    this.clusters.forEach(cluster => cluster.clear());
    this.compared.clear();
    this.notes.clear();
    this.moving.clear();
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

  // Comparing

  private async reconcile(name: string): Promise<void> {
    const application = this.store.get(name);
    if (!application || this.closed) {
      return;
    }
    const { source, destination } = application.spec;
    const { status } = application;
    status.reconciledAt = kubeTime(this.world.clock.now());
    let targets;
    try {
      this.destination(application.spec);
      targets = await this.targetManifests(application);
    } catch (error) {
      status.sync = {
        status: 'Unknown',
        comparedTo: { source, destination },
      };
      status.health = this.changedHealth(application, { status: 'Unknown' });
      this.setConditions(application, [
        error instanceof ArgocdError && error.code === 'InvalidArgument'
          ? { type: 'InvalidSpecError', message: error.message }
          : {
              type: 'ComparisonError',
              message: `Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ${
                (error as Error).message
              }`,
            },
      ]);
      this.store.save(application);
      return;
    }
    if (this.store.get(name) !== application) {
      return;
    }

    const live = this.liveState(application);
    const compared = compare(application, targets.objects, live);
    this.compared.set(name, compared);
    status.sync = {
      status: compared.every(r => r.status === 'Synced')
        ? 'Synced'
        : 'OutOfSync',
      revision: targets.revision,
      comparedTo: { source, destination },
    };
    status.sourceType = targets.sourceType;
    this.setConditions(application, []);
    this.setHealth(application, compared);
    this.store.save(application);
    if (this.isMoving(application)) {
      this.moving.add(name);
    }
    this.autoSync(application, compared);
  }

  /** Health, resources and summary as they are now; true when something shown changed. */
  private setHealth(
    application: Application,
    compared: ComparedResource[],
  ): boolean {
    const { status } = application;
    const before = JSON.stringify([
      status.health,
      status.resources,
      status.summary,
    ]);
    status.resources = compared.map(toResourceStatus);
    status.health = this.changedHealth(application, {
      status: worstHealth(
        status.resources.flatMap(r => (r.health ? [r.health.status] : [])),
      ),
    });
    const images = this.liveTree(application)
      .filter(object => object.kind === 'Pod')
      .flatMap(templateImages);
    status.summary = {
      ...(images.length > 0 ? { images: [...new Set(images)].sort() } : {}),
      ...(compared.some(r => r.target?.kind === 'Application')
        ? { isAppOfApps: true }
        : {}),
    };
    return (
      before !==
      JSON.stringify([status.health, status.resources, status.summary])
    );
  }

  private changedHealth(
    application: Application,
    health: HealthStatus,
  ): HealthStatus {
    const before = application.status.health;
    return before.status === health.status && before.lastTransitionTime
      ? { ...health, lastTransitionTime: before.lastTransitionTime }
      : { ...health, lastTransitionTime: kubeTime(this.world.clock.now()) };
  }

  private setConditions(
    application: Application,
    conditions: ApplicationCondition[],
  ) {
    const { status } = application;
    const now = kubeTime(this.world.clock.now());
    const merged = conditions.map(condition => ({
      ...condition,
      lastTransitionTime:
        status.conditions?.find(
          c => c.type === condition.type && c.message === condition.message,
        )?.lastTransitionTime ?? now,
    }));
    if (merged.length > 0) {
      status.conditions = merged;
    } else {
      delete status.conditions;
    }
  }

  private isMoving(application: Application): boolean {
    try {
      const keys = (this.compared.get(application.metadata.name) ?? []).map(
        r => r.key,
      );
      return this.destination(application.spec).moving(keys);
    } catch {
      return false;
    }
  }

  // Syncing

  private autoSync(application: Application, compared: ComparedResource[]) {
    const { spec, status } = application;
    if (
      status.sync.status !== 'OutOfSync' ||
      !isAutomated(spec) ||
      application.operation
    ) {
      return;
    }
    const { prune, selfHeal } = spec.syncPolicy!.automated!;
    const needed = compared.filter(r => r.status === 'OutOfSync');
    if (!prune && needed.every(r => !r.target)) {
      return;
    }
    if (!this.windows(application).canSyncAutomatically) {
      return;
    }
    const last = status.operationState;
    const attempted =
      last?.finishedAt !== undefined &&
      last.operation.sync?.revision === status.sync.revision &&
      JSON.stringify(last.syncResult?.source) === JSON.stringify(spec.source);
    if (attempted && last.phase !== 'Succeeded') {
      this.setConditions(application, [
        {
          type: 'SyncError',
          message: `Failed last sync attempt to [${status.sync.revision}]: ${last.message}`,
        },
      ]);
      this.store.save(application);
      return;
    }
    if (attempted) {
      if (selfHeal) {
        const rest =
          Date.parse(last.finishedAt!) +
          SELF_HEAL_MS / this.world.speed -
          this.world.clock.now().getTime();
        if (rest > 0) {
          this.world.schedule(SELF_HEAL_MS, () =>
            this.refresh(application.metadata.name),
          );
          return;
        }
      } else {
        return;
      }
    }
    this.startOperation(application, {
      sync: {
        revision: status.sync.revision,
        ...(prune ? { prune } : {}),
      },
      initiatedBy: { automated: true },
      retry: { limit: 5 },
    });
  }

  private startOperation(
    application: Application,
    operation: Operation,
  ): Application {
    if (application.operation) {
      throw new ArgocdError(
        'FailedPrecondition',
        'another operation is already in progress',
      );
    }
    application.operation = operation;
    // The controller fills it in when it takes the operation up.
    delete application.status.operationState;
    this.store.save(application);
    this.note(
      application,
      'OperationStarted',
      operation.initiatedBy?.automated
        ? `Initiated automated sync to '${operation.sync?.revision}'`
        : `${operation.initiatedBy?.username} initiated sync to ${operation.sync?.revision}`,
    );
    this.carryOn(application);
    return structuredClone(application);
  }

  private carryOn(application: Application) {
    const { name } = application.metadata;
    const operation = application.operation!;
    const stillRuns = () => this.store.get(name)?.operation === operation;
    this.world.schedule(PICK_UP_MS, () => {
      if (stillRuns() && !application.status.operationState) {
        application.status.operationState = {
          operation,
          phase: 'Running',
          message: 'one or more tasks are running',
          startedAt: kubeTime(this.world.clock.now()),
        };
        this.store.save(application);
      }
      this.world.schedule(SYNC_MS, () =>
        this.inTurn(name, async () => {
          if (stillRuns() && !this.closed) {
            await this.finishOperation(application, operation);
          }
        }),
      );
    });
  }

  private async finishOperation(
    application: Application,
    operation: Operation,
  ): Promise<void> {
    const { spec, status, metadata } = application;
    const sync = operation.sync ?? {};
    const source: ApplicationSource = sync.source ?? spec.source;
    const startedAt =
      status.operationState?.startedAt ?? kubeTime(this.world.clock.now());
    let phase: 'Succeeded' | 'Failed' | 'Error' = 'Failed';
    let message = 'Operation terminated';
    let resources;
    if (status.operationState?.phase !== 'Terminating') {
      try {
        this.destination(spec);
        const rendered = await this.manifests.render(
          repositoryOf(source.repoURL),
          sync.revision!,
          source,
        );
        ({ phase, message, resources } = runSync(
          application,
          sync,
          prepareTargets(application, rendered.objects),
          this.liveState(application),
        ));
      } catch (error) {
        phase = 'Error';
        message = (error as Error).message;
      }
    }

    const finishedAt = kubeTime(this.world.clock.now());
    delete application.operation;
    status.operationState = {
      operation,
      phase,
      message,
      startedAt,
      finishedAt,
      syncResult: {
        revision: sync.revision!,
        source,
        ...(resources ? { resources } : {}),
      },
    };
    if (phase === 'Succeeded' && !sync.dryRun && !sync.resources?.length) {
      const history = status.history ?? [];
      status.history = [
        ...history,
        {
          id: (history.at(-1)?.id ?? -1) + 1,
          revision: sync.revision!,
          deployStartedAt: startedAt,
          deployedAt: finishedAt,
          source,
          initiatedBy: operation.initiatedBy ?? {},
        },
      ].slice(-(spec.revisionHistoryLimit ?? HISTORY_LIMIT));
    }
    this.note(
      application,
      phase === 'Succeeded' ? 'OperationCompleted' : 'OperationFailed',
      phase === 'Succeeded'
        ? `Sync operation to ${sync.revision} succeeded`
        : `Sync operation to ${sync.revision} failed: ${message}`,
    );
    await this.reconcile(metadata.name);
  }

  private liveState(application: Application): ApplicationLiveState {
    try {
      return this.targetOf(this.destination(application.spec));
    } catch {
      return NOTHING;
    }
  }

  private targetOf(cluster: Cluster, past?: PastApply): ApplicationLiveState {
    return liveStateOf(cluster, past, {
      list: () => this.store.list(),
      get: name => this.store.get(name),
      upsert: input => this.upsert(input, past?.since ?? past?.at),
      delete: (name, cascade) => this.delete(name, cascade),
    });
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
          .forEach(a => this.moving.add(a.metadata.name));
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

  private readonly tick = () => {
    for (const name of [...this.moving]) {
      const application = this.store.get(name);
      const compared = this.compared.get(name);
      if (!application || !compared) {
        this.moving.delete(name);
        continue;
      }
      const live = this.liveState(application);
      compared.forEach(resource => {
        resource.live = live.get(resource.key);
      });
      if (!this.isMoving(application)) {
        this.moving.delete(name);
      }
      if (this.setHealth(application, compared)) {
        this.store.save(application);
      }
    }
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

  private async resolve(
    source: ApplicationSource,
    revision?: string,
  ): Promise<string> {
    const repository = repositoryOf(source.repoURL);
    if (!repository || !this.world.git.has(repository)) {
      throw new ArgocdError(
        'FailedPrecondition',
        `failed to list refs: repository not found: ${source.repoURL}`,
      );
    }
    const wanted = revision || source.targetRevision || 'HEAD';
    const sha = await this.world.git.resolve(repository, wanted);
    if (!sha) {
      throw new ArgocdError(
        'FailedPrecondition',
        `unable to resolve '${wanted}' to a commit SHA`,
      );
    }
    return sha;
  }

  private existing(name: string): Application {
    const application = this.store.get(name);
    if (!application) {
      throw new ArgocdError('PermissionDenied', 'permission denied');
    }
    return application;
  }

  private note(application: Application, reason: string, message: string) {
    const { name } = application.metadata;
    this.notes.set(
      name,
      [
        ...(this.notes.get(name) ?? []),
        { reason, message, at: kubeTime(this.world.clock.now()) },
      ].slice(-EVENTS_KEPT),
    );
  }

  private background(task: () => Promise<void>) {
    task().catch(error => {
      if (!this.closed) {
        this.world.report('Argo CD could not reconcile', error);
      }
    });
  }

  /** One thing at a time for each application. */
  private inTurn(name: string, task: () => Promise<void>): Promise<void> {
    const before = this.queues.get(name) ?? Promise.resolve();
    const next = before.then(task, task);
    const settled = next.catch(() => {});
    this.queues.set(name, settled);
    settled.then(() => {
      if (this.queues.get(name) === settled) {
        this.queues.delete(name);
      }
    });
    return next;
  }
}

/** `owner/name` of a repository URL; empty when it names none. */
export function repositoryOf(url: string | undefined): string {
  return url?.replace(/\.git$/, '').match(/[/:]([^/:]+\/[^/]+)$/)?.[1] ?? '';
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
