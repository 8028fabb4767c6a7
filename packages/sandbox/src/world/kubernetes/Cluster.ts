import { ClusterView, StoredObject } from './ClusterView';
import { stableUid } from './ids';
import { ImagePuller } from './ImagePuller';
import {
  CLUSTER_SCOPED,
  KubeObject,
  canonicalJson,
  keyOf,
  kubeTime,
} from './KubeObject';
import { crashRollout, healRollout, restartRollout, rollOut } from './rollouts';
import { ImageStore } from '../types';
import { WORKLOAD_KINDS } from './workloads';

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
 * over time, images that do not exist are not pulled. What is there at a moment
 * is derived from that; see {@link ClusterView}.
 */
export class Cluster {
  readonly name: string;
  private readonly options: ClusterOptions;
  private readonly stored = new Map<string, StoredObject>();
  private readonly infrastructure: Map<string, KubeObject>;
  private readonly puller: ImagePuller;
  private resourceVersion = 1000;
  private readonly view: ClusterView;

  constructor(options: ClusterOptions) {
    this.name = options.name;
    this.options = options;
    this.puller = new ImagePuller(options.images);
    this.infrastructure = new Map(
      options.infrastructure.map(object => [keyOf(object), object]),
    );
    this.view = new ClusterView(this.stored, this.infrastructure, options);
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
    this.view.changed();
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
    this.view.changed();
    return this.stored.delete(key);
  }

  /** An applied object with its present status. */
  get(key: string): KubeObject | undefined {
    const [object] = this.tree(key);
    return object && this.view.observed(object);
  }

  /** An applied object without status, as it was applied. */
  applied(key: string): KubeObject | undefined {
    return this.stored.get(key)?.object;
  }

  /** An applied object and what it owns, itself first. */
  tree(key: string): KubeObject[] {
    const stored = this.stored.get(key);
    return stored ? this.view.present(stored) : [];
  }

  /** All applied objects, as applied. */
  allApplied(): KubeObject[] {
    return [...this.stored.values()].map(({ object }) => object);
  }

  /** Everything in the cluster at this moment, children and events included. */
  objects(): KubeObject[] {
    return this.view.objects().map(object => ({
      ...object,
      metadata: {
        ...object.metadata,
        resourceVersion:
          object.metadata.resourceVersion ?? String(this.resourceVersion),
      },
    }));
  }

  /** Whether anything will change by itself. */
  moving(keys: Iterable<string>): boolean {
    return this.view.moving(keys);
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

  /** Takes a snapshot back; what a scenario broke is mended, and broken again by the scenario where it still holds. */
  restore(snapshot: ClusterSnapshot): void {
    this.stored.clear();
    this.view.changed();
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
    this.view.restarted();
    this.puller.showAll();
  }
}

/** What was asked for, without what the API server adds. */
function desired(object: KubeObject): unknown {
  const metadata: Record<string, unknown> = { ...object.metadata };
  SERVER_FIELDS.forEach(field => delete metadata[field]);
  const { status, ...rest } = object;
  return { ...rest, metadata };
}
