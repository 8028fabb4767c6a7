import { ConflictError, isError, NotFoundError } from '@backstage/errors';
import { PromotionEvent } from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import { IdempotencyConflictError } from './IdempotencyConflictError';
import {
  NewPromotion,
  OutboxEntry,
  PendingEffect,
  PromotionChange,
  PromotionQuery,
  PromotionStore,
  StoredPromotion,
} from './PromotionStore';
import { readDecided, saveApprovals } from './promotionApprovals';
import { endLease, findDue, prolongLease, takeLease } from './promotionLease';
import { mutableColumns, progressColumns, PromotionRow } from './promotionRows';
import { appendToOutbox, markOutbox, readOutbox } from './promotionOutbox';
import { appendToRecord, readRecord, verifyRecord } from './promotionRecord';

const DEFAULT_LIMIT = 200;

/** Promotions in SQLite or PostgreSQL. */
export class DatabasePromotionStore implements PromotionStore {
  /**
   * @param knex - at the newest schema
   * @param clock - instead of the database's own, for tests
   */
  constructor(
    private readonly knex: Knex,
    private readonly clock?: () => Promise<Date>,
  ) {}

  now(): Promise<Date> {
    return this.#now(this.knex);
  }

  async create(
    entry: NewPromotion,
  ): Promise<{ stored: StoredPromotion; created: boolean }> {
    const { promotion, idempotencyKey, requestHash } = entry;
    return this.knex.transaction(async tx => {
      const inserted = await tx<PromotionRow>('promotion')
        .insert({
          id: promotion.id,
          kind: promotion.kind,
          component_ref: promotion.componentRef,
          from_environment_ref: promotion.fromEnvironmentRef ?? null,
          to_environment_ref: promotion.toEnvironmentRef,
          requested_by: promotion.requestedBy,
          reason: promotion.reason,
          idempotency_key: idempotencyKey,
          request_hash: requestHash,
          created_at: Date.parse(promotion.createdAt),
          state_since: Date.parse(promotion.createdAt),
          epoch: 0,
          attempts: 0,
          ...mutableColumns(promotion),
        })
        .onConflict(['requested_by', 'idempotency_key'])
        .ignore()
        .returning('id');
      if (inserted.length === 0) {
        const known = await this.#findByKey(
          tx,
          promotion.requestedBy,
          idempotencyKey,
        );
        if (known?.requestHash !== requestHash) {
          throw new IdempotencyConflictError(
            `The idempotency key "${idempotencyKey}" was used for another request. Use a new key for a new request.`,
          );
        }
        return { stored: known.stored, created: false };
      }
      await saveApprovals(tx, promotion);
      await appendToRecord(tx, undefined, promotion, entry.record);
      await appendToOutbox(tx, promotion, entry.outbox);
      return { stored: (await this.#load(tx, promotion.id))!, created: true };
    });
  }

  async findByKey(requestedBy: string, idempotencyKey: string) {
    return this.#findByKey(this.knex, requestedBy, idempotencyKey);
  }

  async get(id: string): Promise<StoredPromotion | undefined> {
    return this.#load(this.knex, id);
  }

  async list(query: PromotionQuery): Promise<StoredPromotion[]> {
    const rows = await this.knex<PromotionRow>('promotion')
      .modify(builder => {
        if (query.states) builder.whereIn('state', [...query.states]);
        if (query.componentRef) {
          builder.where('component_ref', query.componentRef);
        }
        if (query.toEnvironmentRef) {
          builder.where('to_environment_ref', query.toEnvironmentRef);
        }
        if (query.requestedBy) builder.where('requested_by', query.requestedBy);
      })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit ?? DEFAULT_LIMIT);
    return readDecided(this.knex, rows);
  }

