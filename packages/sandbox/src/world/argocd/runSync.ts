import { KubeObject, groupOf, keyOf } from '../kubernetes/KubeObject';
import { keepRestart, sameDesired } from './compare';
import { resourceHealth } from './health';
import { deletePoliciesOf, hasSyncOption } from './hooks';
import { withIgnoredFrom } from './ignoreDifferences';
import {
  SyncTask,
  resultKey,
  syncOptionsOf,
  syncTasks,
  toResult,
} from './syncTasks';
import {
  Application,
  OperationPhase,
  ResourceResult,
  SyncOperation,
} from './types';

/** What a sync changes. */
export interface SyncTarget {
  /** @throws Error - the API server refuses the object. */
  apply(object: KubeObject): 'created' | 'configured' | 'unchanged';
  remove(key: string): void;
  applied(key: string): KubeObject | undefined;
  /** With status. */
  get(key: string): KubeObject | undefined;
  tracked(application: string): KubeObject[];
  hasNamespace(name: string): boolean;
}

/** Everything that one step of a sync needs to know. */
export interface SyncContext {
  application: Application;
  sync: SyncOperation;
  /** With namespace and tracking annotation. */
  targets: KubeObject[];
  cluster: SyncTarget;
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

const FINISHED = new Set<OperationPhase | ''>(['Succeeded', 'Failed', 'Error']);

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

class SyncStep {
  private readonly tasks: SyncTask[];
  private readonly namespace: ResourceResult[];
  private readonly options: string[];

  constructor(private readonly context: SyncContext) {
    const { application, cluster, sync } = context;
    this.options = syncOptionsOf(application, sync);
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

  run(): Pick<SyncOutcome, 'phase' | 'message'> {
    if (this.context.results.length === 0) {
      const refused = this.tasks.filter(task => this.forbidden(task));
      if (refused.length > 0) {
        return failed('one or more synchronization tasks are not valid');
      }
      this.createNamespace();
    }
    this.tasks.forEach(task => this.look(task));

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

    let pending = normal.filter(t => !t.result);
    if (this.options.includes('ApplyOutOfSyncOnly=true')) {
      pending = pending.filter(t => t.hook || !t.target || this.differs(t));
    }
    if (pending.length === 0) {
      this.deleteHooks('HookSucceeded');
      return succeeded('successfully synced (no more tasks)');
    }
    const [{ phase, wave }] = pending;
    const now = pending.filter(t => t.phase === phase && t.wave === wave);
    const unconfirmed = now.filter(
      t =>
        !t.target &&
        this.context.sync.prune &&
        !this.context.sync.dryRun &&
        hasSyncOption(this.context.cluster.applied(t.key), 'Prune=confirm'),
    );
    if (unconfirmed.length > 0 && !this.context.pruneConfirmed) {
      return awaitConfirmation(
        unconfirmed.map(t => this.context.cluster.applied(t.key)!),
      );
    }
    for (const task of [
      ...now.filter(t => !t.target),
      ...now.filter(t => t.target),
    ]) {
      this.perform(task);
    }
    if (now.some(t => t.result?.status === 'SyncFailed')) {
      return this.fail('one or more objects failed to apply');
    }
    const remaining = pending.filter(
      t => t.phase !== phase || t.wave !== wave || t.hook,
    );
    if (remaining.length > 0) {
      return waitingFor(remaining);
    }
    this.deleteHooks('HookSucceeded');
    return succeeded('successfully synced (all tasks run)');
  }

  private createNamespace() {
    const { application, cluster, sync } = this.context;
    const { namespace } = application.spec.destination;
    if (
      !namespace ||
      sync.dryRun ||
      !this.options.includes('CreateNamespace=true') ||
      cluster.hasNamespace(namespace)
    ) {
      return;
    }
    const managed = application.spec.syncPolicy?.managedNamespaceMetadata;
    const object = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, ...(managed as object | undefined) },
    };
    cluster.apply(object);
    this.namespace.push(
      toResult(object, 'PreSync', {
        status: 'Synced',
        message: `namespace/${namespace} created`,
        hookPhase: 'Succeeded',
      }),
    );
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

