import {
  Promotion,
  PromotionTransitionEvent,
  transition,
} from '@fairway/plugin-platform-envs-common';
import {
  OutboxEntry,
  PromotionChange,
  PromotionStore,
  StoredPromotion,
} from '../../database/PromotionStore';
import { notifyRequester } from './notifications';

/** Outcome of a step: look again at once, or after a while. */
export type Step = 'again' | { waitMs: number; blockedBy?: string };

/** The lease under which a worker writes. */
export interface Fence {
  epoch: number;
}

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** An event whose time the database tells. */
export type UntimedEvent = WithoutTime<PromotionTransitionEvent>;

/** Applies one event under a lease, with its line of the record. */
export async function applyEvent(
  store: PromotionStore,
  id: string,
  fence: Fence,
  event: UntimedEvent,
  message: string,
  outbox?: OutboxEntry[],
): Promise<void> {
  await store.update(
    id,
    (current, at): PromotionChange => ({
      promotion: timed(current.promotion, event, at),
      record: system(event.type, message),
      outbox,
    }),
    fence,
  );
}

/** Applies the event that ends a promotion, and tells the requester. */
export async function endPromotion(
  store: PromotionStore,
  { promotion }: Pick<StoredPromotion, 'promotion'>,
  fence: Fence,
  event: UntimedEvent,
  message: string,
): Promise<Step> {
  await store.update(
    promotion.id,
    (current, at) => {
      const next = timed(current.promotion, event, at);
      return {
        promotion: next,
        record: system(event.type, message),
        outbox: [notifyRequester(next, next.state, message)],
      };
    },
    fence,
  );
  return 'again';
}

/** Ends a promotion as failed. */
export function failPromotion(
  store: PromotionStore,
  current: Pick<StoredPromotion, 'promotion'>,
  fence: Fence,
  message: string,
  kind: 'failed' | 'errored' = 'failed',
): Promise<Step> {
  return endPromotion(
    store,
    current,
    fence,
    { type: 'failed', kind, message },
    message,
  );
}

/** A line of the record that the portal itself writes. */
export function system(
  event: string,
  message: string,
  details?: Record<string, unknown>,
) {
  return { actor: 'system:fairway', event, message, details };
}

/** Whether an error is an answer about the request, not our inability to give one. */
export function isAnswer(error: unknown): boolean {
  return ['InputError', 'NotFoundError', 'ConflictError'].includes(
    (error as Error).name,
  );
}

/** What an error says. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function timed(promotion: Promotion, event: UntimedEvent, at: Date): Promotion {
  return transition(promotion, {
    ...event,
    at: at.toISOString(),
  } as PromotionTransitionEvent);
}
