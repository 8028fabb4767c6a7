import { Promotion } from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import { OutboxEntry, PendingEffect } from './PromotionStore';

/** An effect that fails this often is given up; the promotion does not depend on it. */
const MAX_ATTEMPTS = 10;

const BATCH = 100;

/** Keeps what has to leave the house, once per key. Belongs into the transaction of the change. */
export async function appendToOutbox(
  tx: Knex.Transaction,
  promotion: Promotion,
  outbox: OutboxEntry[] = [],
): Promise<void> {
  for (const { effect, key, payload } of outbox) {
    await tx('promotion_outbox')
      .insert({
        promotion_id: promotion.id,
        effect,
        key,
        payload: JSON.stringify(payload),
        created_at: Date.parse(promotion.updatedAt),
      })
      .onConflict(['promotion_id', 'effect', 'key'])
      .ignore();
  }
}

/** What is still to be done, oldest first, at most a hundred at a time. */
export async function readOutbox(
  knex: Knex,
  effect: OutboxEntry['effect'],
): Promise<PendingEffect[]> {
  const rows = await knex('promotion_outbox')
    .where({ effect, done_at: null })
    .where('attempts', '<', MAX_ATTEMPTS)
    .orderBy('id')
    .limit(BATCH);
  return rows.map(row => ({
    id: row.id,
    promotionId: row.promotion_id,
    effect,
    key: row.key,
    payload: JSON.parse(row.payload),
    attempts: row.attempts,
  }));
}

/** Notes that an effect was tried, and whether that is the end of it. */
export async function markOutbox(
  knex: Knex,
  id: number,
  outcome: 'done' | 'failed',
  at: Date,
): Promise<void> {
  await knex('promotion_outbox')
    .where({ id })
    .update({
      attempts: knex.raw('attempts + 1'),
      ...(outcome === 'done' && { done_at: at.getTime() }),
    });
}
