import { KubeObject } from '../kubernetes/KubeObject';
import { deletePoliciesOf, hasSyncOption } from './hooks';
import {
  TaskSetting,
  changesAnything,
  createNamespace,
  followTask,
  performTask,
} from './performTask';
import {
  SyncTask,
  resultKey,
  syncOptionsOf,
  syncTasks,
  toResult,
} from './syncTasks';
import { OperationPhase, ResourceResult } from './types';

/** Everything that one step of a sync needs to know. */
export interface SyncContext extends TaskSetting {
  /** With namespace and tracking annotation. */
  targets: KubeObject[];
  /** What earlier steps of this attempt came to; empty at first. */
  results: ResourceResult[];
  operation: { revision: string; startedAt: Date };
  /** Why the project forbids a resource; undefined when it does not. */
  forbids(object: KubeObject): string | undefined;
  /** Whether a person confirmed what has `Prune=confirm`. */
  pruneConfirmed: boolean;
}

/** What a sync came to so far. */
export interface SyncOutcome {
  phase: Extract<OperationPhase, 'Running' | 'Succeeded' | 'Failed'>;
  message: string;
  resources: ResourceResult[];
}

/** How far a step came. */
type StepOutcome = Pick<SyncOutcome, 'phase' | 'message'>;

const FINISHED = new Set<OperationPhase | ''>(['Succeeded', 'Failed', 'Error']);

class SyncStep {
  private readonly tasks: SyncTask[];
  private readonly namespace: ResourceResult[];

  constructor(private readonly context: SyncContext) {
    const { application, cluster } = context;
    this.tasks = syncTasks({
      ...context,
      tracked: cluster.tracked(application.metadata.name),
    });
    const keys = new Set(this.tasks.map(t => `${t.key} ${t.phase}`));
    // The namespace that CreateNamespace=true made.
    this.namespace = context.results.filter(
      r => !keys.has(`${resultKey(r)} ${r.syncPhase}`),
    );
  }

  results(): ResourceResult[] {
    return [
      ...this.namespace,
      ...this.tasks.flatMap(t => (t.result ? [t.result] : [])),
    ];
  }

  run(): StepOutcome {
    const { cluster, results } = this.context;
    if (results.length === 0) {
      const refused = this.tasks.filter(task => this.forbidden(task));
      if (refused.length > 0) {
        return failed('one or more synchronization tasks are not valid');
      }
      const created = createNamespace(this.context);
      if (created) {
        this.namespace.push(created);
      }
    }
    this.tasks.forEach(task => followTask(task, cluster));

    const normal = this.tasks.filter(t => t.phase !== 'SyncFail');
    const last = normal.at(-1);
    const multiStep =
      normal.length > 0 &&
      (normal[0].phase !== last!.phase || normal[0].wave !== last!.wave);
    const running = this.tasks.filter(
      t => t.result?.hookPhase === 'Running' && (multiStep || t.hook),
    );
    if (running.length > 0) {
      return waitingFor(running);
    }
    if (
      normal.some(t => ['Failed', 'Error'].includes(t.result?.hookPhase ?? ''))
    ) {
      return this.fail(
        'one or more synchronization tasks completed unsuccessfully',
      );
    }
    const pending = this.pending(normal);
    return pending.length > 0
      ? this.nextWave(pending)
      : this.succeed('successfully synced (no more tasks)');
  }

  private pending(tasks: SyncTask[]): SyncTask[] {
    const { application, cluster, sync } = this.context;
    const onlyOutOfSync = syncOptionsOf(application, sync).includes(
      'ApplyOutOfSyncOnly=true',
    );
    return tasks.filter(
      t =>
        !t.result &&
        (!onlyOutOfSync || t.hook || !t.target || changesAnything(t, cluster)),
    );
  }

  private nextWave(pending: SyncTask[]): StepOutcome {
    const [{ phase, wave }] = pending;
    const now = pending.filter(t => t.phase === phase && t.wave === wave);
    const unconfirmed = this.unconfirmed(now);
    if (unconfirmed.length > 0) {
      return awaitConfirmation(unconfirmed);
    }
    for (const task of [
      ...now.filter(t => !t.target),
      ...now.filter(t => t.target),
    ]) {
      performTask(task, this.context);
    }
    if (now.some(t => t.result?.status === 'SyncFailed')) {
      return this.fail('one or more objects failed to apply');
    }
    const remaining = pending.filter(
      t => t.phase !== phase || t.wave !== wave || t.hook,
    );
    return remaining.length > 0
      ? waitingFor(remaining)
      : this.succeed('successfully synced (all tasks run)');
  }

