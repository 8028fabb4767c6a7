import { Pull } from './imagePull';
import {
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
  TaskStatus,
} from './records';

/** Everything that takes time in ECS moves in steps of this, in world milliseconds. */
export const STEP_MS = 500;

/** How long a task keeps a status on its way up or down; Fargate takes about twenty times as long. */
const LASTS_MS: Partial<Record<TaskStatus, number>> = {
  PROVISIONING: 1_000,
  PENDING: 1_500,
  ACTIVATING: 500,
  DEACTIVATING: 500,
  STOPPING: 1_000,
  DEPROVISIONING: 500,
};
/** A task passes its first health checks after this. */
const HEALTHY_AFTER_MS = 1_000;
/** A task that is to fail does so after this. */
const FAILS_AFTER_MS = 1_000;
/** A task that was run with a command of its own has done its work after this. */
const JOB_MS = 6_000;

const OUT_OF_MEMORY = 137;
/** ECS keeps stopped tasks for an hour. */
const STOPPED_KEPT_MS = 60 * 60 * 1000;

/** What a step of a task can need to know. */
export interface TaskSurroundings {
  now: Date;
  definition: TaskDefinitionRecord;
  /** Absent for a task that was run by hand. */
  service: ServiceRecord | undefined;
  pull(image: string): Pull;
}

/** Whether a task is meant to run: starting or running, not on its way out. */
export const isLive = (task: TaskRecord): boolean =>
  task.desiredStatus === 'RUNNING';

/** Whether health checks, of a container or of a load balancer, look at a task. */
export function isChecked(
  definition: TaskDefinitionRecord,
  service: ServiceRecord | undefined,
): boolean {
  return (
    Boolean(service?.loadBalancers.length) ||
    definition.containers.some(({ healthCheck }) => healthCheck)
  );
}

/** Whether a task runs and, where anything checks its health, passed. */
export function isHealthy(
  task: TaskRecord,
  definition: TaskDefinitionRecord,
  service: ServiceRecord | undefined,
): boolean {
  return (
    task.lastStatus === 'RUNNING' &&
    isLive(task) &&
    (task.statusMs >= HEALTHY_AFTER_MS || !isChecked(definition, service))
  );
}

/** Whether ECS has forgotten a task. */
export function isForgotten(task: TaskRecord, now: Date): boolean {
  return (
    task.stoppedAt !== undefined &&
    now.getTime() - Date.parse(task.stoppedAt) > STOPPED_KEPT_MS
  );
}

/** Whether anything will change with a task when time passes. */
export function isMoving(task: TaskRecord, service?: ServiceRecord): boolean {
  if (task.lastStatus === 'STOPPED') {
    return false;
  }
  return (
    task.lastStatus !== 'RUNNING' ||
    !isLive(task) ||
    task.statusMs < HEALTHY_AFTER_MS ||
    Boolean(service?.ailment) ||
    hasJob(task)
  );
}

/** Asks a task to stop; it goes through its statuses from here on. */
export function stopTask(
  task: TaskRecord,
  stopCode: NonNullable<TaskRecord['stopCode']>,
  reason: string,
  now: Date,
): void {
  if (!isLive(task)) {
    return;
  }
  task.desiredStatus = 'STOPPED';
  task.stopCode = stopCode;
  task.stoppedReason = reason;
  task.stoppingAt = now.toISOString();
  task.version += 1;
}

/**
 * Moves a task on by {@link STEP_MS}. Returns `failed` in the step in which it
 * turns out that the task cannot run or go on running.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export function stepTask(
  task: TaskRecord,
  surroundings: TaskSurroundings,
): 'failed' | undefined {
  const { now, service } = surroundings;
  task.statusMs += STEP_MS;
  const over = task.statusMs >= (LASTS_MS[task.lastStatus] ?? Infinity);
  const balanced = Boolean(service?.loadBalancers.length);
  switch (task.lastStatus) {
    case 'PROVISIONING':
      if (!isLive(task)) {
        enter(task, 'DEPROVISIONING');
      } else if (over) {
        task.pullStartedAt = now.toISOString();
        enter(task, 'PENDING');
      }
      return undefined;
    case 'PENDING':
      if (!isLive(task)) {
        enter(task, 'DEPROVISIONING');
        return undefined;
      }
      return over ? pullAndStart(task, surroundings, balanced) : undefined;
    case 'ACTIVATING':
      if (over) {
        enter(task, 'RUNNING');
      }
      return undefined;
    case 'RUNNING':
      if (!isLive(task)) {
        enter(task, balanced ? 'DEACTIVATING' : 'STOPPING');
        return undefined;
      }
      return run(task, surroundings);
    case 'DEACTIVATING':
      if (over) {
        enter(task, 'STOPPING');
      }
      return undefined;
    case 'STOPPING':
      if (over) {
        task.executionStoppedAt = now.toISOString();
        task.containers.forEach(container => {
          container.exitCode ??= 0;
        });
        enter(task, 'DEPROVISIONING');
      }
      return undefined;
    case 'DEPROVISIONING':
      if (over) {
        task.stoppedAt = now.toISOString();
        enter(task, 'STOPPED');
      }
      return undefined;
    default:
      return undefined;
  }
}

function enter(task: TaskRecord, status: TaskStatus) {
  task.lastStatus = status;
  task.statusMs = 0;
  task.version += 1;
}

function pullAndStart(
  task: TaskRecord,
  { now, pull }: TaskSurroundings,
  balanced: boolean,
): 'failed' | undefined {
  for (const container of task.containers) {
    const result = pull(container.image);
    if ('error' in result) {
      container.reason = result.error;
      stopTask(task, 'TaskFailedToStart', result.error, now);
      task.executionStoppedAt = now.toISOString();
      enter(task, 'DEPROVISIONING');
      return 'failed';
    }
    container.imageDigest = result.digest;
  }
  task.pullStoppedAt = now.toISOString();
  task.startedAt = now.toISOString();
  enter(task, balanced ? 'ACTIVATING' : 'RUNNING');
  return undefined;
}

function run(
  task: TaskRecord,
  { now, service }: TaskSurroundings,
): 'failed' | undefined {
  const ailment = service?.ailment;
  if (ailment && task.statusMs >= FAILS_AFTER_MS) {
    if (ailment.kind === 'unhealthy') {
      const [target] = service.loadBalancers;
      stopTask(
        task,
        'ServiceSchedulerInitiated',
        target
          ? `Task failed ELB health checks in (target-group ${target.targetGroupArn})`
          : 'Task failed container health checks',
        now,
      );
      enter(task, 'STOPPING');
    } else {
      const [main] = task.containers;
      main.exitCode = ailment.kind === 'oom' ? OUT_OF_MEMORY : 1;
      main.reason =
        ailment.kind === 'oom'
          ? 'OutOfMemoryError: Container killed due to memory usage'
          : ailment.reason;
      exit(task, now);
    }
    return 'failed';
  }
  if (hasJob(task) && task.statusMs >= JOB_MS) {
    exit(task, now);
  }
  return undefined;
}

function hasJob({ service, overrides }: TaskRecord): boolean {
  return (
    !service &&
    Boolean(overrides?.containerOverrides?.some(({ command }) => command))
  );
}

/** An essential container ended: the others are stopped with it. */
function exit(task: TaskRecord, now: Date) {
  stopTask(
    task,
    'EssentialContainerExited',
    'Essential container in task exited',
    now,
  );
  task.executionStoppedAt = now.toISOString();
  task.containers.forEach(container => {
    container.exitCode ??= 0;
  });
  enter(task, 'DEPROVISIONING');
}
