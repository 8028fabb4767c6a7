import { EventEmitter } from 'node:events';
import { Cluster } from '../kubernetes/Cluster';
import { KubeObject, keyOf } from '../kubernetes/KubeObject';
import { World } from '../types';
import { ApplicationController } from './ApplicationController';
import { ApplicationNotes } from './ApplicationNotes';
import { ApplicationReader, TargetState } from './ApplicationReader';
import { ApplicationSetController } from './ApplicationSetController';
import { ApplicationStore } from './ApplicationStore';
import { ComparedResource } from './compare';
import { GitFollower } from './GitFollower';
import { Manifests } from './Manifests';
import { ApplicationInput, applyInput, newApplication } from './newApplication';
import { OperationRequests } from './OperationRequests';
import { PastApply } from './liveState';
import { DestinationCluster } from './projects';
import { SyncTarget } from './performTask';
import { SyncWindowState } from './syncWindows';
import { Application, ApplicationSpec } from './types';

/** How often applications that move are looked at, ms. */
const TICK_MS = 400;
/** Changes are written to disk at most this often, real ms. */
const WRITE_MS = 1_000;
/** A large state is written less often: it takes at most a hundredth of the time. */
const WRITE_SHARE = 100;

/**
 * Argo CD, played: applications that follow git, and the clusters that they
 * are deployed to. This is what the API server and the scenarios talk to;
 * {@link ApplicationController} does the work.
 */
export class ArgocdEngine {
  /** Emits `resume` when a silence ends, and `restart` when watches are cut. */
  readonly events = new EventEmitter();
  /** By the name that a destination uses. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Sync, rollback and termination. */
  readonly operations: OperationRequests;
  readonly applicationSets: ApplicationSetController;
  /** Whether API and watch keep still (scenario `argo-silent`). */
  silent = false;
  /** Whether all tokens count as expired (scenario `argo-token-expired`). */
  tokensExpired = false;
  /** Whether callers may see no application at all (scenario `argo-rbac-lost`). */
  blind = false;
  /** Runs before an application is compared; see `renderUnrendered`. */
  beforeRefresh: (name: string) => Promise<void> = async () => {};
  /** Resolves when an application that was left for later is rendered. */
  rendered: (name: string) => Promise<void> = async () => {};

  private readonly reader: ApplicationReader;
  private readonly controller: ApplicationController;
  private readonly follower: GitFollower;
  private writeTimer: NodeJS.Timeout | undefined;
  private writeMs = 0;
  private closed = false;

  constructor(
    private readonly world: Pick<
      World,
      | 'clock'
      | 'git'
      | 'images'
      | 'platforms'
      | 'speed'
      | 'schedule'
      | 'report'
      | 'urls'
    >,
    readonly store: ApplicationStore,
    manifests: Manifests,
    clusters: Cluster[],
  ) {
    this.events.setMaxListeners(0);
    this.clusters = new Map(clusters.map(c => [c.name, c]));
    this.reader = new ApplicationReader(
      world.git,
      manifests,
      this.clusters,
      {
        list: () => store.list(),
        get: name => store.get(name),
        upsert: (input, past) => this.upsert(input, past),
        delete: (name, cascade) => this.delete(name, cascade),
        sets: {
          list: () => [...store.applicationSets.values()],
          get: name => store.applicationSets.get(name),
          upsert: input => this.applicationSets.upsert(input),
          delete: name => this.applicationSets.delete(name),
        },
      },
      world.urls,
    );
    this.controller = new ApplicationController(world, store, this.reader);
    this.operations = new OperationRequests(
      store,
      this.reader,
      this.controller,
    );
    this.follower = new GitFollower(world, store, {
      refresh: name => this.refresh(name),
      upsert: (input, past) => this.upsert(input, past),
      pushed: async () => this.applicationSets.reconcileAll(),
    });
    this.applicationSets = new ApplicationSetController(
      world,
      store,
      {
        git: world.git,
        clusters: () => clusters.map(c => this.reader.addressOf(c)),
      },
      {
        upsert: input => this.upsert(input),
        delete: (name, cascade) => this.delete(name, cascade),
      },
    );
  }

