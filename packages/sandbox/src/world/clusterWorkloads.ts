import { createHash } from 'node:crypto';
import { KubeObject, canonicalJson, kubeTime } from './clusterTypes';

/** One pod template that a workload has had. */
export interface RolloutRevision {
  /** Counts from 1, as `deployment.kubernetes.io/revision`. */
  revision: number;
  /** `pod-template-hash` */
  hash: string;
  template: any;
  startedAt: string;
  /** When every image had been found; absent while one cannot be pulled. */
  pulledAt?: string;
  /** Digest by image reference, of the images that were found. */
  digests: Record<string, string>;
  /** Present while its containers start and end again. */
  crash?: { since: string; reason: string };
}

/** How a workload came to be what it is. Times are ISO 8601. */
export interface Rollout {
  /** Oldest first, at least one. */
  revisions: RolloutRevision[];
  /** The last change of `replicas` that left the template alone. */
  scaled?: { at: string; from: number };
}

/** What the derivation needs besides the workload. */
export interface WorkloadContext {
  now: Date;
  /** Divides every duration below. */
  speed: number;
  /** Names of the nodes that pods run on, at least one. */
  nodes: string[];
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
  const surge = Math.max(1, Math.ceil(replicas * 0.25));
  const minAvailable = replicas - Math.floor(replicas * 0.25);
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
      pod({ object, revision, owner, index, context, ...times(index) }),
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

function pod(input: {
  object: KubeObject;
  revision: RolloutRevision;
  owner: KubeObject;
  index: number;
  created: number;
  ready: number;
  context: WorkloadContext;
}): KubeObject {
  const { object, revision, owner, index, context } = input;
  const identity = `${owner.metadata.uid}/${revision.hash}/${index}`;
  const name =
    object.kind === 'StatefulSet'
      ? `${object.metadata.name}-${index}`
      : `${owner.metadata.name}-${safeHash(identity, 5)}`;
  const template = revision.template ?? {};
  const created = kubeTime(new Date(input.created));
  const ready = input.ready <= context.now.getTime();
  const readySince = kubeTime(new Date(ready ? input.ready : input.created));
  const containers: any[] = template.spec?.containers ?? [];
  const statuses = containers.map(container =>
    containerStatus(container, input, ready, readySince),
  );
  const condition = (type: string, status: boolean, since: string) => ({
    type,
    status: status ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: since,
    ...(status
      ? {}
      : {
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${containers
            .map(c => c.name)
            .join(' ')}]`,
        }),
  });
  const address = hashNumber(identity);
  const node =
    object.kind === 'DaemonSet'
      ? context.nodes[index]
      : context.nodes[address % context.nodes.length];
  const running = Boolean(revision.pulledAt);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(object.kind === 'StatefulSet'
        ? {}
        : { generateName: `${owner.metadata.name}-` }),
      namespace: object.metadata.namespace,
      uid: stableUid(`pod/${identity}`),
      creationTimestamp: created,
      labels: {
        ...template.metadata?.labels,
        ...(object.kind === 'Deployment'
          ? { 'pod-template-hash': revision.hash }
          : { 'controller-revision-hash': revision.hash }),
      },
      ...(template.metadata?.annotations
        ? { annotations: template.metadata.annotations }
        : {}),
      ownerReferences: [ownerOf(owner)],
    },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      serviceAccountName: 'default',
      ...template.spec,
      nodeName: node,
    },
    status: {
      phase: running ? 'Running' : 'Pending',
      conditions: [
        condition('PodReadyToStartContainers', true, created),
        condition('Initialized', true, created),
        condition('Ready', ready, readySince),
        condition('ContainersReady', ready, readySince),
        condition('PodScheduled', true, created),
      ],
      hostIP: nodeAddress(node),
      podIP: `10.20.${(address >>> 8) % 250}.${(address % 250) + 1}`,
      podIPs: [{ ip: `10.20.${(address >>> 8) % 250}.${(address % 250) + 1}` }],
      startTime: created,
      qosClass: 'Burstable',
      containerStatuses: statuses,
    },
  };
}

function containerStatus(
  container: any,
  input: Parameters<typeof pod>[0],
  ready: boolean,
  readySince: string,
) {
  const { revision, context } = input;
  const digest = revision.digests[container.image];
  const repository = String(container.image).split('@')[0];
  const base = {
    name: container.name,
    image: container.image,
    imageID: digest ? `${repository.replace(/:[^/:]*$/, '')}@${digest}` : '',
    lastState: {},
    restartCount: 0,
    ready,
    started: ready,
  };
  if (!digest) {
    const retries =
      (context.now.getTime() - input.created) * context.speed > 2000;
    return {
      ...base,
      state: {
        waiting: retries
          ? {
              reason: 'ImagePullBackOff',
              message: `Back-off pulling image "${container.image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${container.image}": failed to resolve reference "${container.image}": ${container.image}: not found`,
            }
          : {
              reason: 'ErrImagePull',
              message: `rpc error: code = NotFound desc = failed to pull and unpack image "${container.image}": failed to resolve reference "${container.image}": ${container.image}: not found`,
            },
      },
    };
  }
  if (!revision.pulledAt) {
    return { ...base, state: { waiting: { reason: 'ContainerCreating' } } };
  }
  if (revision.crash) {
    const since = Date.parse(revision.crash.since);
    const elapsed = ((context.now.getTime() - since) * context.speed) / 1000;
    const finishedAt = kubeTime(context.now);
    return {
      ...base,
      restartCount: 3 + Math.min(40, Math.floor(elapsed / 60)),
      lastState: {
        terminated: {
          exitCode: 1,
          reason: 'Error',
          message: revision.crash.reason,
          startedAt: kubeTime(new Date(since)),
          finishedAt,
          containerID: `containerd://${digest.slice(7)}`,
        },
      },
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 40s restarting failed container=${container.name} pod=${input.owner.metadata.name}: ${revision.crash.reason}`,
        },
      },
    };
  }
  return {
    ...base,
    started: true,
    containerID: `containerd://${digest.slice(7)}`,
    state: { running: { startedAt: readySince } },
  };
}

function ownerOf(object: KubeObject) {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    uid: object.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}

function hashNumber(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** Internal address of a node; nodes are named after it, as EC2 does. */
function nodeAddress(node: string): string {
  return node.match(/^ip-(\d+-\d+-\d+-\d+)/)?.[1].replaceAll('-', '.') ?? '';
}

/** A UUID that is the same for the same text. */
export function stableUid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** The alphabet of generated names in Kubernetes: no vowels, nothing ambiguous. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters of the alphabet that Kubernetes uses in generated names. */
export function safeHash(text: string, length: number): string {
  return [...createHash('sha256').update(text).digest().subarray(0, length)]
    .map(byte => SAFE[byte % SAFE.length])
    .join('');
}
