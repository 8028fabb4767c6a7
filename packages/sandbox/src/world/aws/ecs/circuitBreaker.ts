import {
  historyOf,
  liveOf,
  scalingReason,
  Scheduling,
} from './deploymentTasks';
import { DeploymentRecord, ServiceRecord, TaskRecord } from './records';
import { STEP_MS, stopTask } from './taskLifecycle';

const MAX_WAIT_MS = 8_000;
/** A rollback takes at least this long, also where the old tasks all still run. */
const ROLLBACK_MS = 3_000;
/** After so many failures one after the other ECS says that it cannot start tasks. */
const IMPAIRED_AFTER = 5;
const BREAKER_MIN = 3;
const BREAKER_MAX = 200;

/** How many tasks of a deployment may fail before the circuit breaker opens: half of them, from 3 to 200. */
export function breakerThreshold(desiredCount: number): number {
  return Math.min(
    Math.max(Math.ceil(desiredCount / 2), BREAKER_MIN),
    BREAKER_MAX,
  );
}

/** Counts a task that could not start or go on, and opens the circuit breaker when it was one too many. */
export function taskFailed(
  service: ServiceRecord,
  task: TaskRecord,
  scheduling: Scheduling,
  options: { counts: boolean },
): void {
  const deployment = service.deployments.find(
    ({ id }) => id === task.startedBy,
  );
  if (!deployment || service.status !== 'ACTIVE') {
    return;
  }
  const { events, now } = scheduling;
  if (task.stopCode === 'ServiceSchedulerInitiated') {
    events.unhealthy(service, task, now);
  }
  deployment.failuresInRow += 1;
  deployment.waitMs = Math.min(
    STEP_MS * 2 ** (deployment.failuresInRow - 1),
    MAX_WAIT_MS,
  );
  if (deployment.failuresInRow % IMPAIRED_AFTER === 0) {
    events.impaired(service, now);
  }
  if (!options.counts || deployment.rolloutState !== 'IN_PROGRESS') {
    return;
  }
  deployment.failedTasks += 1;
  const entry = historyOf(service, deployment.id);
  if (entry) {
    entry.failedTasks = deployment.failedTasks;
  }
  if (
    service.configuration.deploymentCircuitBreaker?.enable &&
    deployment.status === 'PRIMARY' &&
    deployment.failedTasks >= breakerThreshold(service.desiredCount)
  ) {
    openBreaker(service, deployment, scheduling);
  }
}

function openBreaker(
  service: ServiceRecord,
  failed: DeploymentRecord,
  { events, now, store }: Scheduling,
) {
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  failed.rolloutState = 'FAILED';
  failed.rolloutStateReason = reason;
  failed.updatedAt = now.toISOString();
  events.failed(service, failed, now);
  const entry = historyOf(service, failed.id);
  const previous = service.deployments.find(
    ({ status, rolloutState }) =>
      status === 'ACTIVE' && rolloutState === 'COMPLETED',
  );
  const rollsBack =
    service.configuration.deploymentCircuitBreaker?.rollback && previous;
  if (entry) {
    Object.assign(entry, {
      breakerTriggered: true,
      statusReason:
        'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      status: rollsBack ? 'ROLLBACK_IN_PROGRESS' : 'STOPPED',
      updatedAt: now.toISOString(),
      ...(rollsBack ? {} : { stoppedAt: now.toISOString() }),
    });
  }
  if (!rollsBack) {
    return;
  }
  events.rollingBack(service, previous, now);
  failed.status = 'ACTIVE';
  failed.desiredCount = 0;
  Object.assign(previous, {
    status: 'PRIMARY',
    desiredCount: service.desiredCount,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${previous.id}.`,
    updatedAt: now.toISOString(),
    failedTasks: 0,
    failuresInRow: 0,
    waitMs: ROLLBACK_MS,
  });
  service.deployments = [
    previous,
    ...service.deployments.filter(deployment => deployment !== previous),
  ];
  if (entry) {
    entry.rollback = {
      reason,
      startedAt: now.toISOString(),
      revisionArn: previous.revisionArn,
    };
  }
  for (const task of liveOf(store.tasksOfService(service), failed)) {
    stopTask(task, 'ServiceSchedulerInitiated', scalingReason(failed), now);
  }
}
