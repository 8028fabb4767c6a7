import { clusterEvents } from './events';
import { admitted } from './limitRanges';
import { stableUid } from './ids';
import { endpointsOf } from './endpoints';
import { isObserver, observed } from './observed';
import { serviceSpec, statusOf } from './statuses';
import { ImagePuller } from './ImagePuller';
import {
  CLUSTER_SCOPED,
  KubeObject,
  canonicalJson,
  keyOf,
  kubeTime,
} from './KubeObject';
import {
  Rollout,
  WORKLOAD_KINDS,
  WorkloadState,
  deriveWorkload,
} from './workloads';
import {
  autoscaled,
  crashRollout,
  healRollout,
  restartRollout,
  rollOut,
} from './rollouts';
import { ImageStore } from '../types';

/** An applied object and, for a workload, how it came to be. */
interface StoredObject {
  /** As applied, with `uid`, `creationTimestamp`, `generation`, `resourceVersion` added. */
  object: KubeObject;
  rollout?: Rollout;
}

/** A cluster's state as it is kept on disk. */
export interface ClusterSnapshot {
  name: string;
  resourceVersion: number;
  objects: StoredObject[];
}

export interface ClusterOptions {
  name: string;
  now(): Date;
  /** Divides the time that pods take. */
  speed: number;
  images: ImageStore;
  /** What was there before anything was applied; see `clusterInfrastructure`. */
  infrastructure: KubeObject[];
}

/** Fields of `metadata` that the API server owns. */
const SERVER_FIELDS = [
  'uid',
  'creationTimestamp',
  'generation',
  'resourceVersion',
];
/**
 * A Kubernetes cluster, played: what was applied stays, workloads roll out
 * over time, images that do not exist are not pulled. Nothing is enforced
 * that an admission controller would (quotas are counted, not applied).
 */
export class Cluster {
  readonly name: string;
  private readonly options: ClusterOptions;
  private readonly stored = new Map<string, StoredObject>();
  private readonly infrastructure: Map<string, KubeObject>;
  private readonly puller: ImagePuller;
  private resourceVersion = 1000;
  /** Objects that others are looked at with, by kind; forgotten when something is applied. */
  private readonly byKind = new Map<string, KubeObject[]>();

  constructor(options: ClusterOptions) {
    this.name = options.name;
    this.options = options;
    this.puller = new ImagePuller(options.images);
    this.infrastructure = new Map(
      options.infrastructure.map(object => [keyOf(object), object]),
    );
  }

  /** Whether the namespace is there; objects can only be applied into one that is. */
  hasNamespace(name: string): boolean {
    const key = `/Namespace//${name}`;
    return this.infrastructure.has(key) || this.stored.has(key);
  }

  /**
   * Creates or replaces an object.
   *
   * @param past - `at`: the moment to pretend; `settled`: its images were
   *   pulled then, whatever the registry holds now; `since`: when it was
   *   first created, `at` unless told.
   * @throws Error - its namespace does not exist.
   */
  apply(
    manifest: KubeObject,
    past?: { at: Date; settled: boolean; since?: Date },
  ): 'created' | 'configured' | 'unchanged' {
    const { namespace } = manifest.metadata;
    if (
      namespace &&
      !CLUSTER_SCOPED.has(manifest.kind) &&
      !this.hasNamespace(namespace)
    ) {
      throw new Error(`namespaces "${namespace}" not found`);
    }
    const at = past?.at ?? this.options.now();
    const key = keyOf(manifest);
    const before = this.stored.get(key);
    if (
      before &&
      canonicalJson(desired(before.object)) === canonicalJson(desired(manifest))
    ) {
      return 'unchanged';
    }
    const specChanged =
      !before ||
      canonicalJson(before.object.spec) !== canonicalJson(manifest.spec);
    this.resourceVersion += 1;
    const object: KubeObject = {
      ...structuredClone(manifest),
      metadata: {
        ...structuredClone(manifest.metadata),
        uid:
          before?.object.metadata.uid ??
          stableUid(`${this.name}/${key}/${at.toISOString()}`),
        creationTimestamp:
          before?.object.metadata.creationTimestamp ??
          kubeTime(past?.since ?? at),
        generation:
          (before?.object.metadata.generation ?? 0) + (specChanged ? 1 : 0),
        resourceVersion: String(this.resourceVersion),
      },
    };
    this.byKind.clear();
    this.stored.set(key, {
      object,
      rollout: WORKLOAD_KINDS.has(object.kind)
        ? rollOut({
            object,
            before,
            at,
            settled: Boolean(past?.settled),
            puller: this.puller,
          })
        : undefined,
    });
    return before ? 'configured' : 'created';
  }

  /** Takes an object away; false when it was not there. */
  remove(key: string): boolean {
    this.byKind.clear();
    return this.stored.delete(key);
  }

  /** An applied object with its present status. */
  get(key: string): KubeObject | undefined {
    const stored = this.stored.get(key);
    const object = stored && this.present(stored)[0];
    return object && isObserver(object)
      ? observed(object, this.live(), this.options.now())
      : object;
  }

  /** An applied object without status, as it was applied. */
  applied(key: string): KubeObject | undefined {
    return this.stored.get(key)?.object;
  }

  /** An applied object and what it owns, itself first. */
  tree(key: string): KubeObject[] {
    const stored = this.stored.get(key);
    return stored ? this.present(stored) : [];
  }

  /** All applied objects, as applied. */
  allApplied(): KubeObject[] {
    return [...this.stored.values()].map(({ object }) => object);
  }

