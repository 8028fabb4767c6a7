import { LoggerService } from '@backstage/backend-plugin-api';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { RemovalStore } from '../../database/RemovalStore';
import { People } from '../promotions/People';
import { RemovalFacts } from './RemovalFacts';
import { RemovalNotifier } from './RemovalNotifier';
import { RemovalRun } from './RemovalRun';
import { RemovalService } from './RemovalService';

/** What removals are made of. */
export interface RemovalsOptions {
  store: RemovalStore;
  facts: RemovalFacts;
  people: People;
  notifications: NotificationService;
  logger: LoggerService;
  now?: () => Date;
}

/** The parts of removals. */
export type Removals = ReturnType<typeof createRemovals>;

/** Puts the parts of removals together. */
export function createRemovals(options: RemovalsOptions) {
  const notifier = new RemovalNotifier(options);
  const service = new RemovalService({ ...options, notifier });
  const run = new RemovalRun({ ...options, service, notifier });
  return { service, run, notifier };
}
