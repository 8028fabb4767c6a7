import { Release } from '../release';

/** Where an attempt to promote stands. @public */
export const PROMOTION_STATES = [
  'PLANNING',
  'WAITING',
  'APPROVED',
  'WRITING',
  'SYNCING',
  'VERIFYING',
  'SUCCEEDED',
  'REJECTED',
  'CANCELLED',
  'EXPIRED',
  'SUPERSEDED',
  'FAILED',
] as const;

/** @public */
export type PromotionState = (typeof PROMOTION_STATES)[number];

/** States that never change again. @public */
export const TERMINAL_PROMOTION_STATES: readonly PromotionState[] = [
  'SUCCEEDED',
  'REJECTED',
  'CANCELLED',
  'EXPIRED',
  'SUPERSEDED',
  'FAILED',
];

/** @public */
export type PromotionKind = 'promote' | 'rollback' | 'break_glass';

/** A check and its answer. `unknown` never counts as passing. @public */
export interface GateResult {
  id: string;
  title: string;
  state: 'passing' | 'pending' | 'failing' | 'unknown';
  /** One sentence for a person, with the figures that decided. */
  message: string;
  /** ISO 8601 UTC time of the observation, when there was one. */
  observedAt?: string;
  /** Whether the promotion may not proceed unless the gate passes. */
  required: boolean;
}

/** The exact change that a promotion writes. @public */
export interface PromotionPlan {
  /** `owner/name` on the configured Git host. */
  repository: string;
  branch: string;
  files: Array<{
    path: string;
    /** Git blob SHA of the file before and after. */
    blobBefore: string;
    blobAfter: string;
    /** 1-based line that changes, and its text without line ending. */
    line: number;
    before: string;
    after: string;
  }>;
  /** What stands in the target today; absent when nothing was ever released there. */
  current?: Release;
  /** What will stand there. */
  release: Release;
  /** sha256 of the canonical plan; approvals are bound to it. */
  planDigest: string;
  /** Commit of the branch at which the plan was made. Not part of the digest. */
  baseCommit: string;
}

/** One person's recorded yes or no. @public */
export interface Approval {
  actor: string;
  verdict: 'approve' | 'reject';
  comment: string;
  planDigest: string;
  /** Groups that made the person eligible at that moment. */
  groups: string[];
  /** ISO 8601 UTC. */
  at: string;
  /** Set when the approval no longer counts, with the reason. */
  voidedReason?: string;
}

/** One line of a promotion's record. @public */
export interface PromotionEvent {
  sequence: number;
  at: string;
  actor: string;
  event: string;
  fromState?: PromotionState;
  toState: PromotionState;
  message: string;
}

/** One attempt to bring one release to one environment. @public */
export interface Promotion {
  id: string;
  kind: PromotionKind;
  /** Entity refs. */
  componentRef: string;
  fromEnvironmentRef?: string;
  toEnvironmentRef: string;
  requestedBy: string;
  reason: string;
  state: PromotionState;
  /** Grows by one with every change; sent back with a decision. */
  version: number;
  plan?: PromotionPlan;
  policy: {
    minApprovals: number;
    approverGroups: string[];
    excludeRequester: boolean;
  };
  approvals: Approval[];
  commitSha?: string;
  /** Why nothing happens at this moment, for a person; absent while it goes on. */
  blockedBy?: string;
  failure?: { kind: 'failed' | 'errored'; message: string };
  createdAt: string;
  updatedAt: string;
  expiresAt?: string;
}
