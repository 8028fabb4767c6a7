import fc from 'fast-check';
import {
  aPlan,
  aPromotion,
  anApproval,
  AT,
  PLAN_DIGEST,
} from './__testUtils__/builders';
import {
  countedApprovals,
  isLegalTransition,
  isTerminal,
  PROMOTION_EVENT_TYPES,
  PromotionEventType,
  PromotionTransitionEvent,
  transition,
} from './transition';
import {
  Promotion,
  PROMOTION_STATES,
  PromotionState,
  TERMINAL_PROMOTION_STATES,
} from './types';

const EVENTS: Record<PromotionEventType, PromotionTransitionEvent> = {
  planned: { type: 'planned', at: AT, plan: aPlan() },
  decided: { type: 'decided', at: AT, approval: anApproval() },
  cancelled: { type: 'cancelled', at: AT },
  expired: { type: 'expired', at: AT },
  superseded: { type: 'superseded', at: AT },
  replanned: {
    type: 'replanned',
    at: AT,
    plan: aPlan({ planDigest: 'plan-2' }),
    policy: aPromotion().policy,
    reason: 'The overlay was changed.',
  },
  approvalsVoided: {
    type: 'approvalsVoided',
    at: AT,
    actors: ['user:default/lead'],
    reason: 'Not a member any more.',
  },
  claimed: { type: 'claimed', at: AT },
  released: { type: 'released', at: AT },
  committed: { type: 'committed', at: AT, commitSha: '4'.repeat(40) },
  synced: { type: 'synced', at: AT },
  verified: { type: 'verified', at: AT },
  failed: { type: 'failed', at: AT, kind: 'failed', message: 'Degraded' },
};

/** The specification's table: where each event leads; absent means illegal. */
const TABLE: Record<
  PromotionEventType,
  Partial<Record<PromotionState, PromotionState>>
> = {
  planned: { PLANNING: 'WAITING' },
  decided: { WAITING: 'APPROVED' },
  cancelled: {
    PLANNING: 'CANCELLED',
    WAITING: 'CANCELLED',
    APPROVED: 'CANCELLED',
  },
  expired: { WAITING: 'EXPIRED', APPROVED: 'EXPIRED' },
  superseded: { PLANNING: 'SUPERSEDED', WAITING: 'SUPERSEDED' },
  replanned: { WAITING: 'WAITING', APPROVED: 'WAITING' },
  approvalsVoided: { WAITING: 'WAITING', APPROVED: 'WAITING' },
  claimed: { APPROVED: 'WRITING' },
  released: { WRITING: 'APPROVED' },
  committed: { WRITING: 'SYNCING' },
  synced: { SYNCING: 'VERIFYING' },
  verified: { VERIFYING: 'SUCCEEDED' },
  failed: {
    PLANNING: 'FAILED',
    WAITING: 'FAILED',
    APPROVED: 'FAILED',
    WRITING: 'FAILED',
    SYNCING: 'FAILED',
    VERIFYING: 'FAILED',
  },
};

function inState(state: PromotionState): Promotion {
  const approved = ['APPROVED', 'WRITING', 'SYNCING', 'VERIFYING'];
  return aPromotion({
    state,
    approvals: approved.includes(state) ? [anApproval()] : [],
  });
}

const rows = PROMOTION_STATES.flatMap(state =>
  PROMOTION_EVENT_TYPES.map(type => [state, type, TABLE[type][state]] as const),
);

