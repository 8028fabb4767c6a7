import { ConflictError } from '@backstage/errors';
import {
  Approval,
  Promotion,
  PromotionPlan,
  PromotionState,
  TERMINAL_PROMOTION_STATES,
} from './types';

/**
 * What can happen to a promotion. Every event carries `at`, ISO 8601 UTC, by
 * the database's clock.
 *
 * @public
 */
export type PromotionTransitionEvent = { at: string } & (
  | { type: 'planned'; plan: PromotionPlan }
  | { type: 'decided'; approval: Approval }
  | { type: 'cancelled' }
  | { type: 'expired' }
  | { type: 'superseded' }
  /** Made anew on the branch as it is now, under the policy as it is now. */
  | {
      type: 'replanned';
      plan: PromotionPlan;
      policy: Promotion['policy'];
      reason: string;
    }
  /** Decisions of these people do not count any more. */
  | { type: 'approvalsVoided'; actors: string[]; reason: string }
  | { type: 'claimed' }
  /** Writing could not be done yet and will be tried again. */
  | { type: 'released' }
  | { type: 'committed'; commitSha: string }
  | { type: 'synced' }
  | { type: 'verified' }
  | { type: 'failed'; kind: 'failed' | 'errored'; message: string }
);

/** @public */
export type PromotionEventType = PromotionTransitionEvent['type'];

/** Every event there is, for tables and tests. @public */
export const PROMOTION_EVENT_TYPES: readonly PromotionEventType[] = [
  'planned',
  'decided',
  'cancelled',
  'expired',
  'superseded',
  'replanned',
  'approvalsVoided',
  'claimed',
  'released',
  'committed',
  'synced',
  'verified',
  'failed',
];

const LEGAL: Record<PromotionEventType, readonly PromotionState[]> = {
  planned: ['PLANNING'],
  decided: ['WAITING', 'APPROVED'],
  cancelled: ['PLANNING', 'WAITING', 'APPROVED'],
  expired: ['WAITING', 'APPROVED'],
  superseded: ['PLANNING', 'WAITING'],
  replanned: ['WAITING', 'APPROVED'],
  approvalsVoided: ['WAITING', 'APPROVED'],
  claimed: ['APPROVED'],
  released: ['WRITING'],
  committed: ['WRITING'],
  synced: ['SYNCING'],
  verified: ['VERIFYING'],
  failed: [
    'PLANNING',
    'WAITING',
    'APPROVED',
    'WRITING',
    'SYNCING',
    'VERIFYING',
  ],
};

/** Whether an event may happen in a state, its guards aside. @public */
export function isLegalTransition(
  state: PromotionState,
  event: PromotionEventType,
): boolean {
  return LEGAL[event].includes(state);
}

/** Whether a promotion has ended. @public */
export function isTerminal(state: PromotionState): boolean {
  return TERMINAL_PROMOTION_STATES.includes(state);
}

/**
 * The approvals that count: of the plan as it stands, not voided, not by the
 * requester, one per person. The latest of a person wins.
 *
 * @public
 */
export function countedApprovals(
  promotion: Pick<Promotion, 'approvals' | 'plan' | 'requestedBy'>,
): Approval[] {
  const byActor = new Map<string, Approval>();
  for (const approval of promotion.approvals) {
    if (
      approval.verdict === 'approve' &&
      !approval.voidedReason &&
      promotion.plan?.planDigest === approval.planDigest &&
      approval.actor !== promotion.requestedBy
    ) {
      byActor.set(approval.actor, approval);
    }
  }
  return [...byActor.values()];
}

/** Approvals that count, and how many are needed. @public */
export function quorumOf(
  promotion: Pick<Promotion, 'approvals' | 'plan' | 'requestedBy' | 'policy'>,
): { have: number; need: number } {
  return {
    have: countedApprovals(promotion).length,
    need: promotion.policy.minApprovals,
  };
}

/**
 * The promotion after an event: the only place where a state changes. Each
 * change grows `version` by one; the promotion handed in stays as it was.
 *
 * @throws ConflictError - the event cannot happen in this state, or one of its
 * guards says no (a decision on another plan, by the requester, too late, or
 * the same decision twice; a claim without a quorum).
 * @public
 */
export function transition(
  promotion: Promotion,
  event: PromotionTransitionEvent,
): Promotion {
  if (!isLegalTransition(promotion.state, event.type)) {
    throw new ConflictError(
      isTerminal(promotion.state)
        ? `Promotion ${promotion.id} has ended: it is ${promotion.state}. Nothing about it changes any more.`
        : `Promotion ${promotion.id} is ${
            promotion.state
          }; it cannot be ${describe(event.type)} now.`,
    );
  }
  return {
    ...promotion,
    ...changes(promotion, event),
    version: promotion.version + 1,
    updatedAt: event.at,
  };
}

