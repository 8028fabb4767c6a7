import { Deployment } from '@fairway/plugin-platform-envs-node';

/**
 * What the card reads of an application. A list that is missing here would
 * fail its validation, and so would an operation without a start.
 */
export interface ArgoApplication {
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    instance: { name: string; url?: string };
  };
  spec: {
    project?: string;
    source?: { repoURL: string; path?: string; targetRevision?: string };
    destination?: { name?: string; namespace?: string };
  };
  status: {
    sync: { status: string; revision?: string };
    health: { status: string; message?: string };
    operationState?: {
      phase: string;
      message?: string;
      startedAt: string;
      finishedAt?: string;
    };
    conditions: Array<{
      type: string;
      message: string;
      lastTransitionTime?: string;
    }>;
    history: Array<{
      id?: number;
      revision?: string;
      deployStartedAt?: string;
      deployedAt?: string;
    }>;
    summary: { images: string[] };
  };
}

/** A deployment of the feed, as Argo CD would describe it. */
export function toApplication(deployment: Deployment): ArgoApplication {
  const { name, namespace, labels, instance, url } = deployment;
  const { operation, destination } = deployment;
  const base = url && new URL(url).origin;
  return {
    metadata: {
      name,
      namespace,
      labels,
      instance: { name: instance, ...(base && { url: base }) },
    },
    spec: {
      ...(deployment.project && { project: deployment.project }),
      ...(deployment.source && { source: deployment.source }),
      ...(destination && {
        destination: {
          ...(destination.cluster && { name: destination.cluster }),
          ...(destination.namespace && { namespace: destination.namespace }),
        },
      }),
    },
    status: {
      sync: {
        status: deployment.sync,
        ...(deployment.revision && { revision: deployment.revision }),
      },
      health: {
        status: deployment.health,
        ...(deployment.healthMessage && { message: deployment.healthMessage }),
      },
      ...(operation?.startedAt && {
        operationState: {
          phase: operation.phase,
          startedAt: operation.startedAt,
          ...(operation.message && { message: operation.message }),
          ...(operation.finishedAt && { finishedAt: operation.finishedAt }),
        },
      }),
      conditions: deployment.conditions.map(({ type, message, at }) => ({
        type,
        message,
        ...(at && { lastTransitionTime: at }),
      })),
      history: (deployment.history ?? []).map(
        ({ id, revision, deployStartedAt, deployedAt }) => ({
          ...(id !== undefined && { id }),
          ...(revision && { revision }),
          ...(deployStartedAt && { deployStartedAt }),
          ...(deployedAt && { deployedAt }),
        }),
      ),
      summary: { images: deployment.images },
    },
  };
}
