import { AwsError } from '../AwsError';
import { EcsStore } from './EcsStore';
import {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  TaskRecord,
} from './records';
import { ServiceEvents } from './serviceEvents';
import { isLive, stopTask } from './taskLifecycle';

/** What the scheduler of services works with. */
export interface Scheduling {
  store: EcsStore;
  events: ServiceEvents;
  now: Date;
  /** Starts tasks of a deployment; they are live at once. */
  start(
    service: ServiceRecord,
    deployment: DeploymentRecord,
    count: number,
  ): TaskRecord[];
}

/** The deployment whose tasks a service is to run. */
export function primaryOf(service: ServiceRecord): DeploymentRecord {
  const primary = service.deployments.find(
    ({ status }) => status === 'PRIMARY',
  );
  if (!primary) {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  }
  return primary;
}

/** The entry of the history that a deployment belongs to. */
export function historyOf(
  service: ServiceRecord,
  deploymentId: string,
): ServiceDeploymentRecord | undefined {
  return service.history.find(entry => entry.deploymentId === deploymentId);
}

/** Tasks of a deployment that are meant to run. */
export function liveOf(
  tasks: TaskRecord[],
  { id }: DeploymentRecord,
): TaskRecord[] {
  return tasks.filter(task => task.startedBy === id && isLive(task));
}

/** Starts tasks of a deployment up to its count, as far as the maximum allows. */
export function startMissing(
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: TaskRecord[],
  { start, events, now }: Scheduling,
  maximumPercent = service.configuration.maximumPercent ?? 200,
): void {
  if (deployment.rolloutState === 'FAILED' || deployment.waitMs > 0) {
    return;
  }
  const missing = deployment.desiredCount - liveOf(tasks, deployment).length;
  const most = Math.floor((service.desiredCount * maximumPercent) / 100);
  const count = Math.min(missing, most - tasks.filter(isLive).length);
  if (count > 0) {
    events.started(service, start(service, deployment, count), now);
    events.targets(service, 'registered', count, now);
  }
}

/** Stops tasks of a deployment with the reason that ECS gives. */
export function stopTasks(
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: TaskRecord[],
  { events, now }: Scheduling,
): void {
  if (tasks.length === 0) {
    return;
  }
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  if (running.length > 0) {
    events.targets(service, 'deregistered', running.length, now);
    events.stopped(service, running, now);
  }
  tasks.forEach(task =>
    stopTask(task, 'ServiceSchedulerInitiated', scalingReason(deployment), now),
  );
}

/** Why the scheduler stops a task, as ECS words it. */
export function scalingReason({ id }: DeploymentRecord): string {
  return `Scaling activity initiated by (deployment ${id})`;
}