function changes(
  promotion: Promotion,
  event: PromotionTransitionEvent,
): Partial<Promotion> {
  switch (event.type) {
    case 'planned':
      return settle({ ...promotion, plan: event.plan });
    case 'decided':
      return decide(promotion, event.approval, event.at);
    case 'cancelled':
      return { state: 'CANCELLED' };
    case 'expired':
      return { state: 'EXPIRED' };
    case 'superseded':
      return { state: 'SUPERSEDED' };
    case 'replanned':
      return replan(promotion, event);
    case 'approvalsVoided':
      return settle({
        ...promotion,
        approvals: voidApprovals(
          promotion.approvals,
          a => event.actors.includes(a.actor),
          event.reason,
        ),
      });
    case 'claimed':
      return claim(promotion);
    case 'released':
      return { state: 'APPROVED' };
    case 'committed':
      return { state: 'SYNCING', commitSha: event.commitSha };
    case 'synced':
      return { state: 'VERIFYING' };
    case 'verified':
      return { state: 'SUCCEEDED' };
    case 'failed':
      return {
        state: 'FAILED',
        failure: { kind: event.kind, message: event.message },
      };
    default:
      throw new ConflictError(
        `Unknown event "${(event as { type: string }).type}"`,
      );
  }
}

/** Where a planned promotion stands: approved when the quorum is met. */
function settle(promotion: Promotion): Partial<Promotion> {
  const { have, need } = quorumOf(promotion);
  return {
    plan: promotion.plan,
    approvals: promotion.approvals,
    state: have >= need ? 'APPROVED' : 'WAITING',
  };
}

function decide(
  promotion: Promotion,
  approval: Approval,
  at: string,
): Partial<Promotion> {
  if (approval.actor === promotion.requestedBy) {
    throw new ConflictError(
      'self_approval: you asked for this promotion; another person must decide on it.',
    );
  }
  if (approval.planDigest !== promotion.plan?.planDigest) {
    throw new ConflictError(
      'plan_changed: this promotion would now write something else than what you saw. Look at it again, then decide.',
    );
  }
  if (
    promotion.expiresAt &&
    Date.parse(at) >= Date.parse(promotion.expiresAt)
  ) {
    throw new ConflictError(
      `expired: this promotion could be decided until ${promotion.expiresAt}. Ask for it anew.`,
    );
  }
  const earlier = promotion.approvals.find(
    a =>
      a.actor === approval.actor &&
      a.planDigest === approval.planDigest &&
      !a.voidedReason,
  );
  if (earlier && earlier.verdict === approval.verdict) {
    throw new ConflictError(
      `already_decided: ${approval.actor} has already decided "${earlier.verdict}" on this plan.`,
    );
  }
  if (earlier && approval.verdict === 'approve') {
    throw new ConflictError(
      `already_decided: ${approval.actor} has already rejected this plan.`,
    );
  }
  if (promotion.state === 'APPROVED' && approval.verdict === 'approve') {
    throw new ConflictError(
      'already_approved: this promotion has all the approvals that it needs.',
    );
  }
  const approvals = [
    ...voidApprovals(
      promotion.approvals,
      a => a === earlier,
      'Withdrawn: the same person rejects now.',
    ),
    approval,
  ];
  return approval.verdict === 'reject'
    ? { state: 'REJECTED', approvals }
    : settle({ ...promotion, approvals });
}

function replan(
  promotion: Promotion,
  event: { plan: PromotionPlan; policy: Promotion['policy']; reason: string },
): Partial<Promotion> {
  const { plan, reason } = event;
  const policy = stricter(promotion.policy, event.policy);
  if (plan.planDigest === promotion.plan?.planDigest) {
    // Unrelated commits below us: what people agreed to is unchanged.
    return { plan, policy, ...settle({ ...promotion, plan, policy }) };
  }
  return {
    policy,
    ...settle({
      ...promotion,
      plan,
      policy,
      approvals: voidApprovals(
        promotion.approvals,
        a => a.planDigest !== plan.planDigest,
        reason,
      ),
    }),
  };
}

/** A running promotion may only meet a stricter policy than the one it began with. */
function stricter(
  before: Promotion['policy'],
  now: Promotion['policy'],
): Promotion['policy'] {
  return {
    minApprovals: Math.max(before.minApprovals, now.minApprovals),
    approverGroups: now.approverGroups,
    excludeRequester: before.excludeRequester || now.excludeRequester,
  };
}

function claim(promotion: Promotion): Partial<Promotion> {
  const { have, need } = quorumOf(promotion);
  if (!promotion.plan || have < need) {
    throw new ConflictError(
      `Promotion ${promotion.id} has ${have} of ${need} approvals on its present plan and may not be written.`,
    );
  }
  return { state: 'WRITING' };
}

function voidApprovals(
  approvals: Approval[],
  applies: (approval: Approval) => boolean,
  reason: string,
): Approval[] {
  return approvals.map(approval =>
    applies(approval) && !approval.voidedReason
      ? { ...approval, voidedReason: reason }
      : approval,
  );
}

function describe(event: PromotionEventType): string {
  const words: Partial<Record<PromotionEventType, string>> = {
    decided: 'approved or rejected',
    approvalsVoided: 'sent back for approval',
    replanned: 'planned anew',
    claimed: 'started',
    released: 'put back',
  };
  return words[event] ?? event;
}
