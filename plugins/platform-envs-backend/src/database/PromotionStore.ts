import {
  Promotion,
  PromotionEvent,
  PromotionState,
} from '@fairway/plugin-platform-envs-common';

/** What the worker keeps beside a promotion; people do not see it. */
export interface PromotionProgress {
  /** Fence: grows with every lease. */
  epoch: number;
  /** ISO 8601 UTC. */
  stateSince: string;
  /** Begin of the soak, while Healthy. */
  healthySince?: string;
  attempts: number;
  /** Not to be worked on before. */
  nextAttemptAt?: string;
  /** Why nothing happens now, for people. */
  blockedBy?: string;
}

/** A promotion as it is stored. */
export interface StoredPromotion {
  promotion: Promotion;
  progress: PromotionProgress;
}

/** What is appended to the record with a change. */
export interface RecordEntry {
  /** Entity ref, or `system:fairway`. */
  actor: string;
  event: string;
  message: string;
  /** Facts for auditors; must hold no secret. */
  details?: Record<string, unknown>;
}

/** Something that has to leave the house once the change is committed. */
export interface OutboxEntry {
  effect: 'git_write' | 'notify';
  /** One entry per (promotion, effect, key); later ones are dropped. */
  key: string;
  payload: Record<string, unknown>;
}

/** A change of one promotion, saved as a whole or not at all. */
export interface PromotionChange {
  /** As `transition` returned it: its version is one more than before. */
  promotion: Promotion;
  record: RecordEntry;
  outbox?: OutboxEntry[];
  progress?: Partial<
    Pick<
      PromotionProgress,
      'healthySince' | 'attempts' | 'nextAttemptAt' | 'blockedBy'
    >
  >;
}

/** A new request. */
export interface NewPromotion {
  promotion: Promotion;
  idempotencyKey: string;
  /** Hash of the request's body: tells a repetition from another request. */
  requestHash: string;
  record: RecordEntry;
  outbox?: OutboxEntry[];
}

/** Which promotions to list. */
export interface PromotionQuery {
  states?: readonly PromotionState[];
  componentRef?: string;
  toEnvironmentRef?: string;
  requestedBy?: string;
  limit?: number;
}

/** An outbox entry on its way. */
export interface PendingEffect extends OutboxEntry {
  id: number;
  promotionId: string;
  attempts: number;
}

/**
 * Keeps promotions, the decisions on them and their record.
 *
 * A change, its decisions, its line of the record and its outbox entries are
 * one transaction. All times are by the database's clock.
 */
export interface PromotionStore {
  /** The database's clock. */
  now(): Promise<Date>;

  /**
   * Keeps a new promotion, or returns the one that the same person asked for
   * with the same key.
   *
   * @throws IdempotencyConflictError - the key was used for another request.
   */
  create(
    entry: NewPromotion,
  ): Promise<{ stored: StoredPromotion; created: boolean }>;

  /** The promotion that a person asked for with a key, if any. */
  findByKey(
    requestedBy: string,
    idempotencyKey: string,
  ): Promise<{ stored: StoredPromotion; requestHash: string } | undefined>;

  get(id: string): Promise<StoredPromotion | undefined>;

  /** Newest first. */
  list(query: PromotionQuery): Promise<StoredPromotion[]>;

  /**
   * Changes one promotion: `decide` gets it locked, with the time, and returns
   * the change, or undefined to leave everything as it is. What `decide` throws
   * is thrown on, and nothing is changed.
   *
   * @param fence - the epoch of the caller's lease; without it, a person's act
   * that no lease guards.
   * @throws NotFoundError - no such promotion.
   * @throws ConflictError - another worker has taken over (the epoch is old),
   * or another promotion is in progress in the same place.
   */
  update(
    id: string,
    decide: (current: StoredPromotion, at: Date) => PromotionChange | undefined,
    fence?: { epoch: number },
  ): Promise<StoredPromotion>;

  /**
   * Changes what the worker keeps, without a line of the record. Fenced like
   * `update`; with a version, it is a ConflictError when the promotion was
   * changed since.
   */
  saveProgress(
    id: string,
    progress: NonNullable<PromotionChange['progress']>,
    fence: { epoch: number; version?: number },
  ): Promise<void>;

  /**
   * Takes a promotion for one worker, until it is released or the time is up.
   *
   * @returns the new epoch, or undefined while another holds it.
   */
  acquireLease(
    id: string,
    owner: string,
    seconds: number,
  ): Promise<number | undefined>;
  /** Makes the lease last longer. False when it is not ours any more. */
  renewLease(id: string, epoch: number, seconds: number): Promise<boolean>;
  releaseLease(id: string, epoch: number): Promise<void>;

  /** Ids that have not ended and are due, the longest waiting first. */
  listDue(): Promise<string[]>;

  /** The record, oldest first. */
  events(id: string): Promise<PromotionEvent[]>;

  /**
   * Checks that the record is whole and unchanged.
   *
   * @returns what is wrong, one sentence each; empty when all is well.
   */
  verifyRecord(id: string): Promise<string[]>;

  pendingEffects(effect: OutboxEntry['effect']): Promise<PendingEffect[]>;
  markEffect(id: number, outcome: 'done' | 'failed'): Promise<void>;
}
