import { Cluster } from '../kubernetes/Cluster';
import { KubeObject, keyOf } from '../kubernetes/KubeObject';
import { LiveState, TRACKING_ID } from './compare';
import { SyncTarget } from './runSync';
import { Application, ApplicationSpec } from './types';

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
  const child = (key: string) => {
    const [group, kind, , name] = key.split('/');
    return group === 'argoproj.io' && kind === 'Application'
      ? children.get(name)
      : undefined;
  };
  const look = (
    key: string,
    otherwise: (key: string) => KubeObject | undefined,
  ) => {
    const application = child(key);
    return application ? asObject(application) : otherwise(key);
  };
  return {
    ...state,
    apply(object) {
      if (object.kind !== 'Application') {
        return state.apply(object);
      }
      const before = children.get(object.metadata.name);
      children.upsert(
        object as unknown as Application,
        past?.since ?? past?.at,
      );
      return before ? 'configured' : 'created';
    },
    remove(key) {
      const application = child(key);
      if (application) {
        children.delete(application.metadata.name, cascades(application));
      } else {
        state.remove(key);
      }
    },
    applied: key => look(key, state.applied),
    get: key => look(key, state.get),
    tracked: name => [
      ...children
        .list()
        .map(asObject)
        .filter(o => isTracked(o, name)),
      ...state.tracked(name),
    ],
    tree: object =>
      object.kind === 'Application' ? [object] : state.tree(object),
  };
}

/** Whether deleting the resource deletes what it deployed. */
function cascades(application: Application): boolean {
  const finalizers = application.metadata.finalizers as string[] | undefined;
  return Boolean(
    finalizers?.some(f =>
      f.startsWith('resources-finalizer.argocd.argoproj.io'),
    ),
  );
}

function asObject(application: Application): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: application.metadata,
    spec: application.spec,
  };
}

function isTracked(object: KubeObject, application: string): boolean {
  return Boolean(
    object.metadata.annotations?.[TRACKING_ID]?.startsWith(`${application}:`),
  );
}