  /** What is about to be pruned, and waits for somebody to say so. */
  private unconfirmed(tasks: SyncTask[]): KubeObject[] {
    const { cluster, pruneConfirmed, sync } = this.context;
    return pruneConfirmed || !sync.prune || sync.dryRun
      ? []
      : tasks
          .filter(t => !t.target)
          .map(t => cluster.applied(t.key)!)
          .filter(object => hasSyncOption(object, 'Prune=confirm'));
  }

  private forbidden(task: SyncTask): boolean {
    const reason = task.target && this.context.forbids(task.target);
    if (reason) {
      task.result = toResult(task.target!, task.phase, {
        status: 'SyncFailed',
        message: reason,
        hookPhase: 'Failed',
      });
    }
    return Boolean(reason);
  }

  private succeed(message: string): StepOutcome {
    this.deleteHooks('HookSucceeded');
    return { phase: 'Succeeded', message };
  }

  private fail(message: string): StepOutcome {
    this.deleteHooks('HookFailed');
    const reasons = this.tasks
      .filter(t => t.phase !== 'SyncFail' && t.result?.status === 'SyncFailed')
      .map(t => t.result!.message);
    const full =
      reasons.length > 0 ? `${message}, reason: ${reasons.join(',')}` : message;
    const hooks = this.tasks.filter(t => t.phase === 'SyncFail');
    if (hooks.every(t => FINISHED.has(t.result?.hookPhase ?? ''))) {
      return failed(full);
    }
    hooks.filter(t => !t.result).forEach(t => performTask(t, this.context));
    return { phase: 'Running', message: full };
  }

  private deleteHooks(policy: 'HookSucceeded' | 'HookFailed') {
    const { cluster } = this.context;
    for (const { hook, target, result, key } of this.tasks) {
      if (
        hook &&
        FINISHED.has(result?.hookPhase ?? '') &&
        deletePoliciesOf(target!).includes(policy)
      ) {
        cluster.remove(key);
      }
    }
  }
}

/**
 * One step of a sync: looks at what runs, then applies the next wave. Phases
 * are PreSync, Sync, PostSync; SyncFail follows a failure. A wave begins when
 * all before it is healthy; the last one is not waited for unless it has hooks.
 */
export function stepSync(context: SyncContext): SyncOutcome {
  const step = new SyncStep(context);
  return { ...step.run(), resources: step.results() };
}

/**
 * A whole sync of the past: nothing is waited for, what was started has long
 * been well.
 */
export function syncAtOnce(context: SyncContext): SyncOutcome {
  let outcome = stepSync(context);
  // Each step ends a wave or fails; a task has one at most.
  for (let n = 0; outcome.phase === 'Running' && n < 1000; n += 1) {
    outcome.resources.forEach(result => {
      if (result.hookPhase === 'Running') {
        result.hookPhase = 'Succeeded';
      }
    });
    outcome = stepSync({ ...context, results: outcome.resources });
  }
  return outcome;
}

function failed(message: string): StepOutcome {
  return { phase: 'Failed', message };
}

function waitingFor(tasks: SyncTask[]): StepOutcome {
  const [{ key, hook }] = tasks;
  const [group, kind, , name] = key.split('/');
  const more =
    tasks.length > 1
      ? ` and ${tasks.length - 1} more ${hook ? 'hooks' : 'resources'}`
      : '';
  return {
    phase: 'Running',
    message: `waiting for ${
      hook ? 'completion of hook' : 'healthy state of'
    } ${group}/${kind}/${name}${more}`,
  };
}

function awaitConfirmation(objects: KubeObject[]): StepOutcome {
  const [{ apiVersion, kind, metadata }] = objects;
  const more =
    objects.length > 1 ? ` and ${objects.length - 1} more resources` : '';
  return {
    phase: 'Running',
    message: `Waiting for pruning confirmation of ${apiVersion}/${kind}/${metadata.name}${more}`,
  };
}
