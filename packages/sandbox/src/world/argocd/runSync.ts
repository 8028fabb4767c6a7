import {
  KubeObject,
  canonicalJson,
  groupOf,
  keyOf,
  versionOf,
} from '../clusterTypes';
import { templateImages } from '../clusterWorkloads';
import { Application, ResourceResult, SyncOperation } from './types';

/** What a sync changes. */
export interface SyncTarget {
  /** @throws Error - the API server refuses the object. */
  apply(object: KubeObject): 'created' | 'configured' | 'unchanged';
  remove(key: string): void;
  applied(key: string): KubeObject | undefined;
  tracked(application: string): KubeObject[];
  hasNamespace(name: string): boolean;
}

/** What a sync came to. */
export interface SyncOutcome {
  phase: 'Succeeded' | 'Failed';
  message: string;
  resources: ResourceResult[];
}

/** Kinds that others need first; all other kinds follow in git's order. */
const FIRST = [
  'Namespace',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Service',
];

/**
 * Brings a cluster to `targets`, as one sync operation does: namespace first
 * where `CreateNamespace=true`, then kinds in their order, then what is to be
 * pruned.
 */
export function runSync(
  application: Application,
  sync: SyncOperation,
  targets: KubeObject[],
  cluster: SyncTarget,
): SyncOutcome {
  const selected = (object: KubeObject) =>
    !sync.resources?.length ||
    sync.resources.some(
      r =>
        (r.group ?? '') === groupOf(object.apiVersion) &&
        r.kind === object.kind &&
        r.name === object.metadata.name &&
        (!r.namespace || r.namespace === object.metadata.namespace),
    );
  const resources: ResourceResult[] = [];
  const { namespace } = application.spec.destination;
  const syncOptions =
    sync.syncOptions ?? application.spec.syncPolicy?.syncOptions ?? [];
  if (
    namespace &&
    !sync.dryRun &&
    syncOptions.includes('CreateNamespace=true') &&
    !cluster.hasNamespace(namespace)
  ) {
    const object = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    };
    cluster.apply(object);
    resources.push(result(object, 'Synced', `namespace/${namespace} created`));
  }

  for (const target of [...targets].filter(selected).sort(byOrder)) {
    resources.push(applyOne(target, Boolean(sync.dryRun), cluster));
  }

  const wanted = new Set(targets.map(keyOf));
  const extra = cluster
    .tracked(application.metadata.name)
    .filter(object => !wanted.has(keyOf(object)) && selected(object));
  for (const object of extra) {
    if (sync.prune && !sync.dryRun) {
      cluster.remove(keyOf(object));
    }
    resources.push(
      sync.prune
        ? result(object, 'Pruned', sync.dryRun ? 'pruned (dry run)' : 'pruned')
        : result(object, 'PruneSkipped', 'ignored (requires pruning)'),
    );
  }

  const failed = resources.filter(r => r.status === 'SyncFailed');
  if (failed.length > 0) {
    return {
      phase: 'Failed',
      message: `one or more objects failed to apply, reason: ${failed
        .map(r => r.message)
        .join(',')}`,
      resources,
    };
  }
  return {
    phase: 'Succeeded',
    message:
      extra.length > 0 && !sync.prune
        ? 'successfully synced (no more tasks)'
        : 'successfully synced (all tasks run)',
    resources,
  };
}

function applyOne(
  target: KubeObject,
  dryRun: boolean,
  cluster: SyncTarget,
): ResourceResult {
  const group = groupOf(target.apiVersion);
  const name = `${target.kind.toLowerCase()}${group ? `.${group}` : ''}/${
    target.metadata.name
  }`;
  try {
    if (dryRun) {
      const applied = cluster.applied(keyOf(target));
      let outcome = 'created';
      if (applied) {
        outcome =
          canonicalJson(applied.spec) === canonicalJson(target.spec)
            ? 'unchanged'
            : 'configured';
      }
      return result(target, 'Synced', `${name} ${outcome} (dry run)`);
    }
    return result(target, 'Synced', `${name} ${cluster.apply(target)}`);
  } catch (error) {
    return result(target, 'SyncFailed', (error as Error).message);
  }
}

function result(
  object: KubeObject,
  status: ResourceResult['status'],
  message: string,
): ResourceResult {
  const images = templateImages(object.spec?.template);
  return {
    group: groupOf(object.apiVersion),
    version: versionOf(object.apiVersion),
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    status,
    message,
    hookPhase: status === 'SyncFailed' ? 'Failed' : 'Running',
    syncPhase: 'Sync',
    ...(images.length > 0 ? { images } : {}),
  };
}

function byOrder(a: KubeObject, b: KubeObject): number {
  const rank = (kind: string) => {
    const index = FIRST.indexOf(kind);
    return index < 0 ? FIRST.length : index;
  };
  return rank(a.kind) - rank(b.kind);
}
