import { stableUid } from './ids';
import { RolloutRevision, ownerOf } from './pods';
import { KubeObject, kubeTime } from './KubeObject';

/** How far a rolling update may go above and below the wanted number of pods. */
export function rollingUpdate(
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

/** `status` of a Deployment, with the conditions that its controller would write. */
export function deploymentStatus(input: {
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

/** The ReplicaSet that a Deployment keeps for one of its revisions. */
export function replicaSet(
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

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}
