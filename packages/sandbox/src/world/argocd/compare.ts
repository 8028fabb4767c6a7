import {
  CLUSTER_SCOPED,
  KubeObject,
  canonicalJson,
  groupOf,
  keyOf,
  objectReference,
} from '../kubernetes/KubeObject';
import { resourceHealth } from './health';
import { hasCompareOption, hasSyncOption, isHook, syncWaveOf } from './hooks';
import { withoutIgnored } from './ignoreDifferences';
import { Application, ResourceStatus, SyncStatusCode } from './types';

/** Annotation by which Argo CD knows its own. */
export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';

/** Annotation of a pod template that a restart sets. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** One resource as git wants it and as it is; one of the two may be missing. */
export interface ComparedResource {
  key: string;
  target?: KubeObject;
  /** As it is, with status. */
  live?: KubeObject;
  /** As it was applied. */
  applied?: KubeObject;
  status: SyncStatusCode;
  /** A hook, or left alone by `Skip`: does not count. */
  hook?: boolean;
}

/** Where live objects are looked up. */
export interface LiveState {
  /** Objects that carry the application's tracking annotation, as applied. */
  tracked(application: string): KubeObject[];
  applied(key: string): KubeObject | undefined;
  get(key: string): KubeObject | undefined;
}

/** Target objects with the destination's namespace and the tracking annotation. */
export function prepareTargets(
  application: Application,
  objects: KubeObject[],
): KubeObject[] {
  return objects.map(object => {
    const namespace = CLUSTER_SCOPED.has(object.kind)
      ? undefined
      : object.metadata.namespace ?? application.spec.destination.namespace;
    return {
      ...object,
      metadata: {
        ...object.metadata,
        ...(namespace ? { namespace } : {}),
        annotations: {
          ...object.metadata.annotations,
          [TRACKING_ID]: trackingId(
            application.metadata.name,
            object,
            namespace,
          ),
        },
      },
    };
  });
}

/**
 * Target against live, resource by resource, in Argo CD's order. Hooks are
 * only shown where they are live.
 *
 * @throws Error - `ignoreDifferences` cannot be understood.
 */
export function compare(
  application: Application,
  targets: KubeObject[],
  live: LiveState,
): ComparedResource[] {
  const rules = application.spec.ignoreDifferences;
  const byKey = new Map<string, ComparedResource>();
  for (const target of targets.filter(t => !isHook(t))) {
    const key = keyOf(target);
    const applied = live.applied(key);
    byKey.set(key, {
      key,
      target,
      applied,
      live: live.get(key),
      status:
        applied &&
        sameDesired(
          withoutIgnored(target, rules),
          withoutIgnored(applied, rules),
        )
          ? 'Synced'
          : 'OutOfSync',
    });
  }
  for (const applied of live.tracked(application.metadata.name)) {
    const key = keyOf(applied);
    if (!byKey.has(key)) {
      byKey.set(key, {
        key,
        applied,
        live: live.get(key),
        status: 'OutOfSync',
        ...(isHook(applied) ? { hook: true } : {}),
      });
    }
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether a resource keeps its application from being Synced. */
export function isOutOfSync({
  status,
  target,
  applied,
  hook,
}: ComparedResource): boolean {
  return (
    status === 'OutOfSync' &&
    !hook &&
    (target !== undefined || !hasCompareOption(applied!, 'IgnoreExtraneous'))
  );
}

/** What git wants more than once; the last one counts. */
export function repeated(targets: KubeObject[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of targets.map(keyOf)) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].filter(([, count]) => count > 1));
}

/** A compared resource as `status.resources` shows it. */
export function toResourceStatus(compared: ComparedResource): ResourceStatus {
  const object = (compared.target ?? compared.applied)!;
  const health = compared.live
    ? resourceHealth(compared.live)
    : ({ status: 'Missing' } as const);
  return {
    ...objectReference(object),
    ...(compared.hook ? { hook: true } : { status: compared.status }),
    ...(health ? { health } : {}),
    ...(compared.target ? {} : { requiresPruning: true }),
    ...(compared.target && syncWaveOf(compared.target) !== 0
      ? { syncWave: syncWaveOf(compared.target) }
      : {}),
    ...(hasSyncOption(compared.applied, 'Delete=confirm') ||
    hasSyncOption(compared.applied, 'Prune=confirm')
      ? { requiresDeletionConfirmation: true }
      : {}),
  };
}

/**
 * The target with the restart that `kubectl rollout restart` noted in the live
 * object: a field that git never had is neither a difference nor taken away.
 */
export function keepRestart(
  target: KubeObject,
  applied: KubeObject | undefined,
): KubeObject {
  const at = applied?.spec?.template?.metadata?.annotations?.[RESTARTED_AT];
  if (at === undefined || !target.spec?.template) {
    return target;
  }
  const copy = structuredClone(target);
  const { template } = copy.spec;
  template.metadata = {
    ...template.metadata,
    annotations: { [RESTARTED_AT]: at, ...template.metadata?.annotations },
  };
  return copy;
}

/**
 * What Argo CD writes on an object that an application made; on a copy of the
 * object it names the original.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
 */
export function trackingId(
  application: string,
  object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
  namespace: string | undefined,
): string {
  return `${application}:${groupOf(object.apiVersion)}/${object.kind}:${
    namespace ?? ''
  }/${object.metadata.name}`;
}

/** Whether two objects declare the same; what servers add does not count. */
export function sameDesired(target: KubeObject, applied: KubeObject): boolean {
  return (
    canonicalJson(declared(keepRestart(target, applied))) ===
    canonicalJson(declared(applied))
  );
}

/** What git declares of an object: no status, nothing that servers add. */
function declared(object: KubeObject): unknown {
  const { status, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations } };
}
