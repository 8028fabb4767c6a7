import { TERMINAL_PROMOTION_STATES } from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import { PromotionRow } from './promotionRows';

/**
 * Takes a promotion for one worker; gives the epoch under which it writes, or
 * nothing while another has it.
 */
export async function takeLease(
  knex: Knex,
  id: string,
  owner: string,
  seconds: number,
  now: Date,
): Promise<number | undefined> {
  const rows = await knex<PromotionRow>('promotion')
    .where('id', id)
    .where(freeAt(now))
    .update(
      {
        epoch: knex.raw('epoch + 1') as unknown as number,
        lease_owner: owner,
        lease_until: now.getTime() + seconds * 1000,
      },
      ['epoch'],
    );
  return rows[0]?.epoch;
}

/** False: another worker has taken it since. */
export async function prolongLease(
  knex: Knex,
  id: string,
  epoch: number,
  seconds: number,
  now: Date,
): Promise<boolean> {
  const updated = await knex<PromotionRow>('promotion')
    .where({ id, epoch })
    .update({ lease_until: now.getTime() + seconds * 1000 });
  return updated === 1;
}

/** Gives it back, unless another worker has taken it since. */
export async function endLease(
  knex: Knex,
  id: string,
  epoch: number,
): Promise<void> {
  await knex<PromotionRow>('promotion')
    .where({ id, epoch })
    .update({ lease_owner: null, lease_until: null });
}

/** Ids of those that have not ended, whose time has come, and which no worker has. */
export async function findDue(knex: Knex, now: Date): Promise<string[]> {
  const rows = await knex<PromotionRow>('promotion')
    .whereNotIn('state', [...TERMINAL_PROMOTION_STATES])
    .where(builder =>
      builder
        .whereNull('next_attempt_at')
        .orWhere('next_attempt_at', '<=', now.getTime()),
    )
    .where(freeAt(now))
    .orderBy('id')
    .select('id');
  return rows.map(row => row.id);
}

function freeAt(now: Date) {
  return (query: Knex.QueryBuilder) => {
    query.whereNull('lease_until').orWhere('lease_until', '<=', now.getTime());
  };
}
