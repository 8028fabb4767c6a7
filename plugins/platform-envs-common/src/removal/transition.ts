import { ConflictError } from '@backstage/errors';
import { quorumOf } from '../promotion/transition';
import { Approval } from '../promotion/types';
import { OPEN_REMOVAL_STATES, Removal } from './types';

/** Approvals that count for a removal, and how many are needed: as for promotions. @public */
export function removalQuorum(removal: Removal): {
  have: number;
  need: number;
} {
  return quorumOf({
    approvals: removal.approvals,
    plan: { planDigest: removal.planDigest } as never,
    requestedBy: removal.requestedBy,
    policy: removal.policy,
  });
}

/** Whether a removal has not ended. @public */
export function isOpenRemoval({ state }: Pick<Removal, 'state'>): boolean {
  return OPEN_REMOVAL_STATES.includes(state);
}

/**
 * The removal after somebody's decision.
 *
 * @throws ConflictError - it is too late, by the requester, on another plan, or
 *   the same once more.
 * @public
 */
export function decideRemoval(removal: Removal, approval: Approval): Removal {
  if (removal.state !== 'WAITING' && removal.state !== 'APPROVED') {
    throw new ConflictError(
      `already_decided: this removal is ${removal.state}; nothing can be decided any more.`,
    );
  }
  if (approval.actor === removal.requestedBy) {
    throw new ConflictError(
      'self_approval: you asked for this removal; another person must decide on it.',
    );
  }
  if (approval.planDigest !== removal.planDigest) {
    throw new ConflictError(
      'plan_changed: this removal would now take away something else than what you saw. Look at it again, then decide.',
    );
  }
  if (removal.approvals.some(known => isSameDecision(known, approval))) {
    throw new ConflictError(
      'already_decided: you have already decided so on this plan.',
    );
  }
  const decided: Removal = {
    ...removal,
    approvals: [...removal.approvals, approval],
    updatedAt: approval.at,
  };
  if (approval.verdict === 'reject') {
    return { ...decided, state: 'REJECTED', endedAt: approval.at };
  }
  const { have, need } = removalQuorum(decided);
  return have >= need ? { ...decided, state: 'APPROVED' } : decided;
}

function isSameDecision(known: Approval, approval: Approval): boolean {
  return (
    !known.voidedReason &&
    known.actor === approval.actor &&
    known.verdict === approval.verdict &&
    known.planDigest === approval.planDigest
  );
}

/**
 * The removal with a new plan: approvals of another plan are void, and it waits
 * again where somebody has to agree.
 *
 * @public
 */
export function replanRemoval(
  removal: Removal,
  next: Pick<Removal, 'plan' | 'planDigest' | 'policy'>,
  at: string,
): Removal {
  const replanned: Removal = {
    ...removal,
    ...next,
    approvals: removal.approvals.map(approval =>
      approval.voidedReason || approval.planDigest === next.planDigest
        ? approval
        : { ...approval, voidedReason: 'the plan changed since' },
    ),
    updatedAt: at,
  };
  const { have, need } = removalQuorum(replanned);
  return { ...replanned, state: have >= need ? 'APPROVED' : 'WAITING' };
}
