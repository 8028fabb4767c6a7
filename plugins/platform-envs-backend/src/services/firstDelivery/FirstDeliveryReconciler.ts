import { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { FirstDelivery } from '@fairway/plugin-platform-envs-common';
import {
  FirstDeliveryNotice,
  FirstDeliveryStore,
  StoredFirstDelivery,
} from '../../database/FirstDeliveryStore';
import { Rounds } from '../Rounds';
import { FirstDeliveryFollower } from './FirstDeliveryFollower';
import {
  FirstDeliveryJudgement,
  judgeFirstDelivery,
} from './judgeFirstDelivery';

/** @see FirstDeliveryReconciler */
export interface FirstDeliveryReconcilerOptions {
  store: FirstDeliveryStore;
  follower: FirstDeliveryFollower;
  /** Somebody waits for what is on its way, also with no page open. */
  audience: { read(): void };
  notifications: NotificationService;
  logger: LoggerService;
  now?: () => Date;
}

/** Between two looks at one that is on its way, and at one that waits for somebody. */
const LOOK_EVERY_MS = { following: 1_500, stopped: 20_000 };

/** One that nobody mended for so long is not looked at any more. */
const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000;

/** In one round; more wait for the next, which comes in seconds. */
const MAX_IN_ROUND = 100;

/**
 * Follows new components to their first environment. Level-based: each round
 * looks, judges and saves what it saw, so a restart loses nothing; two replicas
 * that look at once save once, by the version.
 */
export class FirstDeliveryReconciler {
  readonly #rounds = new Rounds(() => this.#round());
  #open = 0;

  constructor(private readonly options: FirstDeliveryReconcilerOptions) {}

  /** Whether anything is followed, as of the last round. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  /** One round over everything that is due; a call during a round leads to one more. Never throws. */
  async tick(): Promise<void> {
    await this.#rounds.run();
  }

  async #round(): Promise<void> {
    const { store, follower, logger } = this.options;
    try {
      const due = await store.listDue(this.#now(), MAX_IN_ROUND);
      await Promise.all(due.map(stored => this.#look(stored)));
      this.#open = await store.countOpen();
      if (this.#open === 0) follower.forgetAllBut([]);
      await this.#tell();
    } catch (error) {
      logger.error('A round over first deliveries failed', error as Error);
    }
  }

  async #look(stored: StoredFirstDelivery): Promise<void> {
    const { audience, follower, store, logger } = this.options;
    if (stored.delivery.state === 'following') audience.read();
    const { delivery, trouble } = stored;
    const now = this.#now();
    try {
      const facts = await follower.observe(stored, now);
      const judged = judgeFirstDelivery({ ...delivery, trouble }, facts, now);
      const next = applied(delivery, judged, now);
      const every =
        next.state === 'stopped'
          ? LOOK_EVERY_MS.stopped
          : LOOK_EVERY_MS.following;
      await store.save(
        { ...stored, delivery: next, trouble: judged.trouble },
        {
          nextLookAt: new Date(now.getTime() + every),
          ...(next.state !== delivery.state && noticeOf(next)),
        },
      );
    } catch (error) {
      logger.warn('A first delivery could not be looked at; it will be again', {
        delivery: delivery.id,
        reason: String(error),
      });
    }
  }

  /** A sink that is down costs no delivery anything: what did not go is tried next time. */
  async #tell(): Promise<void> {
    const { store, notifications, logger } = this.options;
    for (const {
      id,
      deliveryId,
      outcome,
      notice,
    } of await store.pendingNotices()) {
      try {
        const { recipient, ...payload } = notice;
        await notifications.send({
          recipients: { type: 'entity', entityRef: recipient },
          payload: {
            ...payload,
            topic: 'deployments',
            // sent twice, it is shown once
            scope: `first-delivery:${deliveryId}:${outcome}`,
          },
        });
        await store.markNotice(id, 'sent');
      } catch (error) {
        logger.warn('A notification about a first delivery could not be sent', {
          delivery: deliveryId,
          reason: String(error),
        });
        await store.markNotice(id, 'failed');
      }
    }
  }

  #now(): Date {
    return (this.options.now ?? (() => new Date()))();
  }
}

function applied(
  delivery: FirstDelivery,
  judged: FirstDeliveryJudgement,
  now: Date,
): FirstDelivery {
  const isExpired =
    judged.state !== 'delivered' &&
    now.getTime() - Date.parse(delivery.createdAt) >= GIVE_UP_AFTER_MS;
  const state = isExpired ? 'expired' : judged.state;
  const { trouble, ...rest } = judged;
  return {
    ...delivery,
    ...rest,
    state,
    observedAt: now.toISOString(),
    ...((state === 'delivered' || isExpired) && { endedAt: now.toISOString() }),
  };
}

function noticeOf(
  delivery: FirstDelivery,
): { notice: FirstDeliveryNotice } | undefined {
  const { kind, namespace, name } = parseEntityRef(delivery.componentRef);
  const shared = {
    recipient: delivery.requestedBy,
    description: delivery.sentence,
    link: `/catalog/${namespace}/${kind.toLowerCase()}/${name}/delivery`,
  };
  switch (delivery.state) {
    case 'delivered':
      return {
        notice: {
          ...shared,
          title: `${name} runs in ${delivery.environmentName}`,
          severity: 'normal',
        },
      };
    case 'stopped': {
      const step = delivery.steps.find(({ state }) => state === 'failed');
      return {
        notice: {
          ...shared,
          title: `${name} stopped on its way to ${
            delivery.environmentName
          }: ${step?.title.toLocaleLowerCase('en-US')}`,
          severity: 'high',
        },
      };
    }
    default:
      return undefined;
  }
}
