import { kubeTime } from '../kubernetes/KubeObject';
import { World } from '../types';
import { ApplicationNotes } from './ApplicationNotes';
import { ApplicationReader, TargetState } from './ApplicationReader';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError } from './ArgocdError';
import { setConditions, setHealth, setHealthStatus } from './applicationStatus';
import { ComparedResource, compare, isOutOfSync, repeated } from './compare';
import { SELF_HEAL_MS, decideAutoSync } from './decideAutoSync';
import { OperationRunner } from './OperationRunner';
import { judgeSpec } from './projects';
import { NO_SOURCE, hasSeveralSources, sourcesOf } from './sources';
import { SyncWindowState, judgeSyncWindows } from './syncWindows';
import { TaskQueues } from './TaskQueues';
import { Application, ApplicationCondition, Operation } from './types';

/**
 * Brings applications on: compares, lets them sync, and watches health.
 *
 * An application goes through this, each step saved and seen by watchers:
 * 1. a refresh compares it: `Synced` or `OutOfSync`;
 * 2. a person, or automated sync, sets an operation;
 * 3. the {@link OperationRunner} applies the manifests, wave by wave;
 * 4. health is `Progressing` until the pods are ready, or `Degraded` when the
 *    progress deadline passes.
 */
export class ApplicationController {
  readonly notes: ApplicationNotes;
  private readonly compared = new Map<string, ComparedResource[]>();
  private readonly queues = new TaskQueues();
  private readonly operations: OperationRunner;
  private readonly moving = new Set<string>();
  private closed = false;

  constructor(
    private readonly world: Pick<World, 'clock' | 'speed' | 'schedule'>,
    private readonly store: ApplicationStore,
    private readonly reader: ApplicationReader,
  ) {
    this.notes = new ApplicationNotes(world.clock, store.notes);
    this.operations = new OperationRunner(
      world,
      store,
      reader,
      this.notes,
      this.queues,
      {
        reconcile: name => this.reconcile(name),
        closed: () => this.closed,
      },
    );
  }

  /** Takes up what a restart interrupted. */
  resume(): void {
    for (const application of this.store.list()) {
      this.moving.add(application.metadata.name);
      if (application.operation) {
        this.operations.carryOn(application);
      }
    }
  }

  /** What is under way ends without saving anything more. */
  close(): void {
    this.closed = true;
  }

  /** Compares with git and the cluster now; in turn with what else happens to the application. */
  refresh(name: string): Promise<void> {
    return this.queues.run(name, () => this.reconcile(name));
  }

  /** Each resource of the last comparison; undefined when there was none. */
  comparedResources(name: string): ComparedResource[] | undefined {
    return this.compared.get(name);
  }

  windows(application: Application): SyncWindowState {
    return judgeSyncWindows(
      this.store.projects.get(application.spec.project)?.spec.syncWindows ?? [],
      application,
      this.world.clock.now(),
    );
  }

  /** @throws ArgocdError - another operation is running. */
  startOperation(
    application: Application,
    operation: Operation,
    what?: string,
  ): Application {
    return this.operations.start(application, operation, what);
  }

  /** Asks the running operation to end. */
  terminate(application: Application): void {
    this.operations.terminate(application);
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
    this.notes.forget(name);
    for (const memory of [this.compared, this.moving]) {
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
    const { status, spec } = application;
    status.reconciledAt = kubeTime(now);
    let targets: TargetState;
    let compared: ComparedResource[];
    try {
      const conditions = this.judge(application);
      if (conditions.length > 0) {
        this.cannotCompare(application, conditions, now);
        return;
      }
      targets = await this.reader.targetState(application);
      if (this.store.get(name) !== application) {
        return;
      }
      compared = compare(
        application,
        targets.objects,
        this.reader.liveState(application),
      );
    } catch (error) {
      // It may be gone: saving it would bring it back.
      if (this.store.get(name) === application) {
        this.cannotCompare(application, [conditionOf(error as Error)], now);
      }
      return;
    }

    this.compared.set(name, compared);
    const several = hasSeveralSources(spec);
    status.sync = {
      status: compared.some(isOutOfSync) ? 'OutOfSync' : 'Synced',
      ...(several
        ? { revisions: targets.revisions }
        : { revision: targets.revisions[0] }),
      comparedTo: comparedTo(application),
    };
    delete status.sourceType;
    delete status.sourceTypes;
    if (several) {
      status.sourceTypes = targets.sourceTypes;
    } else {
      [status.sourceType] = targets.sourceTypes;
    }
    const conditions = warnings(targets);
    setConditions(application, conditions, now);
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
      setConditions(
        application,
        [...conditions, { type: 'SyncError', message }],
        now,
      );
    }
    this.store.save(application);
    if (decision.kind === 'start') {
      this.startOperation(application, decision.operation);
    } else if (decision.kind === 'later') {
      this.world.schedule(SELF_HEAL_MS, () => this.refresh(name));
    }
  }

  /** What is wrong with the spec. @throws ArgocdError - there is no such cluster. */
  private judge({ spec }: Application): ApplicationCondition[] {
    const project = this.store.projects.get(spec.project);
    if (!project) {
      return [
        {
          type: 'InvalidSpecError',
          message: `Application referencing project ${spec.project} which does not exist`,
        },
      ];
    }
    const cluster = this.reader.destination(spec);
    return judgeSpec(spec, project, this.reader.addressOf(cluster));
  }

  private cannotCompare(
    application: Application,
    conditions: ApplicationCondition[],
    now: Date,
  ) {
    application.status.sync = {
      status: 'Unknown',
      comparedTo: comparedTo(application),
    };
    setHealthStatus(application, 'Unknown', now);
    setConditions(application, conditions, now);
    this.store.save(application);
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
}

function comparedTo({
  spec,
}: Application): Application['status']['sync']['comparedTo'] {
  const { destination, ignoreDifferences } = spec;
  const from = hasSeveralSources(spec)
    ? { source: NO_SOURCE, sources: sourcesOf(spec) }
    : { source: spec.source ?? NO_SOURCE };
  return {
    ...from,
    destination,
    ...(ignoreDifferences ? { ignoreDifferences } : {}),
  };
}

function warnings({ objects }: TargetState): ApplicationCondition[] {
  return [...repeated(objects)].map(([key, count]) => ({
    type: 'RepeatedResourceWarning',
    message: `Resource ${key} appeared ${count} times among application resources.`,
  }));
}

/** Why an application cannot be compared, in Argo CD's words. */
function conditionOf(error: Error): ApplicationCondition {
  return error instanceof ArgocdError && error.code === 'InvalidArgument'
    ? { type: 'InvalidSpecError', message: error.message }
    : {
        type: 'ComparisonError',
        message: `Failed to load target state: ${error.message}`,
      };
}
