import { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { Knex } from 'knex';
import { Adapters } from './AdapterRegistry';
import { DatabaseFirstDeliveryStore } from './database/DatabaseFirstDeliveryStore';
import { EnvironmentService } from './services/EnvironmentService';
import { FirstDeliveryFollower } from './services/firstDelivery/FirstDeliveryFollower';
import { FirstDeliveryReconciler } from './services/firstDelivery/FirstDeliveryReconciler';
import { FirstDeliveryService } from './services/firstDelivery/FirstDeliveryService';

/** Changes of the board come in bursts; one round is enough for all of them. */
const SETTLE_MS = 300;

/** First deliveries as the plugin mounts and runs them. */
export interface RunningFirstDeliveries {
  service: FirstDeliveryService;
  stop(): void;
}

/**
 * Follows new components: one replica looks on schedule, and each one as soon
 * as something it follows moves on its own board.
 */
export async function setUpFirstDeliveries(
  options: Pick<Adapters, 'buildSource' | 'imageRegistrySource' | 'gitHost'> & {
    environments: EnvironmentService;
    /** Told of somebody who waits, so that sources are asked as if they looked. */
    audience: { read(): void };
    catalog: CatalogService;
    notifications: NotificationService;
    scheduler: SchedulerService;
    logger: LoggerService;
    knex: Knex;
  },
): Promise<RunningFirstDeliveries> {
  const { environments, gitHost, scheduler } = options;
  const store = new DatabaseFirstDeliveryStore(options.knex);
  const reconciler = new FirstDeliveryReconciler({
    ...options,
    store,
    follower: new FirstDeliveryFollower(options),
  });
  let timer: NodeJS.Timeout | undefined;
  const wake = () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void reconciler.tick();
    }, SETTLE_MS);
    timer.unref();
  };
  await scheduler.scheduleTask({
    id: 'platform-envs-first-deliveries',
    scope: 'global',
    frequency: { seconds: 5 },
    timeout: { minutes: 2 },
    // the catalog is read first
    initialDelay: { seconds: 5 },
    fn: () => reconciler.tick(),
  });
  const unsubscribe = environments.onChange(() => {
    if (reconciler.isBusy) wake();
  });
  return {
    service: new FirstDeliveryService({
      ...options,
      store,
      wake,
      ...(gitHost && {
        repositoryUrl: (repository: string) =>
          gitHost
            .webUrl(repository, { commit: 'HEAD' })
            .replace(/\/commit\/HEAD$/, ''),
      }),
    }),
    stop: () => {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
