import { advanceBlueGreen, isBlueGreen } from './blueGreen';
import {
  historyOf,
  liveOf,
  primaryOf,
  Scheduling,
  startMissing,
  stopTasks,
} from './deploymentTasks';
import { DeploymentRecord, ServiceRecord, TaskRecord } from './records';
import { ServiceEvents } from './serviceEvents';
import { isHealthy, isLive, STEP_MS, stopTask } from './taskLifecycle';

/**
 * Moves a service on by one step: starts and stops tasks within
 * `minimumHealthyPercent` and `maximumPercent`, opens the circuit breaker, and
 * says when a deployment is complete.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function stepService(
  service: ServiceRecord,
  scheduling: Scheduling,
): void {
  const { store, now } = scheduling;
  const tasks = store.tasksOfService(service);
  if (service.status === 'DRAINING') {
    drain(service, tasks, scheduling);
    return;
  }
  const primary = primaryOf(service);
  primary.waitMs = Math.max(0, primary.waitMs - STEP_MS);
  if (isBlueGreen(service) && service.deployments.length > 1) {
    advanceBlueGreen(service, scheduling);
  } else {
    startMissing(service, primary, tasks, scheduling);
    stopSurplus(service, primary, tasks, scheduling);
  }
  settle(service, scheduling);
  service.deployments = service.deployments.filter(
    deployment =>
      deployment.status === 'PRIMARY' ||
      primaryOf(service).rolloutState !== 'COMPLETED' ||
      store
        .tasksOfService(service)
        .some(
          ({ startedBy, lastStatus }) =>
            startedBy === deployment.id && lastStatus !== 'STOPPED',
        ),
  );
  primary.updatedAt =
    primary.rolloutState === 'IN_PROGRESS'
      ? now.toISOString()
      : primary.updatedAt;
}

/** Whether anything will change with a service when time passes, its tasks apart. */
export function isMoving(service: ServiceRecord, tasks: TaskRecord[]): boolean {
  if (service.status === 'INACTIVE') {
    return false;
  }
  if (service.status === 'DRAINING') {
    return true;
  }
  const primary = primaryOf(service);
  const live = tasks.filter(isLive);
  return (
    primary.rolloutState === 'IN_PROGRESS' ||
    (primary.rolloutState === 'COMPLETED' &&
      (live.length !== primary.desiredCount || service.deployments.length > 1))
  );
}

/** Stops what is too many: of the primary, and of older deployments as far as enough healthy tasks remain. */
function stopSurplus(
  service: ServiceRecord,
  primary: DeploymentRecord,
  tasks: TaskRecord[],
  scheduling: Scheduling,
) {
  const { store } = scheduling;
  const own = liveOf(tasks, primary);
  stopTasks(service, primary, own.slice(primary.desiredCount), scheduling);
  if (primary.rolloutState === 'FAILED') {
    return;
  }
  const healthy = (task: TaskRecord) =>
    isHealthy(task, store.definitionOf(service, task.taskDefinition), service);
  const least = Math.ceil(
    (service.desiredCount *
      (service.configuration.minimumHealthyPercent ?? 100)) /
      100,
  );
  let spare = tasks.filter(healthy).length - least;
  for (const old of service.deployments) {
    if (old !== primary) {
      const live = liveOf(tasks, old);
      const ill = live.filter(task => !healthy(task));
      const well = live.filter(healthy).slice(0, Math.max(0, spare));
      spare -= well.length;
      stopTasks(service, primary, [...ill, ...well], scheduling);
      old.desiredCount = liveOf(tasks, old).length;
    }
  }
}

/** Marks what has come true: a task that came up, a complete deployment, a steady state. */
function settle(service: ServiceRecord, { store, events, now }: Scheduling) {
  const primary = primaryOf(service);
  const tasks = store.tasksOfService(service);
  const well = liveOf(tasks, primary).filter(task =>
    isHealthy(task, store.definitionOf(service, task.taskDefinition), service),
  );
  if (well.length > 0 && primary.failuresInRow > 0 && !service.ailment) {
    primary.failuresInRow = 0;
    primary.failedTasks = 0;
  }
  const others = tasks.some(
    task => task.lastStatus !== 'STOPPED' && task.startedBy !== primary.id,
  );
  if (well.length !== primary.desiredCount || others || primary.waitMs > 0) {
    return;
  }
  const begun = primary.rolloutState === 'IN_PROGRESS';
  if (begun) {
    complete(service, primary, events, now);
  }
  const [newest] = service.events;
  if (begun || !newest?.message.endsWith('has reached a steady state.')) {
    events.steady(service, now);
  }
}

function complete(
  service: ServiceRecord,
  primary: DeploymentRecord,
  events: ServiceEvents,
  now: Date,
) {
  const at = now.toISOString();
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = at;
  events.completed(service, primary, now);
  const rolledBack = service.history.find(
    ({ status }) => status === 'ROLLBACK_IN_PROGRESS',
  );
  if (rolledBack) {
    Object.assign(rolledBack, {
      status: 'ROLLBACK_SUCCESSFUL',
      finishedAt: at,
      updatedAt: at,
    });
  }
  const entry = historyOf(service, primary.id);
  if (entry && entry.finishedAt === undefined) {
    Object.assign(entry, {
      status: 'SUCCESSFUL',
      finishedAt: at,
      updatedAt: at,
      lifecycleStage: undefined,
    });
  }
}

function drain(
  service: ServiceRecord,
  tasks: TaskRecord[],
  { events, now }: Scheduling,
) {
  const live = tasks.filter(isLive);
  if (live.length > 0) {
    events.stopped(service, live, now);
    live.forEach(task =>
      stopTask(task, 'ServiceSchedulerInitiated', 'Service was deleted', now),
    );
  }
  if (tasks.every(({ lastStatus }) => lastStatus === 'STOPPED')) {
    service.status = 'INACTIVE';
    service.deployments = [];
  }
}
