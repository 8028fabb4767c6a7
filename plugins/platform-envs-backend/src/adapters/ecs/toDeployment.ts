import {
  ContainerDefinition,
  Service,
  ServiceDeploymentBrief,
  ServiceEvent,
  Task,
} from '@aws-sdk/client-ecs';
import {
  DeploymentEvent,
  HealthStatus,
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_PART_OF,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentResource,
} from '@fairway/plugin-platform-envs-node';

/** Everything that ECS says about one service. */
export interface EcsServiceFacts {
  service: Service;
  /** Of the task definitions that run or are to run, by ARN. */
  containers: Record<string, ContainerDefinition[]>;
  /** Newest first. */
  rollouts: ServiceDeploymentBrief[];
  /** Image by ARN of service revision. */
  images: Map<string, string>;
  /** The last ones that did not stop by plan; only when the service is not well. */
  stopped?: Task[];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const STEADY = /has reached a steady state/;
const WARNING = /unable|unhealthy|failed|impaired|deregistered.*unhealthy/;

/** Of a reason in a sentence; the whole stands with its task. */
const MAX_REASON = 120;

/** Where a service stands. */
export interface EcsPlace {
  /** Key of the deployment source. */
  instance: string;
  accountId: string;
  region: string;
  cluster: string;
  /** Short name of the environment and name of its system; absent where several share the cluster. */
  environment?: { shortName: string; system: string };
}

/** At most so many events of one service are told of. */
const MAX_EVENTS = 20;

/** Whether the service runs as wanted and its last rollout went well. */
export function isSettled(facts: EcsServiceFacts): boolean {
  const { health } = healthOf(facts.service);
  const last = facts.rollouts[0]?.status;
  return health === 'Healthy' && (!last || last === 'SUCCESSFUL');
}

/**
 * Reads a service of ECS as a deployment, named by its ARN. Its tags
 * `Component`, `Environment` and `System` say what it is; without them its
 * name and the cluster's environment do.
 */
export function toDeployment(
  facts: EcsServiceFacts,
  place: EcsPlace,
): Deployment {
  const { service } = facts;
  const name = service.serviceName ?? '';
  const { health, since, ...said } = healthOf(service);
  const message = withReason(said.message, health, facts.stopped);
  const operation = operationOf(facts);
  return {
    instance: place.instance,
    name: service.serviceArn ?? name,
    namespace: place.cluster,
    labels: labelsOf(service, place),
    destination: { cluster: place.cluster },
    automated: false,
    // that is for who knows what Git says
    sync: 'Unknown',
    health,
    ...(message && { healthMessage: message }),
    ...(since && { healthSince: since.toISOString() }),
    images: imagesOf(facts),
    resources: resourcesOf(facts, health, message),
    conditions: [],
    ...(service.events?.length && { events: eventsOf(service.events) }),
    ...(operation && { operation }),
    history: facts.rollouts
      .filter(r => r.status === 'SUCCESSFUL')
      .map(rollout => {
        const image = facts.images.get(rollout.targetServiceRevisionArn ?? '');
        return {
          ...(image && { image }),
          ...(rollout.startedAt && {
            deployStartedAt: rollout.startedAt.toISOString(),
          }),
          ...(rollout.finishedAt && {
            deployedAt: rollout.finishedAt.toISOString(),
          }),
        };
      })
      .reverse(),
    url: consoleUrl(place, name),
  };
}

function labelsOf(
  { serviceName, tags = [] }: Service,
  { environment }: EcsPlace,
): Record<string, string> {
  const tag = (name: string) => tags.find(({ key }) => key === name)?.value;
  return Object.fromEntries(
    [
      [LABEL_COMPONENT, tag('Component') ?? serviceName],
      [LABEL_ENVIRONMENT, tag('Environment') ?? environment?.shortName],
      [LABEL_PART_OF, tag('System') ?? environment?.system],
    ].filter(([, value]) => value),
  );
}

/**
 * Health in Argo CD's words: `Missing` while it is deleted, `Suspended` when
 * scaled to zero, `Degraded` when nothing runs or a rollout failed.
 */
function healthOf(service: Service): {
  health: HealthStatus;
  message?: string;
  since?: Date;
} {
  if (service.status !== 'ACTIVE') {
    return { health: 'Missing', message: `The service is ${service.status}` };
  }
  const primary = service.deployments?.find(d => d.status === 'PRIMARY');
  if (!primary) return { health: 'Unknown' };
  const { desiredCount = 0, runningCount = 0 } = service;
  const { failedTasks = 0, rolloutState = 'COMPLETED' } = primary;
  const since = primary.updatedAt ?? primary.createdAt;
  const count = `${runningCount} of ${desiredCount} tasks run`;
  if (rolloutState === 'FAILED') {
    return {
      health: 'Degraded',
      message: primary.rolloutStateReason ?? 'The rollout failed',
      since,
    };
  }
  if (rolloutState === 'IN_PROGRESS') {
    const ofPrimary = `${primary.runningCount ?? 0} of ${
      primary.desiredCount ?? 0
    } new tasks run`;
    return failedTasks > 0
      ? {
          health: 'Degraded',
          message: `${failedTasks} new ${
            failedTasks === 1 ? 'task' : 'tasks'
          } failed; ${ofPrimary}`,
          since: primary.createdAt,
        }
      : {
          health: 'Progressing',
          message: ofPrimary,
          since: primary.createdAt,
        };
  }
  if (desiredCount === 0) {
    return { health: 'Suspended', message: 'Scaled to zero', since };
  }
  if (runningCount >= desiredCount) return { health: 'Healthy', since };
  return {
    health: runningCount === 0 ? 'Degraded' : 'Progressing',
    message: count,
  };
}

/** What is wrong with a service is told by its last task that stopped. */
function withReason(
  message: string | undefined,
  health: HealthStatus,
  stopped: Task[] = [],
): string | undefined {
  if (health !== 'Degraded' || stopped.length === 0) return message;
  const reason = whyStopped(stopped[0]);
  const short =
    reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason;
  return [message, short].filter(Boolean).join(': ');
}

/** Of the containers that run, the newest task definition first. */
function imagesOf({ service, containers }: EcsServiceFacts): string[] {
  const images = (service.deployments ?? [])
    .filter(({ runningCount = 0 }) => runningCount > 0)
    .flatMap(({ taskDefinition }) => containers[taskDefinition ?? ''] ?? [])
    .flatMap(({ image }) => image ?? []);
  return [...new Set(images)];
}

/** The service, why its tasks stopped, and what it runs. */
function resourcesOf(
  { service, stopped = [] }: EcsServiceFacts,
  health: HealthStatus,
  message: string | undefined,
): DeploymentResource[] {
  const definitions = new Map(
    (service.deployments ?? []).map(({ taskDefinition }) => [
      lastPart(taskDefinition),
      runningOf(service, taskDefinition),
    ]),
  );
  return [
    {
      kind: 'Service',
      name: service.serviceName ?? '',
      health,
      ...(message && { message }),
    },
    ...stopped.map(task => ({
      kind: 'Task',
      name: lastPart(task.taskArn),
      health: 'Degraded' as const,
      message: whyStopped(task),
    })),
    ...[...definitions].map(([name, running]) => ({
      kind: 'TaskDefinition',
      name,
      message: `${running} ${running === 1 ? 'task runs' : 'tasks run'}`,
    })),
  ];
}

function runningOf(service: Service, definition: string | undefined): number {
  return (service.deployments ?? [])
    .filter(({ taskDefinition }) => taskDefinition === definition)
    .reduce((sum, { runningCount = 0 }) => sum + runningCount, 0);
}

/** In the words of ECS; what it says of a container again is left out. */
function whyStopped({ stoppedReason = '', containers = [] }: Task): string {
  const ofContainers = containers.flatMap(({ name, reason, exitCode }) => {
    if (reason)
      return stoppedReason.includes(reason) ? [] : [`${name}: ${reason}`];
    return exitCode ? [`${name} ended with exit code ${exitCode}`] : [];
  });
  return (
    [stoppedReason, ...ofContainers].filter(Boolean).join('; ') ||
    'Stopped; ECS gives no reason'
  );
}

/** Newest first, as ECS has them. That it is steady is said over and over, so only once here. */
function eventsOf(events: ServiceEvent[]): DeploymentEvent[] {
  const told = events.flatMap(({ createdAt, message }) =>
    createdAt && message
      ? [
          {
            at: createdAt.toISOString(),
            message,
            ...(WARNING.test(message) && { isWarning: true }),
          },
        ]
      : [],
  );
  return told
    .filter(
      ({ message }, i) =>
        !STEADY.test(message) || !STEADY.test(told[i + 1]?.message ?? ''),
    )
    .slice(0, MAX_EVENTS);
}

function operationOf({
  rollouts: [last],
}: EcsServiceFacts): Deployment['operation'] {
  if (!last?.status) return undefined;
  const times = {
    ...(last.startedAt && { startedAt: last.startedAt.toISOString() }),
    ...(last.finishedAt && { finishedAt: last.finishedAt.toISOString() }),
  };
  switch (last.status) {
    case 'SUCCESSFUL':
      return { phase: 'Succeeded', ...times };
    case 'PENDING':
    case 'IN_PROGRESS':
      return { phase: 'Running', ...times };
    default:
      return {
        phase: 'Failed',
        message:
          last.statusReason ??
          `ECS ended it as ${last.status.toLowerCase().replace(/_/g, ' ')}`,
        ...times,
      };
  }
}

function consoleUrl({ region, cluster }: EcsPlace, service: string): string {
  const path = [cluster, 'services', service].map(encodeURIComponent).join('/');
  return `https://${region}.console.aws.amazon.com/ecs/v2/clusters/${path}/health?region=${region}`;
}

function lastPart(arn: string | undefined): string {
  return arn?.split('/').at(-1) ?? '';
}
