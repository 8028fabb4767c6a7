import { KubeObject, kubeTime } from '../clusterTypes';
import { World } from '../types';
import { ApplicationReader } from './ApplicationReader';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError } from './ArgocdError';
import { setConditions, setHealth, setHealthStatus } from './applicationStatus';
import { ComparedResource, compare, prepareTargets } from './compare';
import { SELF_HEAL_MS, decideAutoSync } from './decideAutoSync';
import { runSync } from './runSync';
import { SyncWindowState, judgeSyncWindows } from './syncWindows';
import { Application, ApplicationSource, Operation } from './types';

/** From the request to the controller taking it up, ms. */
const PICK_UP_MS = 100;
/** How long a sync takes after that, ms. */
const SYNC_MS = 1400;
/** Argo CD's default for `revisionHistoryLimit`. */
const HISTORY_LIMIT = 10;
const EVENTS_KEPT = 30;

/** Something that happened to an application; Argo CD writes it as a Kubernetes event. */
export interface ApplicationNote {
  reason: string;
  message: string;
  at: string;
}

/**
 * Brings applications on: compares, syncs, and watches health.
 *
 * An application goes through this, each step saved and seen by watchers:
 * 1. a refresh compares it: `Synced` or `OutOfSync`;
 * 2. a person, or automated sync, sets an operation;
 * 3. the operation runs for a moment and applies the manifests;
 * 4. health is `Progressing` until the pods are ready, or `Degraded` when the
 *    progress deadline passes.
 */
export class ApplicationController {
  private readonly compared = new Map<string, ComparedResource[]>();
  private readonly notes = new Map<string, ApplicationNote[]>();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly moving = new Set<string>();
  private closed = false;

  constructor(
    private readonly world: Pick<World, 'clock' | 'speed' | 'schedule'>,
    private readonly store: ApplicationStore,
    private readonly reader: ApplicationReader,
  ) {}

  /** Takes up what a restart interrupted. */
  resume(): void {
    for (const application of this.store.list()) {
      this.moving.add(application.metadata.name);
      if (application.operation) {
        this.carryOn(application);
      }
    }
  }

  /** What is under way ends without saving anything more. */
  close(): void {
    this.closed = true;
  }

  /** Compares with git and the cluster now; in turn with what else happens to the application. */
  refresh(name: string): Promise<void> {
    return this.inTurn(name, () => this.reconcile(name));
  }

  /** Each resource of the last comparison; undefined when there was none. */
  comparedResources(name: string): ComparedResource[] | undefined {
    return this.compared.get(name);
  }

  /** Newest last, at most thirty. */
  notesOf(name: string): ApplicationNote[] {
    return this.notes.get(name) ?? [];
  }

  windows(application: Application): SyncWindowState {
    return judgeSyncWindows(
      this.store.projects.get(application.spec.project)?.spec.syncWindows ?? [],
      application,
      this.world.clock.now(),
    );
  }

  /** @throws ArgocdError - another operation is running. */
  startOperation(application: Application, operation: Operation): Application {
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

  /** Looks at the health of an application again, soon and until it rests. */
  watchHealth(name: string): void {
    this.moving.add(name);
  }

  /** Looks at the health of all applications that move. */
  lookAtHealth(): void {
    for (const name of [...this.moving]) {
      const application = this.store.get(name);
      const compared = this.compared.get(name);
      if (!application || !compared) {
        this.moving.delete(name);
        continue;
      }
      const live = this.reader.liveState(application);
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
  }

  /** Forgets an application, or all. */
  forget(name?: string): void {
    for (const memory of [this.compared, this.notes, this.moving]) {
      if (name === undefined) {
        memory.clear();
      } else {
        memory.delete(name);
      }
    }
  }

  private async reconcile(name: string): Promise<void> {
    const application = this.store.get(name);
    if (!application || this.closed) {
      return;
    }
    const now = this.world.clock.now();
    const { source, destination } = application.spec;
    const { status } = application;
    const comparedTo = { source, destination };
    status.reconciledAt = kubeTime(now);
    let targets: {
      revision: string;
      sourceType: string;
      objects: KubeObject[];
    };
    try {
      this.reader.destination(application.spec);
      targets = await this.reader.targetManifests(application);
    } catch (error) {
      status.sync = { status: 'Unknown', comparedTo };
      setHealthStatus(application, 'Unknown', now);
      setConditions(application, [conditionOf(error as Error)], now);
      this.store.save(application);
      return;
    }
    if (this.store.get(name) !== application) {
      return;
    }

    const compared = compare(
      application,
      targets.objects,
      this.reader.liveState(application),
    );
    this.compared.set(name, compared);
    status.sync = {
      status: compared.every(r => r.status === 'Synced')
        ? 'Synced'
        : 'OutOfSync',
      revision: targets.revision,
      comparedTo,
    };
    status.sourceType = targets.sourceType;
    setConditions(application, [], now);
    this.setHealth(application, compared);
    if (this.isMoving(application)) {
      this.moving.add(name);
    }
    const decision = decideAutoSync(application, compared, {
      allowed: this.windows(application).canSyncAutomatically,
      now,
      speed: this.world.speed,
    });
    if (decision.kind === 'gaveUp') {
      const { message } = decision;
      setConditions(application, [{ type: 'SyncError', message }], now);
    }
    this.store.save(application);
    if (decision.kind === 'start') {
      this.startOperation(application, decision.operation);
    } else if (decision.kind === 'later') {
      this.world.schedule(SELF_HEAL_MS, () => this.refresh(name));
    }
  }

  private setHealth(
    application: Application,
    compared: ComparedResource[],
  ): boolean {
    return setHealth(
      application,
      compared,
      this.reader.liveTree(application),
      this.world.clock.now(),
    );
  }

  private isMoving(application: Application): boolean {
    const keys = (this.compared.get(application.metadata.name) ?? []).map(
      r => r.key,
    );
    try {
      return this.reader.destination(application.spec).moving(keys);
    } catch {
      return false;
    }
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
        this.reader.destination(spec);
        const rendered = await this.reader.render(source, sync.revision!);
        ({ phase, message, resources } = runSync(
          application,
          sync,
          prepareTargets(application, rendered.objects),
          this.reader.liveState(application),
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

/** Why an application cannot be compared, in Argo CD's words. */
function conditionOf(error: Error) {
  return error instanceof ArgocdError && error.code === 'InvalidArgument'
    ? { type: 'InvalidSpecError', message: error.message }
    : {
        type: 'ComparisonError',
        message: `Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ${error.message}`,
      };
}
