import { Knex } from 'knex';

/** A notice that could not go so often is given up; what it says is on the screen anyway. */
const MAX_ATTEMPTS = 20;

/** The columns that every table of notices has. */
export interface NoticeRow {
  id: number;
  /** The notice as JSON. */
  payload: string;
}

/** Rows whose notice has not gone and has not been given up, oldest first. */
export async function readPendingNotices<Row extends NoticeRow>(
  knex: Knex,
  table: string,
): Promise<Row[]> {
  return knex(table)
    .whereNull('sent_at')
    .where('attempts', '<', MAX_ATTEMPTS)
    .orderBy('id');
}

/** Notes that a notice has gone, or that one more attempt has failed. */
export async function markNotice(
  knex: Knex,
  table: string,
  id: number,
  outcome: 'sent' | 'failed',
): Promise<void> {
  const notices = knex(table).where({ id });
  if (outcome === 'sent') await notices.update({ sent_at: Date.now() });
  else await notices.increment('attempts', 1);
}
