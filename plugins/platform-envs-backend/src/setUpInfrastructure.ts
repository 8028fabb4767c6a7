import { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';
import { Adapters } from './AdapterRegistry';
import { SnapshotStore } from './database/SnapshotStore';
import { PlatformEnvsConfig } from './readConfig';
import { CapacityService } from './services/capacity/CapacityService';
import { EnvironmentService } from './services/EnvironmentService';
import { StackService } from './services/stacks/StackService';

/** Quotas and nodes move by the minute; asking more often shows little more. */
const CAPACITY_EVERY: HumanDuration = { seconds: 60 };

/** Stacks change seldom, and AWS throttles by account. */
const STACKS_EVERY: HumanDuration = { minutes: 10 };

/** What environments stand on: their clusters and their stacks. */
export interface Infrastructure {
  capacity: CapacityService;
  stacks: StackService;
}

/**
 * Makes the services that look at clusters and stacks, and lets one replica
 * feed them for all.
 */
export async function setUpInfrastructure(
  options: Pick<Adapters, 'clusterSource' | 'stackSource'> & {
    config: Pick<PlatformEnvsConfig, 'infrastructure'>;
    environments: EnvironmentService;
    store: SnapshotStore;
    logger: LoggerService;
    scheduler: SchedulerService;
  },
): Promise<Infrastructure> {
  const { config, clusterSource, stackSource, scheduler } = options;
  const capacityEvery = config.infrastructure.capacityEvery ?? CAPACITY_EVERY;
  const stacksEvery = config.infrastructure.stacksEvery ?? STACKS_EVERY;
  const capacity = new CapacityService({
    ...options,
    source: clusterSource,
    intervalMs: durationToMilliseconds(capacityEvery),
  });
  const stacks = new StackService({
    ...options,
    source: stackSource,
    intervalMs: durationToMilliseconds(stacksEvery),
  });
  const schedule = (id: string, frequency: HumanDuration, poll: Poll) =>
    scheduler.scheduleTask({
      id: `platform-envs-${id}`,
      scope: 'global',
      frequency,
      timeout: { minutes: 2 },
      // the catalog is read first
      initialDelay: { seconds: 6 },
      fn: poll,
    });
  if (clusterSource) {
    await schedule('capacity', capacityEvery, () => capacity.poll());
  }
  if (stackSource) {
    await schedule('stacks', stacksEvery, () => stacks.poll());
  }
  return { capacity, stacks };
}

type Poll = () => Promise<void>;
