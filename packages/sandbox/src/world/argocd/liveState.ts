import { Cluster } from '../kubernetes/Cluster';
import { KubeObject, keyOf } from '../kubernetes/KubeObject';
import { LiveState, TRACKING_ID, sameDesired, trackingId } from './compare';
import { SyncTarget } from './performTask';
import { ApplicationSet, ApplicationSetInput } from './applicationSetTypes';
import { Application, ApplicationSpec } from './types';

/** API group of Argo CD's own resources. */
const GROUP = 'argoproj.io';

/** What an application sees of the world, and can change there. */
export type ApplicationLiveState = LiveState &
  SyncTarget & {
    /** An object with all that it owns. */
    tree(object: KubeObject): KubeObject[];
  };

/** The moment that a seeded deployment pretends. */
export interface PastApply {
  at: Date;
  /** Images were pulled then, whatever the registries hold now. */
  settled: boolean;
  /** When the objects were first created; `at` unless told. */
  since?: Date;
}

/** Argo CD's own applications, where they are the objects of an application. */
export interface ChildApplications {
  list(): Application[];
  get(name: string): Application | undefined;
  /** @param past - Since when it is there, for a seeded one. */
  upsert(
    input: { metadata: Application['metadata']; spec: ApplicationSpec },
    past?: Date,
  ): void;
  delete(name: string, cascade: boolean): void;
  /** Application sets, likewise. */
  sets: {
    list(): ApplicationSet[];
    get(name: string): ApplicationSet | undefined;
    upsert(input: ApplicationSetInput): void;
    delete(name: string): void;
  };
}

/** The view of an application whose destination does not exist. */
export const NOTHING: ApplicationLiveState = {
  apply(): never {
    throw new Error('there is no such cluster');
  },
  remove() {},
  applied: () => undefined,
  get: () => undefined,
  tracked: () => [],
  tree: () => [],
  hasNamespace: () => false,
};

/**
 * The view of an application that is deployed to `cluster`. In the cluster
 * that Argo CD runs in, objects of kind Application are its applications.
 */
export function liveStateOf(
  cluster: Cluster,
  past: PastApply | undefined,
  children: ChildApplications,
): ApplicationLiveState {
  const state: ApplicationLiveState = {
    apply: object => cluster.apply(object, past),
    remove: key => {
      cluster.remove(key);
    },
    applied: key => cluster.applied(key),
    get: key => cluster.get(key),
    tracked: name => cluster.allApplied().filter(o => isTracked(o, name)),
    tree: object => cluster.tree(keyOf(object)),
    hasNamespace: name => cluster.hasNamespace(name),
  };
  return cluster.name === 'in-cluster'
    ? withApplications(state, past, children)
    : state;
}

function withApplications(
  state: ApplicationLiveState,
  past: PastApply | undefined,
  children: ChildApplications,
): ApplicationLiveState {
  const { sets } = children;
  const child = (key: string): KubeObject | undefined => {
    const [group, kind, , name] = key.split('/');
    if (group !== GROUP) {
      return undefined;
    }
    const found = kind === 'Application' ? children.get(name) : undefined;
    const set = kind === 'ApplicationSet' ? sets.get(name) : undefined;
    return (
      (found && asObject('Application', found)) ??
      (set && asObject('ApplicationSet', set))
    );
  };
  const isOurs = ({ apiVersion, kind }: KubeObject) =>
    apiVersion.startsWith(`${GROUP}/`) &&
    (kind === 'Application' || kind === 'ApplicationSet');
  return {
    ...state,
    apply(object) {
      if (!isOurs(object)) {
        return state.apply(object);
      }
      const before = child(keyOf(object));
      if (before && sameDesired(object, before)) {
        return 'unchanged';
      }
      if (object.kind === 'ApplicationSet') {
        sets.upsert(object as unknown as ApplicationSetInput);
      } else {
        children.upsert(
          object as unknown as Application,
          past?.since ?? past?.at,
        );
      }
      return before ? 'configured' : 'created';
    },
    remove(key) {
      const [, kind, , name] = key.split('/');
      const object = child(key);
      if (!object) {
        state.remove(key);
      } else if (kind === 'ApplicationSet') {
        sets.delete(name);
      } else {
        children.delete(name, cascades(object));
      }
    },
    applied: key => child(key) ?? state.applied(key),
    get: key => child(key) ?? state.get(key),
    tracked: name => [
      ...children
        .list()
        .map(a => asObject('Application', a))
        .filter(a => isTracked(a, name)),
      ...sets
        .list()
        .map(set => asObject('ApplicationSet', set))
        .filter(set => isTracked(set, name)),
      ...state.tracked(name),
    ],
    tree: object => (isOurs(object) ? [object] : state.tree(object)),
  };
}

/** Whether deleting the resource deletes what it deployed. */
function cascades({ metadata }: KubeObject): boolean {
  const finalizers = metadata.finalizers as string[] | undefined;
  return Boolean(
    finalizers?.some(f =>
      f.startsWith('resources-finalizer.argocd.argoproj.io'),
    ),
  );
}

function asObject(
  kind: 'Application' | 'ApplicationSet',
  { metadata, spec }: Application | ApplicationSet,
): KubeObject {
  return { apiVersion: `${GROUP}/v1alpha1`, kind, metadata, spec };
}

/** Whether the application made this very object; copies carry its word too. */
function isTracked(object: KubeObject, application: string): boolean {
  return (
    object.metadata.annotations?.[TRACKING_ID] ===
    trackingId(application, object, object.metadata.namespace)
  );
}
