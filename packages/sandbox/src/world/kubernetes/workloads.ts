import { deploymentStatus, replicaSet, rollingUpdate } from './deployments';
import { safeHash } from './ids';
import { RolloutRevision, WorkloadContext, podOf } from './pods';
import { KubeObject, canonicalJson } from './KubeObject';

/** How a workload came to be what it is. Times are ISO 8601. */
export interface Rollout {
  /** Oldest first, at least one. */
  revisions: RolloutRevision[];
  /** The last change of `replicas` that left the template alone. */
  scaled?: { at: string; from: number };
}

/** What a workload is at one moment. */
export interface WorkloadState {
  /** The workload with its status. */
  workload: KubeObject;
  /** ReplicaSets (of a Deployment) and Pods, newest revision first. */
  children: KubeObject[];
  /** Whether the state will change by itself as time passes. */
  moving: boolean;
}

/** From a pulled image to a ready pod, seconds. */
const POD_START_SECONDS = 1.5;
/** Between one pod and the next, seconds. */
const POD_STAGGER_SECONDS = 0.6;
/**
 * Seconds until a rollout that makes no progress counts as failed. Kubernetes
 * waits `progressDeadlineSeconds` (600 by default); nobody waits ten minutes
 * for a demonstration.
 */
const PROGRESS_DEADLINE_SECONDS = 12;

/** Kinds whose pods are played. */
export const WORKLOAD_KINDS = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
]);

/** Container images of a pod template, init containers included. */
export function templateImages(template: any): string[] {
  return [
    ...(template?.spec?.initContainers ?? []),
    ...(template?.spec?.containers ?? []),
  ].map((container: any) => String(container.image));
}

/** Ten characters, as Kubernetes hashes a pod template: equal templates, equal hash. */
export function templateHash(template: unknown): string {
  return safeHash(canonicalJson(template), 10);
}

/** The workload, its ReplicaSets and Pods at `context.now`. Pure. */
export function deriveWorkload(
  object: KubeObject,
  rollout: Rollout,
  context: WorkloadContext,
): WorkloadState {
  const now = context.now.getTime();
  const seconds = (n: number) => (n * 1000) / context.speed;
  const current = rollout.revisions.at(-1)!;
  const replicas =
    object.kind === 'DaemonSet'
      ? context.nodes.length
      : object.spec?.replicas ?? 1;
  const startedAt = Date.parse(current.startedAt);

  const createdAt = (index: number) =>
    rollout.scaled && index >= rollout.scaled.from
      ? Math.max(startedAt, Date.parse(rollout.scaled.at))
      : startedAt;
  const readyAt = (index: number) => {
    if (!current.pulledAt || current.crash) {
      return Infinity;
    }
    const wave =
      createdAt(index) > startedAt ? index - rollout.scaled!.from : index;
    return (
      Math.max(Date.parse(current.pulledAt), createdAt(index)) +
      seconds(POD_START_SECONDS + POD_STAGGER_SECONDS * wave)
    );
  };

  const newReady = range(replicas).filter(i => readyAt(i) <= now).length;
  const complete = newReady === replicas;
  const lastChange = Math.max(
    startedAt,
    Date.parse(rollout.scaled?.at ?? current.startedAt),
  );
  const deadlineExceeded =
    !complete && now - lastChange > seconds(PROGRESS_DEADLINE_SECONDS);

  // A rolling update keeps the last revision that worked until the new pods are ready.
  const previous = complete
    ? undefined
    : rollout.revisions
        .slice(0, -1)
        .reverse()
        .find(r => r.pulledAt && !r.crash);
  const { surge, minAvailable } = rollingUpdate(object, replicas);
  const oldTotal = previous ? Math.max(0, minAvailable - newReady) : 0;
  const newTotal = previous
    ? Math.min(replicas, replicas + surge - oldTotal)
    : replicas;

  const workload = structuredClone(object);
  const finishedAt = complete
    ? Math.max(startedAt, ...range(replicas).map(readyAt))
    : undefined;

  const podsOf = (
    revision: RolloutRevision,
    count: number,
    owner: KubeObject,
    times: (index: number) => { created: number; ready: number },
  ) =>
    range(count).map(index =>
      podOf({ object, revision, owner, index, context, ...times(index) }),
    );

  const currentPods = (owner: KubeObject) =>
    podsOf(current, newTotal, owner, index => ({
      created: createdAt(index),
      ready: readyAt(index),
    }));

  let children: KubeObject[];
  if (object.kind === 'Deployment') {
    const sets = [...rollout.revisions].reverse().map(revision => {
      let count = 0;
      let ready = 0;
      if (revision === current) {
        count = newTotal;
        ready = newReady;
      } else if (revision === previous) {
        count = oldTotal;
        ready = oldTotal;
      }
      return { revision, set: replicaSet(object, revision, count, ready) };
    });
    children = sets.flatMap(({ revision, set }) => {
      if (revision === current) {
        return [set, ...currentPods(set)];
      }
      const ready = Date.parse(revision.pulledAt ?? revision.startedAt);
      return [
        set,
        ...podsOf(revision, set.spec.replicas, set, () => ({
          created: Date.parse(revision.startedAt),
          ready,
        })),
      ];
    });
    workload.metadata.annotations = {
      ...workload.metadata.annotations,
      'deployment.kubernetes.io/revision': String(current.revision),
    };
    workload.status = deploymentStatus({
      object,
      current,
      replicas,
      total: newTotal + oldTotal,
      updated: newTotal,
      ready: newReady + oldTotal,
      minAvailable,
      complete,
      deadlineExceeded,
      finishedAt,
    });
  } else {
    children = currentPods(workload);
    workload.status =
      object.kind === 'StatefulSet'
        ? {
            observedGeneration: object.metadata.generation,
            replicas,
            currentReplicas: newReady,
            readyReplicas: newReady,
            availableReplicas: newReady,
            updatedReplicas: newTotal,
            currentRevision: `${object.metadata.name}-${current.hash}`,
            updateRevision: `${object.metadata.name}-${current.hash}`,
            collisionCount: 0,
          }
        : {
            observedGeneration: object.metadata.generation,
            currentNumberScheduled: replicas,
            desiredNumberScheduled: replicas,
            numberAvailable: newReady,
            numberMisscheduled: 0,
            numberReady: newReady,
            updatedNumberScheduled: newTotal,
          };
  }
  const starting = Boolean(current.pulledAt) && !current.crash;
  return {
    workload,
    children,
    moving: !complete && (starting || !deadlineExceeded),
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
