import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  OPEN_REMOVAL_STATES,
  Removal,
  RemovalEvent,
  RemovalState,
} from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import { markNotice, NoticeRow, readPendingNotices } from './noticeTable';
import {
  RemovalChange,
  RemovalNotice,
  RemovalQuery,
  RemovalStore,
} from './RemovalStore';
import { FIRST_HASH, sealEvent } from './sealEvent';

/** Somebody else may be faster so often in a row before it is an error. */
const MAX_RACES = 5;

interface RemovalRow {
  id: string;
  component_ref: string;
  system_ref: string;
  requested_by: string;
  state: string;
  version: number;
  document: string;
  created_at: number | string;
  updated_at: number | string;
}

interface EventRow {
  removal_id: string;
  sequence: number;
  /** PostgreSQL gives big integers as text. */
  at: number | string;
  actor: string;
  event: string;
  from_state: string | null;
  to_state: string;
  message: string;
  details: string;
  prev_hash: string;
  hash: string;
}

/** Removals in SQLite or PostgreSQL. */
export class DatabaseRemovalStore implements RemovalStore {
  /** @param knex - at the newest schema */
  constructor(private readonly knex: Knex) {}

  async create(change: RemovalChange): Promise<Removal | undefined> {
    const { removal } = change;
    return this.knex.transaction(async tx => {
      const inserted = await tx<RemovalRow>('removal')
        .insert({
          id: removal.id,
          component_ref: removal.componentRef,
          system_ref: removal.systemRef,
          requested_by: removal.requestedBy,
          created_at: Date.parse(removal.createdAt),
          version: 1,
          ...changingColumns(removal),
        })
        // the unique index over open removals
        .onConflict(
          tx.raw(
            "(component_ref) WHERE state IN ('WAITING', 'APPROVED', 'RUNNING')",
          ) as never,
        )
        .ignore()
        .returning('id');
      if (inserted.length === 0) return undefined;
      await append(tx, change, 1, null);
      return removal;
    });
  }

  async get(id: string): Promise<Removal | undefined> {
    const row = await this.#table().where({ id }).first('document');
    return row && JSON.parse(row.document);
  }

  async findOpen(componentRef: string): Promise<Removal | undefined> {
    const [open] = await this.list({
      componentRef,
      states: OPEN_REMOVAL_STATES,
      limit: 1,
    });
    return open;
  }

  async list(query: RemovalQuery): Promise<Removal[]> {
    const rows = await this.#table()
      .where(where => {
        if (query.states) where.whereIn('state', query.states);
        if (query.componentRef) {
          where.where('component_ref', query.componentRef);
        }
      })
      .orderBy('id', 'desc')
      .limit(query.limit)
      .select('document');
    return rows.map(row => JSON.parse(row.document));
  }

  async update(
    id: string,
    change: (current: Removal) => RemovalChange | undefined,
  ): Promise<Removal> {
    for (let race = 0; race < MAX_RACES; race++) {
      const row = await this.#table().where({ id }).first();
      if (!row) throw new NotFoundError(`There is no removal ${id}`);
      const current: Removal = JSON.parse(row.document);
      const next = change(current);
      if (!next) return current;
      const saved = await this.knex.transaction(async tx => {
        const changed = await tx<RemovalRow>('removal')
          .where({ id, version: row.version })
          .update({
            ...changingColumns(next.removal),
            version: row.version + 1,
          });
        if (changed === 0) return false;
        await append(tx, next, row.version + 1, row.state);
        return true;
      });
      if (saved) return next.removal;
    }
    throw new ConflictError(
      `Removal ${id} changes faster than it could be written; try again`,
    );
  }

  async events(id: string): Promise<RemovalEvent[]> {
    const rows = await this.knex<EventRow>('removal_event')
      .where({ removal_id: id })
      .orderBy('sequence');
    return rows.map(row => ({
      sequence: row.sequence,
      at: new Date(Number(row.at)).toISOString(),
      actor: row.actor,
      event: row.event,
      toState: row.to_state as RemovalState,
      message: row.message,
    }));
  }

  async pendingNotices() {
    const rows = await readPendingNotices<NoticeRow & { removal_id: string }>(
      this.knex,
      'removal_notice',
    );
    return rows.map(row => ({
      id: row.id,
      removalId: row.removal_id,
      notice: JSON.parse(row.payload) as RemovalNotice,
    }));
  }

  async markNotice(id: number, outcome: 'sent' | 'failed'): Promise<void> {
    await markNotice(this.knex, 'removal_notice', id, outcome);
  }

  #table() {
    return this.knex<RemovalRow>('removal');
  }
}

function changingColumns(removal: Removal) {
  return {
    state: removal.state,
    document: JSON.stringify(removal),
    updated_at: Date.parse(removal.updatedAt),
  };
}

/** The line of the record, sealed with the one before, and what is to be told. */
async function append(
  tx: Knex.Transaction,
  { removal, record, notices = [] }: RemovalChange,
  sequence: number,
  fromState: string | null,
): Promise<void> {
  const before = await tx<EventRow>('removal_event')
    .where({ removal_id: removal.id, sequence: sequence - 1 })
    .first('hash');
  const sealed = {
    sequence,
    at: Date.parse(removal.updatedAt),
    actor: record.actor,
    event: record.event,
    message: record.message,
    details: JSON.stringify(record.details ?? {}),
  };
  const prevHash = before?.hash ?? FIRST_HASH;
  await tx<EventRow>('removal_event').insert({
    removal_id: removal.id,
    ...sealed,
    from_state: fromState,
    to_state: removal.state,
    prev_hash: prevHash,
    hash: sealEvent({
      promotionId: removal.id,
      ...sealed,
      fromState,
      toState: removal.state,
      prevHash,
    }),
  });
  for (const notice of notices) {
    await tx('removal_notice')
      .insert({
        removal_id: removal.id,
        key: notice.key,
        payload: JSON.stringify(notice),
      })
      .onConflict(['removal_id', 'key'])
      .ignore();
  }
}
