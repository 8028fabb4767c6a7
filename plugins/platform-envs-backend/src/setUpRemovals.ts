import {
  AuthService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { Knex } from 'knex';
import { DatabaseRemovalStore } from './database/DatabaseRemovalStore';
import { PromotionStore } from './database/PromotionStore';
import { EnvironmentService } from './services/EnvironmentService';
import { People } from './services/promotions/People';
import { createRemovals, Removals } from './services/removal/createRemovals';
import { RemovalFacts } from './services/removal/RemovalFacts';

/** Removals; one replica sends again what could not be sent at once. */
export async function setUpRemovals(options: {
  environments: EnvironmentService;
  promotions: PromotionStore;
  auth: AuthService;
  catalog: CatalogService;
  notifications: NotificationService;
  scheduler: SchedulerService;
  logger: LoggerService;
  knex: Knex;
}): Promise<Removals> {
  const removals = createRemovals({
    ...options,
    store: new DatabaseRemovalStore(options.knex),
    facts: new RemovalFacts(options),
    people: new People(options),
  });
  await options.scheduler.scheduleTask({
    id: 'platform-envs-removal-notices',
    scope: 'global',
    frequency: { minutes: 1 },
    timeout: { minutes: 2 },
    initialDelay: { seconds: 20 },
    fn: () => removals.notifier.drain(),
  });
  return removals;
}
