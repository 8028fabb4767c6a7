import {
  Promotion,
  PromotionEvent,
  PromotionState,
} from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import { EventRow, toIso, toSealed } from './promotionRows';
import { RecordEntry } from './PromotionStore';
import { FIRST_HASH, sealEvent } from './sealEvent';

/**
 * Adds the line of a change to the record of a promotion, sealed onto the line
 * before it. Belongs into the transaction of the change.
 *
 * @param fromState - absent for the first line
 */
export async function appendToRecord(
  tx: Knex.Transaction,
  fromState: PromotionState | undefined,
  promotion: Promotion,
  record: RecordEntry,
): Promise<void> {
  const last = await tx<EventRow>('promotion_event')
    .where('promotion_id', promotion.id)
    .orderBy('sequence', 'desc')
    .first();
  const event = {
    promotionId: promotion.id,
    sequence: promotion.version,
    at: Date.parse(promotion.updatedAt),
    actor: record.actor,
    event: record.event,
    fromState: fromState ?? null,
    toState: promotion.state,
    message: record.message,
    details: JSON.stringify(record.details ?? {}),
    prevHash: last?.hash ?? FIRST_HASH,
  };
  await tx<EventRow>('promotion_event').insert({
    promotion_id: event.promotionId,
    sequence: event.sequence,
    at: event.at,
    actor: event.actor,
    event: event.event,
    from_state: event.fromState,
    to_state: event.toState,
    message: event.message,
    details: event.details,
    prev_hash: event.prevHash,
    hash: sealEvent(event),
  });
}

/** The record of a promotion, oldest line first; empty when there is none. */
export async function readRecord(
  knex: Knex,
  promotionId: string,
): Promise<PromotionEvent[]> {
  const rows = await eventRows(knex, promotionId);
  return rows.map(row => ({
    sequence: row.sequence,
    at: toIso(row.at),
    actor: row.actor,
    event: row.event,
    ...(row.from_state && { fromState: row.from_state }),
    toState: row.to_state,
    message: row.message,
  }));
}

/**
 * Checks that the record is whole, unchanged, and ends where the promotion
 * stands.
 *
 * @returns what is wrong, one sentence each; empty when all is well.
 */
export async function verifyRecord(
  knex: Knex,
  { id, state, version }: Promotion,
): Promise<string[]> {
  const rows = await eventRows(knex, id);
  const problems: string[] = [];
  let prevHash = FIRST_HASH;
  rows.forEach((row, index) => {
    if (row.sequence !== index + 1) {
      problems.push(`Line ${index + 1} of the record of ${id} is missing.`);
    }
    if (row.prev_hash !== prevHash || row.hash !== sealEvent(toSealed(row))) {
      problems.push(`Line ${row.sequence} of the record of ${id} was changed.`);
    }
    prevHash = row.hash;
  });
  const last = rows[rows.length - 1];
  if (last?.sequence !== version || last.to_state !== state) {
    problems.push(
      `The record of ${id} does not end where the promotion stands (${state}, version ${version}).`,
    );
  }
  return problems;
}

function eventRows(knex: Knex, promotionId: string): Promise<EventRow[]> {
  return knex<EventRow>('promotion_event')
    .where('promotion_id', promotionId)
    .orderBy('sequence');
}
