import { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import {
  Audience,
  Pace,
  PaceIntervals,
} from '@fairway/plugin-platform-envs-node';
import { Adapters } from './AdapterRegistry';
import { SnapshotStore } from './database/SnapshotStore';
import { PlatformEnvsConfig } from './readConfig';
import { CapacityService } from './services/capacity/CapacityService';
import { EnvironmentService } from './services/EnvironmentService';
import { ReplicationService } from './services/ReplicationService';
import { StackService } from './services/stacks/StackService';

/** What environments stand on: their clusters, their stacks, and how far their databases trail. */
export interface Infrastructure {
  capacity: CapacityService;
  stacks: StackService;
  replication: ReplicationService;
}

/**
 * Makes the services that look at clusters, stacks and databases. Each replica
 * asks for what is due; what one has read, all show, and none asks again.
 */
export async function setUpInfrastructure(
  options: Pick<
    Adapters,
    'clusterSource' | 'replicationLagSource' | 'stackSource'
  > & {
    audience: Audience;
    config: Pick<PlatformEnvsConfig, 'infrastructure'>;
    environments: EnvironmentService;
    store: SnapshotStore;
    logger: LoggerService;
    scheduler: SchedulerService;
  },
): Promise<Infrastructure> {
  const { audience, scheduler } = options;
  const { clusterSource, replicationLagSource, stackSource } = options;
  const { clusters, stacks: stackIntervals } = options.config.infrastructure;
  const { replicationLag } = options.config.infrastructure;
  const capacity = new CapacityService({
    ...options,
    source: clusterSource,
    pace: new Pace(clusters, options),
  });
  const stacks = new StackService({
    ...options,
    source: stackSource,
    pace: new Pace(stackIntervals, options),
  });
  const replication = new ReplicationService({
    ...options,
    source: replicationLagSource,
    pace: new Pace(replicationLag, options),
  });
  const schedule = async (
    id: string,
    { activeMs }: PaceIntervals,
    poll: () => Promise<void>,
  ) => {
    audience.onArrival(() => void poll());
    await scheduler.scheduleTask({
      id: `platform-envs-${id}`,
      scope: 'local',
      frequency: { milliseconds: activeMs },
      timeout: { minutes: 2 },
      // the catalog is read first
      initialDelay: { seconds: 6 },
      fn: poll,
    });
  };
  if (clusterSource) {
    await schedule('capacity', clusters, () => capacity.poll());
  }
  if (stackSource) {
    await schedule('stacks', stackIntervals, () => stacks.poll());
  }
  if (replicationLagSource) {
    await schedule('replication-lag', replicationLag, () => replication.poll());
  }
  return { capacity, stacks, replication };
}
