import { KubeObject, kubeTime } from './KubeObject';
import { stableUid } from './ids';

/** How long an API server keeps events. */
const KEPT_MS = 60 * 60_000;
/** A kubelet counts its attempts to pull an image up after this. */
const RETRY_MS = 20_000;

/**
 * The events of the last hour that follow from the state: scheduling, pulling,
 * starting, failing, scaling. In no particular order.
 */
export function clusterEvents(live: KubeObject[], now: Date): KubeObject[] {
  return live.flatMap(object => {
    if (object.kind === 'Pod') {
      return podEvents(object, now);
    }
    if (object.kind === 'ReplicaSet' && object.spec.replicas > 0) {
      return scalingEvents(object, now);
    }
    return [];
  });
}

function podEvents(pod: KubeObject, now: Date): KubeObject[] {
  const created = Date.parse(pod.metadata.creationTimestamp!);
  const status = pod.status.containerStatuses?.[0];
  if (!status) {
    return [];
  }
  const waiting = status.state?.waiting;
  const started = Date.parse(
    status.state?.running?.startedAt ?? pod.metadata.creationTimestamp,
  );
  const node = pod.spec.nodeName;
  const rows: Array<[string, string, string, number, number]> = [
    [
      'Normal',
      'Scheduled',
      `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node}`,
      created,
      1,
    ],
    ['Normal', 'Pulling', `Pulling image "${status.image}"`, created, 1],
  ];
  if (status.imageID) {
    rows.push(
      [
        'Normal',
        'Pulled',
        `Successfully pulled image "${status.image}"`,
        started,
        1,
      ],
      ['Normal', 'Created', `Created container: ${status.name}`, started, 1],
      ['Normal', 'Started', `Started container ${status.name}`, started, 1],
    );
  }
  if (waiting?.reason === 'CrashLoopBackOff') {
    const { finishedAt, message } = status.lastState.terminated;
    if (/probe failed/i.test(message)) {
      rows.push([
        'Warning',
        'Unhealthy',
        message[0].toUpperCase() + message.slice(1),
        Date.parse(finishedAt),
        status.restartCount * 3,
      ]);
    }
    rows.push([
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${status.name} in pod ${pod.metadata.name}`,
      Date.parse(status.lastState.terminated.finishedAt),
      status.restartCount,
    ]);
  }
  if (
    waiting?.reason === 'ErrImagePull' ||
    waiting?.reason === 'ImagePullBackOff'
  ) {
    const attempts = Math.max(
      1,
      Math.floor((now.getTime() - created) / RETRY_MS),
    );
    const tried = created + (attempts - 1) * RETRY_MS;
    rows.push(
      [
        'Warning',
        'Failed',
        `Failed to pull image "${status.image}": ${String(
          waiting.message,
        ).replace(/^Back-off .*?: ErrImagePull: /, '')}`,
        tried,
        attempts,
      ],
      [
        'Normal',
        'BackOff',
        `Back-off pulling image "${status.image}"`,
        tried,
        attempts,
      ],
    );
  }
  return rows
    .filter(row => now.getTime() - row[3] < KEPT_MS)
    .map(([type, reason, message, last, count]) =>
      event(pod, { type, reason, message, first: created, last, count }),
    );
}

function scalingEvents(set: KubeObject, now: Date): KubeObject[] {
  const created = Date.parse(set.metadata.creationTimestamp!);
  const owner = set.metadata.ownerReferences![0];
  if (now.getTime() - created >= KEPT_MS) {
    return [];
  }
  return [
    event(
      {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        metadata: {
          name: owner.name,
          namespace: set.metadata.namespace,
          uid: owner.uid,
        },
      },
      {
        type: 'Normal',
        reason: 'ScalingReplicaSet',
        message: `Scaled up replica set ${set.metadata.name} from 0 to ${set.spec.replicas}`,
        first: created,
        last: created,
        count: 1,
      },
    ),
  ];
}

function event(
  object: KubeObject,
  input: {
    type: string;
    reason: string;
    message: string;
    first: number;
    last: number;
    count: number;
  },
): KubeObject {
  const uid = stableUid(
    `event/${object.metadata.uid}/${input.reason}/${input.first}`,
  );
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${object.metadata.name}.${uid.replaceAll('-', '').slice(0, 16)}`,
      namespace: object.metadata.namespace,
      uid,
      creationTimestamp: kubeTime(new Date(input.first)),
    },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: object.metadata.name,
      namespace: object.metadata.namespace,
      uid: object.metadata.uid,
    },
    type: input.type,
    reason: input.reason,
    message: input.message,
    count: input.count,
    firstTimestamp: kubeTime(new Date(input.first)),
    lastTimestamp: kubeTime(new Date(input.last)),
    source: {
      component: object.kind === 'Pod' ? 'kubelet' : 'deployment-controller',
    },
    reportingComponent:
      object.kind === 'Pod' ? 'kubelet' : 'deployment-controller',
    reportingInstance: '',
  };
}
