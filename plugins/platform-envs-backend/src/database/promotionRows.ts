import {
  Approval,
  Promotion,
  PromotionState,
} from '@fairway/plugin-platform-envs-common';
import { PromotionChange, PromotionProgress } from './PromotionStore';
import { SealedEvent } from './sealEvent';

/** Rows come back as numbers from SQLite and, for bigint, as text from PostgreSQL. */
export type Millis = number | string;

/** One row of `promotion`. */
export interface PromotionRow {
  id: string;
  kind: Promotion['kind'];
  component_ref: string;
  from_environment_ref: string | null;
  to_environment_ref: string;
  requested_by: string;
  reason: string;
  state: PromotionState;
  version: number;
  epoch: number;
  plan: string | null;
  plan_digest: string | null;
  policy: string;
  idempotency_key: string;
  request_hash: string;
  commit_sha: string | null;
  failure: string | null;
  created_at: Millis;
  updated_at: Millis;
  expires_at: Millis | null;
  state_since: Millis;
  healthy_since: Millis | null;
  attempts: number;
  next_attempt_at: Millis | null;
  blocked_by: string | null;
  lease_owner: string | null;
  lease_until: Millis | null;
}

/** One row of `promotion_approval`. */
export interface ApprovalRow {
  promotion_id: string;
  actor: string;
  verdict: Approval['verdict'];
  comment: string;
  plan_digest: string;
  groups: string;
  at: Millis;
  voided_reason: string | null;
}

/** One row of `promotion_event`. */
export interface EventRow {
  promotion_id: string;
  sequence: number;
  at: Millis;
  actor: string;
  event: string;
  from_state: PromotionState | null;
  to_state: PromotionState;
  message: string;
  details: string;
  prev_hash: string;
  hash: string;
}

/** The columns that a change of a promotion writes. */
export function mutableColumns(promotion: Promotion) {
  return {
    state: promotion.state,
    version: promotion.version,
    plan: promotion.plan ? JSON.stringify(promotion.plan) : null,
    plan_digest: promotion.plan?.planDigest ?? null,
    policy: JSON.stringify(promotion.policy),
    commit_sha: promotion.commitSha ?? null,
    failure: promotion.failure ? JSON.stringify(promotion.failure) : null,
    updated_at: Date.parse(promotion.updatedAt),
    expires_at: promotion.expiresAt ? Date.parse(promotion.expiresAt) : null,
  };
}

/** A key that is there with `undefined` clears its column. */
export function progressColumns(
  progress: NonNullable<PromotionChange['progress']>,
): Partial<PromotionRow> {
  const time = (value: string | undefined) =>
    value === undefined ? null : Date.parse(value);
  return {
    ...('healthySince' in progress && {
      healthy_since: time(progress.healthySince),
    }),
    ...('nextAttemptAt' in progress && {
      next_attempt_at: time(progress.nextAttemptAt),
    }),
    ...('attempts' in progress && { attempts: progress.attempts ?? 0 }),
    ...('blockedBy' in progress && { blocked_by: progress.blockedBy ?? null }),
  };
}

/** A promotion from its row and the decisions on it, oldest first. */
export function toPromotion(
  row: PromotionRow,
  approvals: ApprovalRow[],
): Promotion {
  return {
    id: row.id,
    kind: row.kind,
    componentRef: row.component_ref,
    ...(row.from_environment_ref && {
      fromEnvironmentRef: row.from_environment_ref,
    }),
    toEnvironmentRef: row.to_environment_ref,
    requestedBy: row.requested_by,
    reason: row.reason,
    state: row.state,
    version: row.version,
    ...(row.plan && { plan: JSON.parse(row.plan) }),
    policy: JSON.parse(row.policy),
    approvals: approvals.map(toApproval),
    ...(row.commit_sha && { commitSha: row.commit_sha }),
    ...(row.failure && { failure: JSON.parse(row.failure) }),
    createdAt: toIso(row.created_at),
    updatedAt: toIso(row.updated_at),
    ...(row.expires_at !== null && { expiresAt: toIso(row.expires_at) }),
    ...(row.blocked_by && { blockedBy: row.blocked_by }),
  };
}

function toApproval(row: ApprovalRow): Approval {
  return {
    actor: row.actor,
    verdict: row.verdict,
    comment: row.comment,
    planDigest: row.plan_digest,
    groups: JSON.parse(row.groups),
    at: toIso(row.at),
    ...(row.voided_reason && { voidedReason: row.voided_reason }),
  };
}

/** What the worker keeps, from the row. */
export function toProgress(row: PromotionRow): PromotionProgress {
  return {
    epoch: row.epoch,
    stateSince: toIso(row.state_since),
    attempts: row.attempts,
    ...(row.healthy_since !== null && {
      healthySince: toIso(row.healthy_since),
    }),
    ...(row.next_attempt_at !== null && {
      nextAttemptAt: toIso(row.next_attempt_at),
    }),
    ...(row.blocked_by && { blockedBy: row.blocked_by }),
  };
}

/** A line of the record as it was sealed. */
export function toSealed(row: EventRow): SealedEvent {
  return {
    promotionId: row.promotion_id,
    sequence: row.sequence,
    at: Number(row.at),
    actor: row.actor,
    event: row.event,
    fromState: row.from_state,
    toState: row.to_state,
    message: row.message,
    details: row.details,
    prevHash: row.prev_hash,
  };
}

/** ISO 8601 UTC. */
export function toIso(millis: Millis): string {
  return new Date(Number(millis)).toISOString();
}
