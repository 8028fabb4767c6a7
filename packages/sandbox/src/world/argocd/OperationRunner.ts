import { Cluster } from '../kubernetes/Cluster';
import { kubeTime } from '../kubernetes/KubeObject';
import { World } from '../types';
import { ApplicationNotes } from './ApplicationNotes';
import { ApplicationReader } from './ApplicationReader';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError } from './ArgocdError';
import { DELETION_APPROVED } from './hooks';
import { judgeResource } from './projects';
import { mayRetry, retryDelay } from './retry';
import { SyncOutcome, stepSync } from './runSync';
import {
  deployedFrom,
  hasSeveralSources,
  revisionsOf,
  sourcesOf,
} from './sources';
import { TaskQueues } from './TaskQueues';
import { Application, Operation, OperationPhase, SyncOperation } from './types';

/** From the request to the controller taking it up, ms. */
const PICK_UP_MS = 100;
/** How long a sync takes after that, ms. */
const SYNC_MS = 1400;
/** Between two looks at a wave or a hook that runs, ms. */
const STEP_MS = 1000;
/** Argo CD's default for `revisionHistoryLimit`. */
const HISTORY_LIMIT = 10;

/** How an attempt ended. */
interface Ending {
  phase: Extract<OperationPhase, 'Succeeded' | 'Failed' | 'Error'>;
  message: string;
}

/**
 * Runs operations: takes them up, brings a sync on step by step, tries again
 * where a retry strategy says so, and writes the history. All that it knows is
 * in the application, so a restart goes on where it was.
 */
export class OperationRunner {
  constructor(
    private readonly world: Pick<World, 'clock' | 'schedule' | 'speed'>,
    private readonly store: ApplicationStore,
    private readonly reader: ApplicationReader,
    private readonly notes: ApplicationNotes,
    private readonly queues: TaskQueues,
    private readonly after: {
      /** Compares the application again; it is its turn. */
      reconcile(name: string): Promise<void>;
      closed(): boolean;
    },
  ) {}

  /** @throws ArgocdError - another operation is running. */
  start(
    application: Application,
    operation: Operation,
    what = 'sync',
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
    const to = revisionsOf(operation.sync ?? {}).join(',');
    const { automated, username } = operation.initiatedBy ?? {};
    this.notes.add(
      application.metadata.name,
      'OperationStarted',
      automated
        ? `Initiated automated sync to '${to}'`
        : `${username} initiated ${
            operation.sync?.resources?.length ? 'partial ' : ''
          }${what}${what === 'sync' ? ` to ${to}` : ''}`,
    );
    this.carryOn(application);
    return structuredClone(application);
  }

  /** Takes up an operation that is new, or that a restart interrupted. */
  carryOn(application: Application): void {
    const operation = application.operation!;
    this.world.schedule(PICK_UP_MS, () => {
      if (this.runs(application, operation)) {
        application.status.operationState ??= {
          operation,
          phase: 'Running',
          message: 'one or more tasks are running',
          startedAt: kubeTime(this.world.clock.now()),
        };
        this.store.save(application);
        this.stepLater(application, operation, SYNC_MS);
      }
    });
  }

  /** Asks what runs to end; hooks that it started are deleted. */
  terminate(application: Application): void {
    const state = application.status.operationState!;
    state.phase = 'Terminating';
    state.message = 'operation is terminating';
    this.store.save(application);
    this.stepLater(application, application.operation!, STEP_MS);
  }

  private runs({ metadata }: Application, operation: Operation): boolean {
    return (
      !this.after.closed() &&
      this.store.get(metadata.name)?.operation === operation
    );
  }

  private stepLater(
    application: Application,
    operation: Operation,
    delayMs: number,
  ) {
    this.world.schedule(delayMs, () =>
      this.queues.run(application.metadata.name, async () => {
        if (this.runs(application, operation)) {
          await this.step(application, operation);
        }
      }),
    );
  }

  private async step(
    application: Application,
    operation: Operation,
  ): Promise<void> {
    const state = application.status.operationState!;
    if (state.phase === 'Terminating') {
      this.terminateHooks(application);
      await this.end(application, operation, {
        phase: 'Failed',
        message: 'Operation terminated',
      });
      return;
    }
    // A retry begins afresh.
    if (state.finishedAt) {
      delete state.finishedAt;
      delete state.syncResult;
      state.message = `Retrying operation. Attempt #${state.retryCount}`;
    }
    const sync = operation.sync ?? {};
    const from = deployedFrom(
      sync.sources ??
        (sync.source ? [sync.source] : sourcesOf(application.spec)),
      revisionsOf(sync),
      hasSeveralSources(application.spec),
    );
    state.syncResult = {
      ...from,
      revision: from.revision ?? '',
      ...(state.syncResult?.resources
        ? { resources: state.syncResult.resources }
        : {}),
    };
    let outcome: SyncOutcome;
    try {
      outcome = await this.sync(application, sync);
    } catch (error) {
      await this.end(application, operation, {
        phase: 'Error',
        message: (error as Error).message,
      });
      return;
    }
    state.syncResult.resources = outcome.resources;
    if (outcome.phase === 'Running') {
      state.message = outcome.message;
      this.store.save(application);
      this.stepLater(application, operation, STEP_MS);
      return;
    }
    await this.end(application, operation, {
      phase: outcome.phase,
      message: outcome.message,
    });
  }

