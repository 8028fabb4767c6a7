import { LoggerService } from '@backstage/backend-plugin-api';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { PromotionStore } from '../../database/PromotionStore';
import { PromotionNotification } from './notifications';

/** Sends what waits in the outbox. A sink that is down costs no promotion anything. */
export class PromotionNotifier {
  constructor(
    private readonly options: {
      store: PromotionStore;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  /** Never throws; what could not be sent is tried again next time. */
  async drain(): Promise<void> {
    const { store, logger } = this.options;
    for (const effect of await store.pendingEffects('notify')) {
      try {
        await this.#send(
          effect.promotionId,
          effect.payload as unknown as PromotionNotification,
        );
        await store.markEffect(effect.id, 'done');
      } catch (error) {
        logger.warn('A notification about a promotion could not be sent', {
          promotion: effect.promotionId,
          attempts: effect.attempts + 1,
          reason: String(error),
        });
        await store.markEffect(effect.id, 'failed');
      }
    }
  }

  async #send(promotionId: string, notification: PromotionNotification) {
    const { recipients, ...payload } = notification;
    if (recipients.length === 0) return;
    await this.options.notifications.send({
      recipients: { type: 'entity', entityRef: recipients },
      payload: {
        ...payload,
        topic: 'promotions',
        scope: `promotion:${promotionId}:${payload.title}`,
      },
    });
  }
}
