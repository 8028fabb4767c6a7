import { hashNumber, safeHash, stableUid } from './ids';
import { KubeObject, kubeTime } from './KubeObject';

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

/** What the derivation needs besides the workload. */
export interface WorkloadContext {
  now: Date;
  /** Divides every duration below. */
  speed: number;
  /** Names of the nodes that pods run on, at least one. */
  nodes: string[];
}

/** What a pod is made from. Times are milliseconds since 1970; `ready` is infinite for one that never will be. */
export interface PodInput {
  object: KubeObject;
  revision: RolloutRevision;
  owner: KubeObject;
  index: number;
  created: number;
  ready: number;
  context: WorkloadContext;
}

/** A pod of a workload at `context.now`. Pure. */
export function podOf(input: PodInput): KubeObject {
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
      containerStatuses: statuses,
    },
  };
}

function containerStatus(
  container: any,
  input: PodInput,
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
    // It is restarted once a minute; between, nothing about it changes.
    const restarts = Math.min(40, Math.floor(elapsed / 60));
    const finishedAt = kubeTime(
      new Date(since + (restarts * 60_000) / context.speed),
    );
    return {
      ...base,
      restartCount: 3 + restarts,
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

/** Reference of a child to what owns it. */
export function ownerOf(object: KubeObject) {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    uid: object.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Internal address of a node; nodes are named after it, as EC2 does. */
function nodeAddress(node: string): string {
  return node.match(/^ip-(\d+-\d+-\d+-\d+)/)?.[1].replaceAll('-', '.') ?? '';
}