  async update(
    id: string,
    decide: (current: StoredPromotion, at: Date) => PromotionChange | undefined,
    fence?: { epoch: number },
  ): Promise<StoredPromotion> {
    return this.#inTransaction(async tx => {
      const current = await this.#lock(tx, id);
      checkFence(current, fence);
      const at = await this.#now(tx);
      const change = decide(current, at);
      if (!change) return current;
      const { promotion } = change;
      const moved = promotion.state !== current.promotion.state;
      const updated = await tx<PromotionRow>('promotion')
        .where({ id, version: current.promotion.version })
        .modify(builder => {
          if (fence) builder.where('epoch', fence.epoch);
        })
        .update({
          ...mutableColumns(promotion),
          ...(moved && {
            state_since: at.getTime(),
            healthy_since: null,
            next_attempt_at: null,
            blocked_by: null,
          }),
          ...progressColumns(change.progress ?? {}),
        });
      if (updated !== 1) throw changedMeanwhile(id);
      await saveApprovals(tx, promotion);
      await appendToRecord(
        tx,
        current.promotion.state,
        promotion,
        change.record,
      );
      await appendToOutbox(tx, promotion, change.outbox);
      return (await this.#load(tx, id))!;
    });
  }

  async saveProgress(
    id: string,
    progress: NonNullable<PromotionChange['progress']>,
    fence: { epoch: number; version?: number },
  ): Promise<void> {
    const updated = await this.knex<PromotionRow>('promotion')
      .where({ id, ...fence })
      .update(progressColumns(progress));
    if (updated === 1) return;
    throw fence.version === undefined ? takenOver(id) : changedMeanwhile(id);
  }

  async acquireLease(
    id: string,
    owner: string,
    seconds: number,
  ): Promise<number | undefined> {
    return takeLease(this.knex, id, owner, seconds, await this.now());
  }

  async renewLease(
    id: string,
    epoch: number,
    seconds: number,
  ): Promise<boolean> {
    return prolongLease(this.knex, id, epoch, seconds, await this.now());
  }

  async releaseLease(id: string, epoch: number): Promise<void> {
    await endLease(this.knex, id, epoch);
  }

  async listDue(): Promise<string[]> {
    return findDue(this.knex, await this.now());
  }

  async events(id: string): Promise<PromotionEvent[]> {
    return readRecord(this.knex, id);
  }

  async verifyRecord(id: string): Promise<string[]> {
    const stored = await this.get(id);
    if (!stored) return [`Promotion ${id} is gone.`];
    return verifyRecord(this.knex, stored.promotion);
  }

  async pendingEffects(
    effect: OutboxEntry['effect'],
  ): Promise<PendingEffect[]> {
    return readOutbox(this.knex, effect);
  }

  async markEffect(id: number, outcome: 'done' | 'failed'): Promise<void> {
    await markOutbox(this.knex, id, outcome, await this.now());
  }

  async #now(knex: Knex): Promise<Date> {
    if (this.clock) return this.clock();
    const sql = isPostgres(knex)
      ? 'SELECT floor(extract(epoch from clock_timestamp()) * 1000) AS now'
      : "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now";
    const result = await knex.raw(sql);
    const [row] = isPostgres(knex) ? result.rows : result;
    return new Date(Number(row.now));
  }

  /** Maps what the database says about a race to what a caller can act on. */
  async #inTransaction<T>(work: (tx: Knex.Transaction) => Promise<T>) {
    try {
      return await this.knex.transaction(work);
    } catch (error) {
      const message = isError(error) ? error.message : '';
      if (
        /promotion_one_in_progress|UNIQUE constraint failed: promotion\.component_ref/.test(
          message,
        )
      ) {
        throw new ConflictError(
          'slot_busy: another promotion of this component is under way in that environment.',
        );
      }
      throw error;
    }
  }

  async #lock(tx: Knex.Transaction, id: string): Promise<StoredPromotion> {
    if (isPostgres(tx)) {
      await tx('promotion').where({ id }).forUpdate().select('id');
    }
    const current = await this.#load(tx, id);
    if (!current) throw new NotFoundError(`There is no promotion ${id}`);
    return current;
  }

  async #load(knex: Knex, id: string): Promise<StoredPromotion | undefined> {
    const rows = await knex<PromotionRow>('promotion').where({ id });
    return (await readDecided(knex, rows))[0];
  }

  async #findByKey(knex: Knex, requestedBy: string, idempotencyKey: string) {
    const rows = await knex<PromotionRow>('promotion').where({
      requested_by: requestedBy,
      idempotency_key: idempotencyKey,
    });
    if (rows.length === 0) return undefined;
    const [stored] = await readDecided(knex, rows);
    return { stored, requestHash: rows[0].request_hash };
  }
}

function isPostgres(knex: Knex): boolean {
  return knex.client.config.client === 'pg';
}

function checkFence(current: StoredPromotion, fence?: { epoch: number }) {
  if (fence && fence.epoch !== current.progress.epoch) {
    throw takenOver(current.promotion.id);
  }
}

function takenOver(id: string): ConflictError {
  return new ConflictError(
    `Another worker has taken over promotion ${id}; this one stops.`,
  );
}

function changedMeanwhile(id: string): ConflictError {
  return new ConflictError(
    `Promotion ${id} was changed meanwhile. Look at it again.`,
  );
}
