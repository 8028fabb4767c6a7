import { KubeObject, groupOf, keyOf } from '../kubernetes/KubeObject';
import { keepRestart, sameDesired } from './compare';
import { resourceHealth } from './health';
import { deletePoliciesOf, hasSyncOption } from './hooks';
import { withIgnoredFrom } from './ignoreDifferences';
import { SyncTask, syncOptionsOf, toResult } from './syncTasks';
import { Application, ResourceResult, SyncOperation } from './types';

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

/** What a task needs to know of the sync that it is part of. */
export interface TaskSetting {
  application: Application;
  sync: SyncOperation;
  cluster: SyncTarget;
}

/** Applies, runs or prunes what a task is about; what came of it is its result. */
export function performTask(task: SyncTask, setting: TaskSetting): void {
  const { cluster, sync } = setting;
  const { target } = task;
  if (!target) {
    task.result = prune(cluster.applied(task.key)!, setting);
    return;
  }
  if (
    task.hook &&
    !sync.dryRun &&
    deletePoliciesOf(target).includes('BeforeHookCreation')
  ) {
    cluster.remove(task.key);
  }
  try {
    task.result = toResult(target, task.phase, {
      status: 'Synced',
      message: apply(task.key, target, setting),
      hookPhase: sync.dryRun ? 'Succeeded' : 'Running',
    });
  } catch (error) {
    task.result = toResult(target, task.phase, {
      status: 'SyncFailed',
      message: (error as Error).message,
      hookPhase: 'Failed',
    });
  }
}

/** Takes over what a running resource or hook has come to. */
export function followTask(task: SyncTask, cluster: SyncTarget): void {
  const live = cluster.get(task.key);
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

/** Whether a task would change what was applied. */
export function changesAnything(
  { key, target }: SyncTask,
  cluster: SyncTarget,
): boolean {
  const applied = cluster.applied(key);
  return !applied || !sameDesired(target!, applied);
}

/** Makes the namespace of the destination where `CreateNamespace=true` asks for it; undefined where it need not. */
export function createNamespace({
  application,
  cluster,
  sync,
}: TaskSetting): ResourceResult | undefined {
  const { namespace } = application.spec.destination;
  if (
    !namespace ||
    sync.dryRun ||
    !syncOptionsOf(application, sync).includes('CreateNamespace=true') ||
    cluster.hasNamespace(namespace)
  ) {
    return undefined;
  }
  const managed = application.spec.syncPolicy?.managedNamespaceMetadata;
  const object = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, ...(managed as object | undefined) },
  };
  cluster.apply(object);
  return toResult(object, 'PreSync', {
    status: 'Synced',
    message: `namespace/${namespace} created`,
    hookPhase: 'Succeeded',
  });
}

/** @returns What kubectl says of it. */
function apply(
  key: string,
  wanted: KubeObject,
  { application, cluster, sync }: TaskSetting,
): string {
  const applied = cluster.applied(key);
  const options = syncOptionsOf(application, sync);
  const has = (option: string) =>
    options.includes(option) || hasSyncOption(wanted, option);
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

function prune(
  object: KubeObject,
  { sync, cluster }: TaskSetting,
): ResourceResult {
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
  return toResult(object, 'Sync', { status, message, hookPhase: 'Succeeded' });
}
