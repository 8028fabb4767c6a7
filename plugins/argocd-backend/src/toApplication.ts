import { formatAge } from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  ListedDeployment,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';

/** A place that an application is rendered from. */
export interface ArgoSource {
  repoURL: string;
  path?: string;
  chart?: string;
  ref?: string;
  targetRevision?: string;
}

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
    /** Of several sources the one with the overlay, since the card knows only one. */
    source?: ArgoSource;
    sources?: ArgoSource[];
    destination?: { name?: string; namespace?: string };
  };
  status: {
    sync: { status: string; revision?: string; revisions?: string[] };
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
      revision: string;
      /** With a chart, the card does not ask who made the revision. */
      source?: ArgoSource;
      deployStartedAt?: string;
      deployedAt?: string;
    }>;
    summary: { images: string[] };
  };
}

/** Anything else (a chart's version, the digest of an artifact) has no author. */
const COMMIT = /^[0-9a-f]{7,64}$/;

/** Whether somebody made it: only then there is a message to be asked for. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * A deployment of the feed, as Argo CD would describe it. What is only known
 * to have been so says when: the card shows any state but its own in yellow,
 * and conditions when somebody points at the sync status.
 */
export function toApplication(
  deployment: ListedDeployment,
  now: Date = new Date(),
): ArgoApplication {
  const { name, namespace, labels, instance, url, condition } = deployment;
  const age = condition && ageOf(condition, now);
  const sync = toSync(deployment);
  const base = url && new URL(url).origin;
  return {
    metadata: {
      name,
      namespace,
      labels,
      instance: { name: instance, ...(base && { url: base }) },
    },
    spec: toSpec(deployment),
    status: {
      sync: age ? { ...sync, status: `${sync.status}, ${age}` } : sync,
      health: {
        status: age ? `${deployment.health}, ${age}` : deployment.health,
        ...(deployment.healthMessage && { message: deployment.healthMessage }),
      },
      ...toOperationState(deployment),
      conditions: [
        ...(age ? [staleness(condition, age)] : []),
        ...deployment.conditions.map(({ type, message, at }) => ({
          type,
          message,
          ...(at && { lastTransitionTime: at }),
        })),
      ],
      history: toHistory(deployment),
      summary: { images: deployment.images },
    },
  };
}

function ageOf({ observedAt }: SourceCondition, now: Date): string {
  return observedAt
    ? `${formatAge(observedAt, now)} ago`
    : 'an unknown time ago';
}

function staleness(
  { message, observedAt }: SourceCondition,
  age: string,
): ArgoApplication['status']['conditions'][number] {
  return {
    type: 'Stale',
    message: `Argo CD gives no fresh answer, this is from ${age}${
      message ? `: ${message}` : ''
    }`,
    ...(observedAt && { lastTransitionTime: observedAt }),
  };
}

function toSpec(deployment: Deployment): ArgoApplication['spec'] {
  const { project, source, sources = [], destination } = deployment;
  return {
    ...(project && { project }),
    ...(source && { source: withoutPosition(source) }),
    ...(sources.length > 1 && {
      sources: sources.map(({ revision, ...place }) => place),
    }),
    ...(destination && {
      destination: {
        ...(destination.cluster && { name: destination.cluster }),
        ...(destination.namespace && { namespace: destination.namespace }),
      },
    }),
  };
}

function toSync({
  sync,
  revision,
  sources = [],
}: Deployment): ArgoApplication['status']['sync'] {
  return {
    status: sync,
    ...(revision && { revision }),
    ...(sources.length > 1 && {
      revisions: sources.map(source => source.revision ?? ''),
    }),
  };
}

function toOperationState({ operation }: Deployment) {
  if (!operation?.startedAt) return {};
  const { phase, message, startedAt, finishedAt } = operation;
  return {
    operationState: {
      phase,
      startedAt,
      ...(message && { message }),
      ...(finishedAt && { finishedAt }),
    },
  };
}

/** An entry without a revision would make the card fail. */
function toHistory({
  history = [],
  source,
  sources = [],
}: Deployment): ArgoApplication['status']['history'] {
  const origin = sources[(source?.position ?? 1) - 1] ?? source;
  return history.flatMap(({ id, revision, deployStartedAt, deployedAt }) =>
    revision
      ? [
          {
            ...(id !== undefined && { id }),
            revision,
            ...(!isCommit(revision) && {
              source: {
                repoURL: origin?.repoURL ?? '',
                chart: origin?.chart ?? origin?.repoURL ?? revision,
              },
            }),
            ...(deployStartedAt && { deployStartedAt }),
            ...(deployedAt && { deployedAt }),
          },
        ]
      : [],
  );
}

function withoutPosition({
  position,
  ...place
}: NonNullable<Deployment['source']>): ArgoSource {
  return place;
}