describe('transition', () => {
  it.each(rows.filter(([, , expected]) => expected))(
    '%s × %s leads to %s',
    (state, type, expected) => {
      const before = inState(state);
      const copy = JSON.stringify(before);
      const after = transition(before, EVENTS[type]);
      expect(after).toMatchObject({
        state: expected,
        version: before.version + 1,
        updatedAt: AT,
      });
      expect(JSON.stringify(before)).toBe(copy);
    },
  );

  it.each(rows.filter(([, , expected]) => !expected))(
    '%s × %s is refused',
    (state, type) => {
      expect(() => transition(inState(state), EVENTS[type])).toThrow(
        expect.objectContaining({ name: 'ConflictError' }),
      );
    },
  );

  it('knows every event of the table', () => {
    expect(Object.keys(TABLE)).toEqual([...PROMOTION_EVENT_TYPES]);
  });

  it('approves at once where no approval is needed', () => {
    const promotion = aPromotion({
      state: 'PLANNING',
      plan: undefined,
      policy: { minApprovals: 0, approverGroups: [], excludeRequester: false },
    });
    expect(transition(promotion, EVENTS.planned).state).toBe('APPROVED');
  });

  it('waits until the quorum is met', () => {
    const promotion = aPromotion({
      policy: { ...aPromotion().policy, minApprovals: 2 },
    });
    const first = transition(promotion, EVENTS.decided);
    expect(first.state).toBe('WAITING');
    const second = transition(first, {
      type: 'decided',
      at: AT,
      approval: anApproval({ actor: 'user:default/second' }),
    });
    expect(second.state).toBe('APPROVED');
  });

  it('F03 refuses a decision of the requester', () => {
    const approval = anApproval({ actor: 'user:default/developer' });
    expect(() =>
      transition(aPromotion(), { type: 'decided', at: AT, approval }),
    ).toThrow(/self_approval/);
  });

  it('F61 refuses a decision after expiry, and one on another plan', () => {
    const late = '2026-03-04T10:00:00.000Z';
    expect(() =>
      transition(aPromotion(), { ...EVENTS.decided, at: late } as any),
    ).toThrow(/expired/);
    expect(() =>
      transition(aPromotion(), {
        type: 'decided',
        at: AT,
        approval: anApproval({ planDigest: 'older' }),
      }),
    ).toThrow(/plan_changed/);
  });

  it('lets an approver change a yes to a no, but not a no to a yes', () => {
    const approved = transition(aPromotion(), EVENTS.decided);
    const rejected = transition(approved, {
      type: 'decided',
      at: AT,
      approval: anApproval({ verdict: 'reject', comment: 'Found a fault' }),
    });
    expect(rejected.state).toBe('REJECTED');
    expect(countedApprovals(rejected)).toEqual([]);
  });

  it('refuses the same decision twice', () => {
    const promotion = aPromotion({
      approvals: [anApproval()],
      policy: { ...aPromotion().policy, minApprovals: 2 },
    });
    expect(() => transition(promotion, EVENTS.decided)).toThrow(
      /already_decided/,
    );
  });

  it('F11 keeps approvals when only unrelated commits came', () => {
    const approved = inState('APPROVED');
    const after = transition(approved, {
      type: 'replanned',
      at: AT,
      plan: aPlan({ baseCommit: '9'.repeat(40) }),
      policy: approved.policy,
      reason: 'moved',
    });
    expect(after.state).toBe('APPROVED');
    expect(after.plan?.baseCommit).toBe('9'.repeat(40));
    expect(countedApprovals(after)).toHaveLength(1);
  });

  it('F10 voids approvals when the plan becomes another one', () => {
    const after = transition(inState('APPROVED'), EVENTS.replanned);
    expect(after.state).toBe('WAITING');
    expect(after.approvals[0].voidedReason).toBe('The overlay was changed.');
  });

  it('meets a policy that became stricter, never one that became laxer', () => {
    const approved = inState('APPROVED');
    const replan = (minApprovals: number) =>
      transition(approved, {
        type: 'replanned',
        at: AT,
        plan: approved.plan!,
        policy: { ...approved.policy, minApprovals },
        reason: 'policy',
      });
    expect(replan(2).state).toBe('WAITING');
    expect(replan(0).policy.minApprovals).toBe(1);
  });

  it('refuses to write without a quorum', () => {
    expect(() =>
      transition(aPromotion({ state: 'APPROVED' }), EVENTS.claimed),
    ).toThrow(/0 of 1 approvals/);
  });
});

describe('transition, whatever happens', () => {
  const people = [
    'user:default/developer',
    'user:default/lead',
    'user:default/second',
  ];
  const anyEvent = fc.oneof(
    fc.constantFrom(...Object.values(EVENTS)),
    fc
      .record({
        actor: fc.constantFrom(...people),
        verdict: fc.constantFrom('approve' as const, 'reject' as const),
        planDigest: fc.constantFrom(PLAN_DIGEST, 'plan-2'),
      })
      .map(
        (approval): PromotionTransitionEvent => ({
          type: 'decided',
          at: AT,
          approval: anApproval(approval),
        }),
      ),
  );
  const start = aPromotion({
    state: 'PLANNING',
    plan: undefined,
    version: 1,
    policy: { ...aPromotion().policy, minApprovals: 2 },
  });

  /** Applies events, leaving out those that are refused. */
  function run(events: PromotionTransitionEvent[]): Promotion[] {
    const seen = [start];
    for (const event of events) {
      try {
        seen.push(transition(seen[seen.length - 1], event));
      } catch (error) {
        if ((error as Error).name !== 'ConflictError') throw error;
      }
    }
    return seen;
  }

  const runs = fc.array(anyEvent, { maxLength: 40 }).map(run);

  it('never writes without a quorum of others on that very plan', () => {
    fc.assert(
      fc.property(runs, seen =>
        seen
          .filter(p => p.state === 'WRITING')
          .every(p => {
            const counted = countedApprovals(p);
            return (
              counted.length >= 2 &&
              new Set(counted.map(a => a.actor)).size === counted.length &&
              counted.every(
                a =>
                  a.actor !== p.requestedBy &&
                  a.planDigest === p.plan?.planDigest,
              )
            );
          }),
      ),
      { numRuns: 500 },
    );
  });

  it('grows the version by one and never leaves a terminal state', () => {
    fc.assert(
      fc.property(runs, seen =>
        seen.every(
          (p, i) =>
            i === 0 ||
            (p.version === seen[i - 1].version + 1 &&
              !isTerminal(seen[i - 1].state)),
        ),
      ),
    );
  });

  it('never commits twice', () => {
    fc.assert(
      fc.property(
        runs,
        seen => new Set(seen.map(p => p.commitSha).filter(Boolean)).size <= 1,
      ),
    );
  });

  it('ends: nothing is legal in a terminal state', () => {
    for (const state of TERMINAL_PROMOTION_STATES) {
      for (const type of PROMOTION_EVENT_TYPES) {
        expect(isLegalTransition(state, type)).toBe(false);
      }
    }
  });
});