  /** Takes over what a running resource or hook has come to. */
  private look(task: SyncTask) {
    const live = this.context.cluster.get(task.key);
    if (task.result?.hookPhase !== 'Running' || !live) {
      return;
    }
    const health = resourceHealth(live);
    const { result } = task;
    switch (health?.status) {
      case undefined:
      case 'Healthy':
        result.hookPhase = 'Succeeded';
        break;
      case 'Degraded':
        result.hookPhase = 'Failed';
        break;
      case 'Unknown':
        result.hookPhase = task.hook ? 'Failed' : 'Running';
        break;
      default:
    }
    if (health?.message && (task.hook || result.hookPhase !== 'Running')) {
      result.message = health.message;
    }
  }

  private differs({ key, target }: SyncTask): boolean {
    const applied = this.context.cluster.applied(key);
    return !applied || !sameDesired(target!, applied);
  }

  private perform(task: SyncTask) {
    const { cluster, sync } = this.context;
    if (!task.target) {
      task.result = this.prune(cluster.applied(task.key)!);
      return;
    }
    if (
      task.hook &&
      !sync.dryRun &&
      deletePoliciesOf(task.target).includes('BeforeHookCreation')
    ) {
      cluster.remove(task.key);
    }
    try {
      task.result = toResult(task.target, task.phase, {
        status: 'Synced',
        message: this.apply(task.key, task.target),
        hookPhase: sync.dryRun ? 'Succeeded' : 'Running',
      });
    } catch (error) {
      task.result = toResult(task.target, task.phase, {
        status: 'SyncFailed',
        message: (error as Error).message,
        hookPhase: 'Failed',
      });
    }
  }

  /** @returns What kubectl says of it. */
  private apply(key: string, wanted: KubeObject): string {
    const { application, cluster, sync } = this.context;
    const applied = cluster.applied(key);
    const has = (option: string) =>
      this.options.includes(option) || hasSyncOption(wanted, option);
    const target =
      applied && has('RespectIgnoreDifferences=true')
        ? withIgnoredFrom(applied, wanted, application.spec.ignoreDifferences)
        : wanted;
    const group = groupOf(target.apiVersion);
    const name = `${target.kind.toLowerCase()}${group ? `.${group}` : ''}/${
      target.metadata.name
    }`;
    let outcome: string;
    if (sync.dryRun) {
      outcome = applied ? 'configured' : 'created';
      if (applied && sameDesired(target, applied)) {
        outcome = 'unchanged';
      }
    } else {
      outcome = cluster.apply(keepRestart(target, applied));
    }
    if (applied && has('Replace=true')) {
      outcome = 'replaced';
    } else if (has('ServerSideApply=true')) {
      outcome = 'serverside-applied';
    }
    return `${name} ${outcome}${sync.dryRun ? ' (dry run)' : ''}`;
  }

  private prune(object: KubeObject): ResourceResult {
    const { sync, cluster } = this.context;
    let status: ResourceResult['status'] = 'PruneSkipped';
    let message = 'ignored (requires pruning)';
    if (sync.prune && hasSyncOption(object, 'Prune=false')) {
      message = 'ignored (no prune)';
    } else if (sync.prune) {
      status = 'Pruned';
      message = sync.dryRun ? 'pruned (dry run)' : 'pruned';
      if (!sync.dryRun) {
        cluster.remove(keyOf(object));
      }
    }
    return toResult(object, 'Sync', {
      status,
      message,
      hookPhase: 'Succeeded',
    });
  }

  private fail(message: string): Pick<SyncOutcome, 'phase' | 'message'> {
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
    hooks.filter(t => !t.result).forEach(t => this.perform(t));
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

const failed = (message: string) => ({ phase: 'Failed' as const, message });
const succeeded = (message: string) => ({
  phase: 'Succeeded' as const,
  message,
});

function waitingFor(tasks: SyncTask[]): Pick<SyncOutcome, 'phase' | 'message'> {
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

function awaitConfirmation(
  objects: KubeObject[],
): Pick<SyncOutcome, 'phase' | 'message'> {
  const [{ apiVersion, kind, metadata }] = objects;
  const more =
    objects.length > 1 ? ` and ${objects.length - 1} more resources` : '';
  return {
    phase: 'Running',
    message: `Waiting for pruning confirmation of ${apiVersion}/${kind}/${metadata.name}${more}`,
  };
}
