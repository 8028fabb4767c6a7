import { ServiceRecord, TaskRecord } from '../aws/ecs/records';
import { ecsEnvironments } from '../aws/ecs/seedEcs';
import { SeedEnvironment, SeedPlatform } from '../platforms';
import { World } from '../types';

/** A service that ECS runs, and where in the platforms it belongs. */
export interface PlacedEcsService {
  platform: SeedPlatform;
  environment: SeedEnvironment;
  service: ServiceRecord;
  /** Its tasks that run now. */
  running: TaskRecord[];
}

/** Services of the platforms' ECS clusters that are not deleted; none where there is no AWS. */
export function ecsServices(
  world: Pick<World, 'platforms' | 'aws'>,
): PlacedEcsService[] {
  const { services, tasks } = world.aws?.ecs.store.state ?? {
    services: [],
    tasks: [],
  };
  return ecsEnvironments(world.platforms).flatMap(
    ({ platform, environment }) => {
      const isHere = (of: { accountId: string; cluster: string }) =>
        of.accountId === environment.accountId &&
        of.cluster === environment.cluster;
      return services
        .filter(service => isHere(service) && service.status === 'ACTIVE')
        .map(service => ({
          platform,
          environment,
          service,
          running: tasks.filter(
            task =>
              isHere(task) &&
              task.service === service.name &&
              task.lastStatus === 'RUNNING',
          ),
        }));
    },
  );
}

/** When a deployment of a service was complete, oldest first; epoch milliseconds. */
export function deploymentsOf({ history }: ServiceRecord): number[] {
  return history
    .filter(({ status }) => /SUCCESSFUL$/.test(status))
    .map(({ finishedAt, startedAt }) => Date.parse(finishedAt ?? startedAt))
    .sort((a, b) => a - b);
}

/** Whether requests meet tasks that fail, or none at all. */
export function isInTrouble({ service, running }: PlacedEcsService): boolean {
  return (
    Boolean(service.ailment) ||
    (running.length === 0 && service.desiredCount > 0)
  );
}