  /** Listens to git and the registries, and begins to poll. */
  run(): void {
    this.world.images.events.on('push', this.onImage);
    this.store.events.on('change', this.onChange);
    this.clusters.forEach(cluster => cluster.pull());
    this.controller.resume();
    this.tick();
    this.follower.run();
    this.applicationSets.run();
  }

  close(): void {
    this.closed = true;
    this.controller.close();
    this.follower.close();
    this.applicationSets.close();
    this.world.images.events.off('push', this.onImage);
    this.store.events.off('change', this.onChange);
    clearTimeout(this.writeTimer);
    this.write();
  }

  /** Writes the whole state to disk. */
  write(): void {
    this.store.write([...this.clusters.values()].map(c => c.toSnapshot()));
  }

  /** Whether it stopped. */
  get isClosed(): boolean {
    return this.closed;
  }

  // Reading

  /** Cluster of a destination. @throws ArgocdError - there is no such cluster. */
  destination(spec: ApplicationSpec): Cluster {
    return this.reader.destination(spec);
  }

  /** Name and address of a cluster. */
  addressOf(cluster: Cluster): DestinationCluster {
    return this.reader.addressOf(cluster);
  }

  /** Live objects of an application with all that they own, parents before children. */
  liveTree(application: Application): KubeObject[] {
    return this.reader.liveTree(application);
  }

  /** What git wants at the tracked revisions, or at others. */
  targetState(
    application: Application,
    from?: Parameters<ApplicationReader['targetState']>[1],
  ): Promise<TargetState> {
    return this.reader.targetState(application, from);
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

  /** What happened to an application or a project lately. */
  get notes(): ApplicationNotes {
    return this.controller.notes;
  }

  // Changing

  /** Compares with git and the cluster now. */
  async refresh(name: string): Promise<void> {
    await this.beforeRefresh(name);
    await this.controller.refresh(name);
  }

  /** Compares when it is its turn; nobody waits for it. */
  refreshLater(name: string): void {
    this.follower.refreshLater(name);
  }

  /**
   * Adds or replaces an application, as `kubectl apply` would.
   *
   * @param past - For a seeded one: since when it is there. It is not compared yet.
   */
  upsert(input: ApplicationInput, past?: Date): Application {
    const { name } = input.metadata;
    const application =
      this.store.get(name) ??
      newApplication(input, past ?? this.world.clock.now());
    applyInput(application, input);
    this.store.save(application);
    if (!past) {
      this.refreshLater(name);
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

  /** Looks at the health of an application again, soon and until it rests. */
  watchHealth(name: string): void {
    this.controller.watchHealth(name);
  }

  /** Where a seeded deployment is applied: as it was at a moment of the past. */
  seedTarget(application: Application, past: PastApply): SyncTarget {
    return this.reader.targetOf(this.destination(application.spec), past);
  }

  /** Applies the root applications of a platform's repository. */
  bootstrap(repository: string, past?: Date): Promise<void> {
    return this.follower.bootstrap(repository, past);
  }

  /** Forgets everything; watchers see all applications go. */
  reset(): void {
    this.store.clear();
    this.clusters.forEach(cluster => cluster.clear());
    this.controller.forget();
  }

  /** Looks at every repository again, in the background. */
  refreshAll(): void {
    this.follower.refreshAll();
  }

  setSilent(silent: boolean): void {
    this.silent = silent;
    if (!silent) {
      this.events.emit('resume');
    }
  }

  /**
   * Restarts as from a backup: watches are cut, and resource versions begin
   * again below those that callers have seen.
   */
  restart(): void {
    this.store.rewind();
    this.events.emit('restart');
  }

  // Time and events

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
      const began = Date.now();
      try {
        this.write();
      } catch (error) {
        this.world.report('Argo CD could not write its state', error);
      }
      this.writeMs = Date.now() - began;
    }, Math.max(WRITE_MS, this.writeMs * WRITE_SHARE)).unref();
  };

  private readonly tick = () => {
    this.controller.lookAtHealth();
    if (!this.closed) {
      // However fast the world runs, the machine gets a rest of 20 ms.
      this.world.schedule(Math.max(TICK_MS, 20 * this.world.speed), this.tick);
    }
  };
}
