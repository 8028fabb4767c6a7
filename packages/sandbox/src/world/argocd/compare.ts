import {
  CLUSTER_SCOPED,
  KubeObject,
  canonicalJson,
  groupOf,
  keyOf,
  versionOf,
} from '../clusterTypes';
import { resourceHealth } from './health';
import { Application, ResourceStatus, SyncStatusCode } from './types';

/** Annotation by which Argo CD knows its own. */
export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';

/** One resource as git wants it and as it is; one of the two may be missing. */
export interface ComparedResource {
  key: string;
  target?: KubeObject;
  /** As it is, with status. */
  live?: KubeObject;
  /** As it was applied. */
  applied?: KubeObject;
  status: SyncStatusCode;
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
          [TRACKING_ID]: trackingId(application, object, namespace),
        },
      },
    };
  });
}

/** Target against live, resource by resource, in Argo CD's order. */
export function compare(
  application: Application,
  targets: KubeObject[],
  live: LiveState,
): ComparedResource[] {
  const byKey = new Map<string, ComparedResource>();
  for (const target of targets) {
    const key = keyOf(target);
    const applied = live.applied(key);
    byKey.set(key, {
      key,
      target,
      applied,
      live: live.get(key),
      status: applied && sameDesired(target, applied) ? 'Synced' : 'OutOfSync',
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
      });
    }
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A compared resource as `status.resources` shows it. */
export function toResourceStatus(compared: ComparedResource): ResourceStatus {
  const object = (compared.target ?? compared.applied)!;
  const group = groupOf(object.apiVersion);
  const health = compared.live
    ? resourceHealth(compared.live)
    : ({ status: 'Missing' } as const);
  return {
    ...(group ? { group } : {}),
    version: versionOf(object.apiVersion),
    kind: object.kind,
    ...(object.metadata.namespace
      ? { namespace: object.metadata.namespace }
      : {}),
    name: object.metadata.name,
    status: compared.status,
    ...(health ? { health } : {}),
    ...(compared.target ? {} : { requiresPruning: true }),
  };
}

function trackingId(
  application: Application,
  object: KubeObject,
  namespace: string | undefined,
): string {
  return `${application.metadata.name}:${groupOf(object.apiVersion)}/${
    object.kind
  }:${namespace ?? ''}/${object.metadata.name}`;
}

function sameDesired(target: KubeObject, applied: KubeObject): boolean {
  return canonicalJson(declared(target)) === canonicalJson(declared(applied));
}

/** What git declares of an object: no status, nothing that servers add. */
function declared(object: KubeObject): unknown {
  const { status, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations } };
}