  private async sync(
    application: Application,
    sync: SyncOperation,
  ): Promise<SyncOutcome> {
    const cluster = this.reader.destination(application.spec);
    const { status, spec } = application;
    const { objects } = await this.reader.targetState(application, {
      sources: sync.sources ?? (sync.source ? [sync.source] : sourcesOf(spec)),
      revisions: revisionsOf(sync),
    });
    const startedAt = new Date(status.operationState!.startedAt);
    return stepSync({
      application,
      sync,
      targets: objects,
      cluster: this.reader.targetOf(cluster),
      results: status.operationState!.syncResult?.resources ?? [],
      operation: { revision: revisionsOf(sync)[0] ?? '', startedAt },
      forbids: object => this.forbids(application, object, cluster),
      pruneConfirmed:
        Date.parse(
          application.metadata.annotations?.[DELETION_APPROVED] ?? '',
        ) >= startedAt.getTime(),
    });
  }

  private forbids(
    application: Application,
    object: Parameters<typeof judgeResource>[0],
    cluster: Cluster,
  ): string | undefined {
    const project = this.store.projects.get(application.spec.project);
    return project
      ? judgeResource(object, project, this.reader.addressOf(cluster))
      : undefined;
  }

  private terminateHooks(application: Application) {
    const live = this.reader.liveState(application);
    for (const result of application.status.operationState?.syncResult
      ?.resources ?? []) {
      if (result.hookType && result.hookPhase === 'Running') {
        live.remove(
          [result.group, result.kind, result.namespace, result.name].join('/'),
        );
        result.hookPhase = 'Failed';
        result.message = 'Terminated';
      }
    }
  }

  private async end(
    application: Application,
    operation: Operation,
    { phase, message }: Ending,
  ): Promise<void> {
    const { status, metadata } = application;
    const state = status.operationState!;
    const now = this.world.clock.now();
    const terminated = state.phase === 'Terminating';
    const retried = state.retryCount ?? 0;
    state.finishedAt = kubeTime(now);
    if (
      phase !== 'Succeeded' &&
      !terminated &&
      mayRetry(operation.retry, retried)
    ) {
      const delay = retryDelay(operation.retry, retried);
      state.phase = 'Running';
      state.retryCount = retried + 1;
      state.message = `${message}. Retrying attempt #${
        state.retryCount
      } at ${kubeTime(new Date(now.getTime() + delay / this.world.speed))}.`;
      this.store.save(application);
      this.stepLater(application, operation, delay);
      return;
    }
    delete application.operation;
    state.phase = phase;
    state.message =
      retried > 0 && phase !== 'Succeeded'
        ? `${message} (retried ${retried} times).`
        : message;
    const to = revisionsOf(operation.sync ?? {}).join(',');
    if (phase === 'Succeeded') {
      this.remember(application, operation);
      this.notes.add(
        metadata.name,
        'OperationCompleted',
        `Sync operation to ${to} succeeded`,
      );
    } else {
      this.notes.add(
        metadata.name,
        'OperationFailed',
        `Sync operation to ${to} failed: ${message}`,
      );
    }
    await this.after.reconcile(metadata.name);
  }

  /** A whole sync is part of the history; a part of one and a dry run are not. */
  private remember(
    application: Application,
    { sync = {}, initiatedBy = {} }: Operation,
  ) {
    const { spec, status } = application;
    const state = status.operationState!;
    if (sync.dryRun || sync.resources?.length) {
      return;
    }
    const { revision, revisions, source, sources } = state.syncResult!;
    const history = status.history ?? [];
    status.history = [
      ...history,
      {
        id: (history.at(-1)?.id ?? -1) + 1,
        ...(revisions ? { revisions, sources } : { revision }),
        source: source!,
        deployStartedAt: state.startedAt,
        deployedAt: state.finishedAt!,
        initiatedBy,
      },
    ].slice(-(spec.revisionHistoryLimit ?? HISTORY_LIMIT));
  }
}
