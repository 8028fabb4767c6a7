import type { ServiceDeploymentLifecycleStage } from '@aws-sdk/client-ecs';
import { ServiceRecord } from './records';
import {
  historyOf,
  liveOf,
  primaryOf,
  Scheduling,
  startMissing,
  stopTasks,
} from './deploymentTasks';
import { isHealthy, STEP_MS } from './taskLifecycle';

const SHIFT_MS = 1_000;
/** A minute of `bakeTimeInMinutes` takes this long here. */
const BAKE_MINUTE_MS = 1_000;
/** While both colours run. */
const BOTH_PERCENT = 200;

/** Whether deployments of a service go from blue to green. */
export function isBlueGreen({ configuration }: ServiceRecord): boolean {
  return configuration.strategy === 'BLUE_GREEN';
}

/**
 * Moves a blue/green deployment on by one step: green is scaled up beside blue,
 * takes test and then production traffic, bakes, and blue is stopped.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */
export function advanceBlueGreen(
  service: ServiceRecord,
  scheduling: Scheduling,
): void {
  const { store, now } = scheduling;
  const green = primaryOf(service);
  const entry = historyOf(service, green.id);
  const tasks = store.tasksOfService(service);
  const finish = () => {
    for (const blue of service.deployments) {
      if (blue !== green) {
        stopTasks(service, green, liveOf(tasks, blue), scheduling);
        blue.desiredCount = 0;
      }
    }
  };
  if (!entry || entry.finishedAt) {
    // A rollback: the old colour never lost its tasks.
    startMissing(service, green, tasks, scheduling, BOTH_PERCENT);
    finish();
    return;
  }
  const enter = (stage: ServiceDeploymentLifecycleStage) => {
    entry.lifecycleStage = stage;
    entry.stageMs = 0;
    entry.updatedAt = now.toISOString();
  };
  entry.stageMs += STEP_MS;
  switch (entry.lifecycleStage) {
    case 'RECONCILE_SERVICE':
      if (entry.stageMs >= SHIFT_MS) {
        enter('SCALE_UP');
      }
      return;
    case 'SCALE_UP': {
      startMissing(service, green, tasks, scheduling, BOTH_PERCENT);
      const well = liveOf(tasks, green).filter(task =>
        isHealthy(
          task,
          store.definitionOf(service, task.taskDefinition),
          service,
        ),
      );
      if (well.length >= green.desiredCount) {
        enter('TEST_TRAFFIC_SHIFT');
      }
      return;
    }
    case 'TEST_TRAFFIC_SHIFT':
      if (entry.stageMs >= SHIFT_MS) {
        enter('PRODUCTION_TRAFFIC_SHIFT');
      }
      return;
    case 'PRODUCTION_TRAFFIC_SHIFT':
      if (entry.stageMs >= SHIFT_MS) {
        enter('BAKE_TIME');
      }
      return;
    case 'BAKE_TIME':
      startMissing(service, green, tasks, scheduling, BOTH_PERCENT);
      if (
        entry.stageMs >=
        (service.configuration.bakeTimeInMinutes ?? 0) * BAKE_MINUTE_MS
      ) {
        enter('CLEAN_UP');
        finish();
      }
      return;
    default:
      startMissing(service, green, tasks, scheduling, BOTH_PERCENT);
      finish();
  }
}

/** Whether production traffic goes to the revision that a deployment brings. */
export function hasProductionTraffic(
  stage: ServiceDeploymentLifecycleStage | undefined,
): boolean {
  return (
    stage === undefined ||
    [
      'PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
      'CLEAN_UP',
    ].includes(stage)
  );
}
