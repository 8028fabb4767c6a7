import { safeHash, stableUid } from './ids';
import { RolloutRevision, WorkloadContext, ownerOf, podOf } from './pods';
import { KubeObject, canonicalJson, kubeTime } from './KubeObject';

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

/** How far a rolling update may go above and below the wanted number of pods. */
function rollingUpdate(
  object: KubeObject,
  replicas: number,
): { surge: number; minAvailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } =
    object.spec?.strategy?.rollingUpdate ?? {};
  const count = (value: unknown, round: (n: number) => number) =>
    String(value).endsWith('%')
      ? round((replicas * parseInt(String(value), 10)) / 100)
      : Number(value);
  const unavailable = count(maxUnavailable, Math.floor);
  // Both zero would never move; Kubernetes then takes one pod away.
  const surge = count(maxSurge, Math.ceil) || (unavailable === 0 ? 1 : 0);
  return { surge, minAvailable: Math.max(0, replicas - unavailable) };
}

function deploymentStatus(input: {
  object: KubeObject;
  current: RolloutRevision;
  replicas: number;
  total: number;
  updated: number;
  ready: number;
  minAvailable: number;
  complete: boolean;
  deadlineExceeded: boolean;
  finishedAt: number | undefined;
}) {
  const { object, current } = input;
  const setName = `${object.metadata.name}-${current.hash}`;
  const changed = kubeTime(
    new Date(input.finishedAt ?? Date.parse(current.startedAt)),
  );
  const available = input.ready >= input.minAvailable;
  const condition = (
    type: string,
    status: boolean,
    reason: string,
    message: string,
  ) => ({
    type,
    status: status ? 'True' : 'False',
    lastUpdateTime: changed,
    lastTransitionTime: changed,
    reason,
    message,
  });
  let progress = condition(
    'Progressing',
    true,
    'ReplicaSetUpdated',
    `ReplicaSet "${setName}" is progressing.`,
  );
  if (input.complete) {
    progress = condition(
      'Progressing',
      true,
      'NewReplicaSetAvailable',
      `ReplicaSet "${setName}" has successfully progressed.`,
    );
  } else if (input.deadlineExceeded) {
    progress = condition(
      'Progressing',
      false,
      'ProgressDeadlineExceeded',
      `ReplicaSet "${setName}" has timed out progressing.`,
    );
  }
  return {
    observedGeneration: object.metadata.generation,
    // Kubernetes leaves counts of zero out.
    ...nonZero({
      replicas: input.total,
      updatedReplicas: input.updated,
      readyReplicas: input.ready,
      availableReplicas: input.ready,
      unavailableReplicas: Math.max(0, input.replicas - input.ready),
    }),
    conditions: [
      available
        ? condition(
            'Available',
            true,
            'MinimumReplicasAvailable',
            'Deployment has minimum availability.',
          )
        : condition(
            'Available',
            false,
            'MinimumReplicasUnavailable',
            'Deployment does not have minimum availability.',
          ),
      progress,
    ],
  };
}

function replicaSet(
  deployment: KubeObject,
  revision: RolloutRevision,
  replicas: number,
  ready: number,
): KubeObject {
  const name = `${deployment.metadata.name}-${revision.hash}`;
  const labels = {
    ...revision.template?.metadata?.labels,
    'pod-template-hash': revision.hash,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace,
      uid: stableUid(`${deployment.metadata.uid}/${revision.hash}`),
      creationTimestamp: kubeTime(new Date(revision.startedAt)),
      generation: 1,
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(
          deployment.spec?.replicas ?? 1,
        ),
        'deployment.kubernetes.io/revision': String(revision.revision),
      },
      ownerReferences: [ownerOf(deployment)],
    },
    spec: {
      replicas,
      selector: {
        matchLabels: {
          ...deployment.spec?.selector?.matchLabels,
          'pod-template-hash': revision.hash,
        },
      },
      template: {
        ...revision.template,
        metadata: { ...revision.template?.metadata, labels },
      },
    },
    status: {
      observedGeneration: 1,
      replicas,
      ...nonZero({
        fullyLabeledReplicas: replicas,
        readyReplicas: ready,
        availableReplicas: ready,
      }),
    },
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}
