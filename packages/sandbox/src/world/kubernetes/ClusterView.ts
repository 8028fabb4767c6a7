import { clusterEvents } from './events';
import { endpointsOf } from './endpoints';
import { KubeObject } from './KubeObject';
import { admitted } from './limitRanges';
import { Look, isObserver, observed } from './observed';
import { autoscaled } from './rollouts';
import { serviceSpec, statusOf } from './statuses';
import { Rollout, WorkloadState, deriveWorkload } from './workloads';

/** An applied object and, for a workload, how it came to be. */
export interface StoredObject {
  /** As applied, with `uid`, `creationTimestamp`, `generation`, `resourceVersion` added. */
  object: KubeObject;
  rollout?: Rollout;
}

/**
 * How long a cluster that has just started counts no quota, unless something is
 * applied to it before: what it will run is on its way.
 */
const UNCOUNTED_MS = 30_000;

/** What is in a cluster at a moment: everything follows from what was applied and the time. */
export class ClusterView {
  /** Objects that others are looked at with, by kind. */
  private readonly byKind = new Map<string, KubeObject[]>();
  private startedAt: number;

  constructor(
    /** What was applied, by key. */
    private readonly stored: ReadonlyMap<string, StoredObject>,
    /** What was there before, by key. */
    private readonly infrastructure: ReadonlyMap<string, KubeObject>,
    private readonly options: { now(): Date; speed: number },
  ) {
    this.startedAt = options.now().getTime();
  }

  /** The cluster starts anew, with nothing applied. */
  restarted(): void {
    this.startedAt = this.options.now().getTime();
    this.changed();
  }

  /** Something was applied or removed. */
  changed(): void {
    this.byKind.clear();
  }

  /** Everything, children and events included; what has no resource version shares the cluster's. */
  objects(): KubeObject[] {
    const look = this.look();
    const live = this.live();
    const infrastructure = [...this.infrastructure.entries()]
      .filter(([key]) => !this.stored.has(key))
      .map(([, object]) => withStatus(object));
    const all = [...infrastructure, ...live].map(object =>
      observed(object, live, look),
    );
    return [...all, ...endpointsOf(live), ...clusterEvents(live, look.now)];
  }

  /** An object with what it observes of others. */
  observed(object: KubeObject): KubeObject {
    return isObserver(object)
      ? observed(object, this.live(), this.look())
      : object;
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

  /** The object with its status, then its children. */
  present(stored: StoredObject): KubeObject[] {
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

  private look(): Look {
    const now = this.options.now();
    return {
      now,
      counted:
        this.stored.size > 0 || now.getTime() >= this.startedAt + UNCOUNTED_MS,
    };
  }

  private applied(): KubeObject[] {
    return [...this.stored.values()].map(({ object }) => object);
  }

  private autoscalers(): KubeObject[] {
    return this.ofKind('HorizontalPodAutoscaler', () => this.applied());
  }

  private limitRanges(): KubeObject[] {
    return this.ofKind('LimitRange', () => [
      ...this.infrastructure.values(),
      ...this.applied(),
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