  /** Everything in the cluster at this moment, children and events included. */
  objects(): KubeObject[] {
    const now = this.options.now();
    const live = this.live();
    const infrastructure = [...this.infrastructure.entries()]
      .filter(([key]) => !this.stored.has(key))
      .map(([, object]) => withStatus(object));
    const all = [...infrastructure, ...live].map(object =>
      observed(object, live, now),
    );
    return [...all, ...endpointsOf(live), ...clusterEvents(live, now)].map(
      object => ({
        ...object,
        metadata: {
          ...object.metadata,
          resourceVersion:
            object.metadata.resourceVersion ?? String(this.resourceVersion),
        },
      }),
    );
  }

  /** Whether anything will change by itself. */
  moving(keys: Iterable<string>): boolean {
    for (const key of keys) {
      const stored = this.stored.get(key);
      if (stored?.rollout && this.derive(stored).moving) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets kubelets look for images that were not there before.
   * Returns whether one was found.
   */
  pull(): boolean {
    let found = false;
    for (const { rollout } of this.stored.values()) {
      const current = rollout?.revisions.at(-1);
      if (current && !current.pulledAt) {
        found = this.puller.pull(current, this.options.now()) || found;
      }
    }
    return found;
  }

  /**
   * Restarts a workload whose new pods end at once with `reason`, and lets its
   * progress deadline pass. Returns false when there is no such workload.
   */
  crash(key: string, reason: string): boolean {
    const rollout = this.stored.get(key)?.rollout;
    if (rollout) {
      crashRollout(rollout, this.options.now(), reason);
    }
    return Boolean(rollout);
  }

  /** Ends what {@link crash} began: the pods start once more and stay. */
  heal(key: string): void {
    const rollout = this.stored.get(key)?.rollout;
    if (rollout) {
      healRollout(rollout, this.options.now());
    }
  }

  /** Gives back what {@link hideImages} took. */
  showImages(): void {
    this.puller.showAll();
    this.pull();
  }

  /**
   * Takes the images of a repository away from this cluster's kubelets. Pods
   * that run keep running; the workloads in `keys` are restarted so that the
   * absence shows.
   */
  hideImages(repository: string, keys: string[]): void {
    this.puller.hide(repository);
    for (const key of keys) {
      const rollout = this.stored.get(key)?.rollout;
      if (rollout) {
        restartRollout(rollout, this.options.now());
      }
    }
  }

  toSnapshot(): ClusterSnapshot {
    return {
      name: this.name,
      resourceVersion: this.resourceVersion,
      objects: [...this.stored.values()],
    };
  }

  /** Takes a snapshot back; what a scenario broke is mended, as scenarios end with the process. */
  restore(snapshot: ClusterSnapshot): void {
    this.stored.clear();
    this.byKind.clear();
    this.puller.showAll();
    this.resourceVersion = snapshot.resourceVersion;
    for (const stored of snapshot.objects) {
      const key = keyOf(stored.object);
      this.stored.set(key, stored);
      this.heal(key);
    }
  }

  /** Back to what was there before anything was applied. */
  clear(): void {
    this.stored.clear();
    this.byKind.clear();
    this.puller.showAll();
  }

  private autoscalers(): KubeObject[] {
    return this.ofKind('HorizontalPodAutoscaler', () => this.allApplied());
  }

  private limitRanges(): KubeObject[] {
    return this.ofKind('LimitRange', () => [
      ...this.infrastructure.values(),
      ...this.allApplied(),
    ]);
  }

  private ofKind(kind: string, objects: () => KubeObject[]): KubeObject[] {
    let found = this.byKind.get(kind);
    if (!found) {
      found = objects().filter(object => object.kind === kind);
      this.byKind.set(kind, found);
    }
    return found;
  }

  private derive(stored: StoredObject): WorkloadState {
    const workload = autoscaled(stored.object, this.autoscalers());
    return deriveWorkload(workload, stored.rollout!, {
      now: this.options.now(),
      speed: this.options.speed,
      nodes: this.nodeNames(),
    });
  }

  /** What was applied and what it owns, with status. */
  private live(): KubeObject[] {
    return [...this.stored.values()].flatMap(stored => this.present(stored));
  }

  private nodeNames(): string[] {
    const nodes = [...this.infrastructure.values()].filter(
      object => object.kind === 'Node',
    );
    // Where pools are told apart, applications run on the pool for them.
    const apps = nodes.filter(
      n => n.metadata.labels?.['eks.amazonaws.com/nodegroup'] === 'apps',
    );
    return (apps.length > 0 ? apps : nodes).map(n => n.metadata.name);
  }

  /** The object with its status, then its children. */
  private present(stored: StoredObject): KubeObject[] {
    if (stored.rollout) {
      const { workload, children } = this.derive(stored);
      const { resourceVersion } = stored.object.metadata;
      return [
        workload,
        ...children
          .map(child =>
            child.kind === 'Pod' ? admitted(child, this.limitRanges()) : child,
          )
          .map(child => ({
            ...child,
            metadata: { ...child.metadata, resourceVersion },
          })),
      ];
    }
    return [withStatus(stored.object)];
  }
}

/** An object that is no workload, with what its controller would fill in. */
function withStatus(object: KubeObject): KubeObject {
  const status = object.status ?? statusOf(object);
  const spec = object.kind === 'Service' ? serviceSpec(object) : object.spec;
  return {
    ...object,
    ...(spec ? { spec } : {}),
    ...(status ? { status } : {}),
  };
}

/** What was asked for, without what the API server adds. */
function desired(object: KubeObject): unknown {
  const metadata: Record<string, unknown> = { ...object.metadata };
  SERVER_FIELDS.forEach(field => delete metadata[field]);
  const { status, ...rest } = object;
  return { ...rest, metadata };
}
