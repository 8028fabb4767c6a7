import { LoggerService } from '@backstage/backend-plugin-api';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { RemovalStore } from '../../database/RemovalStore';

/** Sends what waits to be told about removals. A sink that is down costs no removal anything. */
export class RemovalNotifier {
  constructor(
    private readonly options: {
      store: RemovalStore;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  /** Never throws; what could not go is tried next time. */
  async drain(): Promise<void> {
    const { store, notifications, logger } = this.options;
    for (const { id, removalId, notice } of await store.pendingNotices()) {
      const { key, recipients, ...payload } = notice;
      try {
        await notifications.send({
          recipients: { type: 'entity', entityRef: recipients },
          payload: {
            ...payload,
            topic: 'removals',
            // sent twice, it is shown once
            scope: `removal:${removalId}:${key}`,
          },
        });
        await store.markNotice(id, 'sent');
      } catch (error) {
        logger.warn('A notification about a removal could not be sent', {
          removal: removalId,
          reason: String(error),
        });
        await store.markNotice(id, 'failed');
      }
    }
  }
}
