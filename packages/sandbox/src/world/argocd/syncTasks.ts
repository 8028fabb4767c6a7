import {
  KubeObject,
  groupOf,
  keyOf,
  versionOf,
} from '../kubernetes/KubeObject';
import { templateImages } from '../kubernetes/workloads';
import {
  hasSyncOption,
  hookTypesOf,
  isHook,
  syncPhasesOf,
  syncWaveOf,
} from './hooks';
import { Application, ResourceResult, SyncOperation, SyncPhase } from './types';

/** One thing that a sync does: apply a resource, run a hook, or prune. */
export interface SyncTask {
  phase: SyncPhase;
  wave: number;
  key: string;
  /** Absent where something is to be pruned. */
  target?: KubeObject;
  hook: boolean;
  /** What came of it so far. */
  result?: ResourceResult;
}

/** What tasks are made from. */
export interface TaskContext {
  application: Application;
  sync: SyncOperation;
  /** With namespace and tracking annotation. */
  targets: KubeObject[];
  /** Objects that carry the application's tracking annotation, as applied. */
  tracked: KubeObject[];
  results: ResourceResult[];
  /** Names hooks that have `generateName` only. */
  operation: { revision: string; startedAt: Date };
}

const PHASES: SyncPhase[] = ['PreSync', 'Sync', 'PostSync', 'SyncFail'];

/** Kinds that others need first; all other kinds follow. */
const KINDS = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
];

/** The tasks of a sync, in the order in which Argo CD runs them. */
export function syncTasks(context: TaskContext): SyncTask[] {
  const { application, sync, targets, tracked } = context;
  const options = syncOptionsOf(application, sync);
  const tasks: SyncTask[] = targets
    .filter(target => !isHook(target) && isSelected(sync, target))
    .map(target => ({
      phase: 'Sync',
      wave: syncWaveOf(target),
      key: keyOf(target),
      target,
      hook: false,
    }));
  if (!sync.syncStrategy?.apply && !sync.resources?.length) {
    for (const hook of targets.filter(isHook)) {
      for (const phase of syncPhasesOf(hook)) {
        const target = named(hook, phase, context.operation);
        tasks.push({
          phase,
          wave: syncWaveOf(target),
          key: keyOf(target),
          target,
          hook: true,
        });
      }
    }
  }
  tasks.push(
    ...pruneTasks(
      tracked.filter(
        object =>
          !isHook(object) &&
          isSelected(sync, object) &&
          !targets.some(target => keyOf(target) === keyOf(object)),
      ),
      tasks,
      options,
    ),
  );
  return tasks.sort(byOrder).map(task => ({
    ...task,
    result: context.results.find(
      r => resultKey(r) === task.key && r.syncPhase === task.phase,
    ),
  }));
}

/** The sync options that count: the operation's, else the application's. */
export function syncOptionsOf(
  application: Application,
  sync: SyncOperation,
): string[] {
  return sync.syncOptions ?? application.spec.syncPolicy?.syncOptions ?? [];
}

/** What `status.operationState.syncResult.resources` shows of an object. */
export function toResult(
  object: KubeObject,
  phase: SyncPhase,
  outcome: Pick<ResourceResult, 'status' | 'hookPhase' | 'message'>,
): ResourceResult {
  const images = templateImages(object.spec?.template);
  const [hookType] = hookTypesOf(object);
  return {
    group: groupOf(object.apiVersion),
    version: versionOf(object.apiVersion),
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    ...outcome,
    ...(hookType ? { hookType: phase } : {}),
    syncPhase: phase,
    ...(images.length > 0 ? { images } : {}),
  };
}

/** The key of the object that a result is about. */
export function resultKey(result: ResourceResult): string {
  return [result.group, result.kind, result.namespace, result.name].join('/');
}

function isSelected(sync: SyncOperation, object: KubeObject): boolean {
  return (
    !sync.resources?.length ||
    sync.resources.some(
      r =>
        (r.group ?? '') === groupOf(object.apiVersion) &&
        r.kind === object.kind &&
        r.name === object.metadata.name &&
        (!r.namespace || r.namespace === object.metadata.namespace),
    )
  );
}

/** Waves of what is pruned run backwards; `PruneLast` comes after all others. */
function pruneTasks(
  objects: KubeObject[],
  others: SyncTask[],
  options: string[],
): SyncTask[] {
  const waves = [...new Set(objects.map(syncWaveOf))].sort((a, b) => a - b);
  const last =
    Math.max(
      0,
      ...waves,
      ...others.filter(t => t.phase === 'Sync').map(t => t.wave),
    ) + 1;
  return objects.map(object => ({
    phase: 'Sync',
    wave:
      options.includes('PruneLast=true') ||
      hasSyncOption(object, 'PruneLast=true')
        ? last
        : waves[waves.length - 1 - waves.indexOf(syncWaveOf(object))],
    key: keyOf(object),
    hook: false,
  }));
}

function named(
  hook: KubeObject,
  phase: SyncPhase,
  { revision, startedAt }: TaskContext['operation'],
): KubeObject {
  const { name, generateName } = hook.metadata;
  return name
    ? hook
    : {
        ...hook,
        metadata: {
          ...hook.metadata,
          name: `${generateName ?? ''}${revision.slice(
            0,
            7,
          )}-${phase}-${Math.floor(startedAt.getTime() / 1000)}`.toLowerCase(),
        },
      };
}

function byOrder(a: SyncTask, b: SyncTask): number {
  const rank = ({ target, key }: SyncTask) => {
    const index = KINDS.indexOf(target?.kind ?? key.split('/')[1]);
    return index < 0 ? KINDS.length : index;
  };
  return (
    PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
    a.wave - b.wave ||
    rank(a) - rank(b) ||
    (a.key.split('/')[3] < b.key.split('/')[3] ? -1 : 1)
  );
}
