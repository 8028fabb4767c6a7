import { clusterEvents } from './events';
import { stableUid } from './ids';
import { RolloutRevision } from './pods';
import { endpointsOf } from './endpoints';
import { isObserver, observed } from './observed';
import { serviceSpec, statusOf } from './statuses';
import { pullImage } from './imageReference';
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
  templateHash,
  templateImages,
} from './workloads';
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
/** Revisions that a Deployment keeps, as `revisionHistoryLimit` would. */
const REVISIONS_KEPT = 5;

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
  /** Image repositories that a scenario took away, as in `sample-backend`. */
  private readonly hidden = new Set<string>();
  private resourceVersion = 1000;

  constructor(options: ClusterOptions) {
    this.name = options.name;
    this.options = options;
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
    this.stored.set(key, {
      object,
      rollout: WORKLOAD_KINDS.has(object.kind)
        ? this.rollOut(object, before, at, Boolean(past?.settled))
        : undefined,
    });
    return before ? 'configured' : 'created';
  }

  /** Takes an object away; false when it was not there. */
  remove(key: string): boolean {
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
        found = this.pullFor(current, this.options.now()) || found;
      }
    }
    return found;
  }

  /**
   * Restarts a workload whose new pods end at once with `reason`, and lets its
   * progress deadline pass. Returns false when there is no such workload.
   */
  crash(key: string, reason: string): boolean {
    const current = this.stored.get(key)?.rollout?.revisions.at(-1);
    if (!current) {
      return false;
    }
    // Long enough ago for the deadline to have passed at any speed.
    const since = new Date(this.options.now().getTime() - 60_000);
    current.startedAt = since.toISOString();
    current.pulledAt ??= since.toISOString();
    current.crash = { since: since.toISOString(), reason };
    return true;
  }

  /** Ends what {@link crash} began: the pods start once more and stay. */
  heal(key: string): void {
    const current = this.stored.get(key)?.rollout?.revisions.at(-1);
    if (current?.crash) {
      delete current.crash;
      current.pulledAt = this.options.now().toISOString();
      current.startedAt = current.pulledAt;
    }
  }

  /** Gives back what {@link hideImages} took. */
  showImages(): void {
    this.hidden.clear();
    this.pull();
  }

  /**
   * Takes the images of a repository away from this cluster's kubelets. Pods
   * that run keep running; the workloads in `keys` are restarted so that the
   * absence shows.
   */
  hideImages(repository: string, keys: string[]): void {
    const now = this.options.now();
    this.hidden.add(repository);
    for (const key of keys) {
      const rollout = this.stored.get(key)?.rollout;
      const current = rollout?.revisions.at(-1);
      if (!rollout || !current?.pulledAt) {
        continue;
      }
      const { pulledAt, ...rest } = current;
      rollout.revisions.push({
        ...rest,
        revision: current.revision + 1,
        // What `kubectl rollout restart` does to the hash.
        hash: templateHash([current.template, now.toISOString()]),
        startedAt: now.toISOString(),
        digests: {},
      });
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
    this.hidden.clear();
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
    this.hidden.clear();
  }

  private rollOut(
    object: KubeObject,
    before: StoredObject | undefined,
    at: Date,
    settled: boolean,
  ): Rollout {
    const template = object.spec?.template;
    const last = before?.rollout?.revisions.at(-1);
    if (
      before?.rollout &&
      last &&
      canonicalJson(last.template) === canonicalJson(template)
    ) {
      const from = before.object.spec?.replicas ?? 1;
      return from === (object.spec?.replicas ?? 1)
        ? before.rollout
        : { ...before.rollout, scaled: { at: at.toISOString(), from } };
    }
    const revision: RolloutRevision = {
      revision: (last?.revision ?? 0) + 1,
      hash: templateHash(template),
      template: structuredClone(template),
      startedAt: at.toISOString(),
      digests: {},
    };
    this.pullFor(revision, at);
    if (settled) {
      revision.pulledAt = at.toISOString();
      for (const image of templateImages(template)) {
        revision.digests[image] ??=
          image.split('@')[1] ?? `sha256:${'0'.repeat(64)}`;
      }
    }
    return {
      revisions: [...(before?.rollout?.revisions ?? []), revision].slice(
        -REVISIONS_KEPT,
      ),
    };
  }

  private pullFor(revision: RolloutRevision, at: Date): boolean {
    const images = templateImages(revision.template);
    for (const image of images) {
      const digest = this.isHidden(image)
        ? undefined
        : pullImage(this.options.images, image);
      if (digest) {
        revision.digests[image] = digest;
      }
    }
    if (images.every(image => revision.digests[image])) {
      revision.pulledAt = at.toISOString();
      return true;
    }
    return false;
  }

  private isHidden(image: string): boolean {
    return [...this.hidden].some(repository =>
      new RegExp(`(^|/)${escapeRegExp(repository)}([:@]|$)`).test(image),
    );
  }

  private derive(stored: StoredObject): WorkloadState {
    return deriveWorkload(this.autoscaled(stored.object), stored.rollout!, {
      now: this.options.now(),
      speed: this.options.speed,
      nodes: this.nodeNames(),
    });
  }

  /** The workload with at least as many replicas as an autoscaler wants for it. */
  private autoscaled(workload: KubeObject): KubeObject {
    const { name, namespace } = workload.metadata;
    const autoscaler = [...this.stored.values()].find(
      ({ object: { kind, metadata, spec } }) =>
        kind === 'HorizontalPodAutoscaler' &&
        metadata.namespace === namespace &&
        spec?.scaleTargetRef?.kind === workload.kind &&
        spec.scaleTargetRef.name === name,
    )?.object.spec;
    if (!autoscaler) {
      return workload;
    }
    const wanted = workload.spec?.replicas ?? 1;
    const replicas = Math.min(
      Math.max(wanted, autoscaler.minReplicas ?? 1),
      autoscaler.maxReplicas ?? Infinity,
    );
    return { ...workload, spec: { ...workload.spec, replicas } };
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
        ...children.map(child => ({
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

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
