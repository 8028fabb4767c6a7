import { ConflictError } from '@backstage/errors';
import { AvailableAction } from './api';
import { PlannedThing } from './componentPlan';
import { nameGroups } from './promotion/availableActions';
import { quorumOf } from './promotion/transition';
import { Approval } from './promotion/types';

/**
 * Where taking a component away stands. WAITING: others have to agree.
 * APPROVED: the run may begin. RUNNING: something may be gone already, and the
 * run goes on until all of it is. The others never change again.
 *
 * @public
 */
export const REMOVAL_STATES = [
  'WAITING',
  'APPROVED',
  'RUNNING',
  'DONE',
  'REJECTED',
  'CANCELLED',
] as const;

/** @see REMOVAL_STATES @public */
export type RemovalState = (typeof REMOVAL_STATES)[number];

/** States in which a removal has not ended. @public */
export const OPEN_REMOVAL_STATES: RemovalState[] = [
  'WAITING',
  'APPROVED',
  'RUNNING',
];

/** What needs the component. @public */
export interface RemovalDependent {
  /** Entity ref. */
  entityRef: string;
  /** One sentence: how it depends. */
  how: string;
}

/** Where the component runs, as the board shows it. @public */
export interface RemovalPlace {
  environmentRef: string;
  environmentName: string;
  /** What Git asks for there; absent where nothing was released. */
  version?: string;
  digest?: string;
  /** How it stands there now. Not part of the digest. */
  sentence: string;
  /** Whether taking it away there needs a second person. */
  needsApproval: boolean;
}

/** What would be taken away, what stays, and who would miss it. @public */
export interface RemovalPlan {
  /** What becomes of each thing: removed, changed (archived) or kept, in the order of the run. */
  things: PlannedThing[];
  /** Of `things`, by name, those that Fairway did not make. */
  foreign: string[];
  /** Whether images outlive the registry's stack. */
  keepImages: boolean;
  /** Empty: nothing in the catalog needs it. */
  dependents: RemovalDependent[];
  /** Whether the requester said to go on although something depends on it. */
  despiteDependents: boolean;
  /** In promotion order; empty where it runs nowhere. */
  places: RemovalPlace[];
  /** Promotions that have not ended; they cannot go on afterwards. */
  openPromotions: Array<{ id: string; sentence: string }>;
}

/** Who has to agree to a removal, and why. @public */
export interface RemovalPolicy {
  minApprovals: number;
  /** Entity refs of groups. */
  approverGroups: string[];
  /** The requester never counts. */
  excludeRequester: true;
  /** Environments whose approvers are asked. Entity refs. */
  environmentRefs: string[];
  /** Why somebody has to agree, one sentence each; empty where nobody has to. */
  reasons: string[];
}

/** One step of the run that takes things away. @public */
export interface RemovalStep {
  id: string;
  title: string;
  state: 'running' | 'done' | 'failed';
  /** What was done, or what stands in the way. */
  sentence: string;
  /** ISO 8601 UTC. */
  at: string;
  link?: { title: string; url: string };
}

/** One line of the record of a removal. @public */
export interface RemovalEvent {
  sequence: number;
  at: string;
  actor: string;
  event: string;
  toState: RemovalState;
  message: string;
}

/** A request to take a component away. @public */
export interface Removal {
  /** ULID. */
  id: string;
  /** Entity ref. */
  componentRef: string;
  /** Entity ref. */
  systemRef: string;
  /** Entity ref of the person who asked. */
  requestedBy: string;
  reason: string;
  /** The scaffolder task that carries it out. */
  taskId?: string;
  state: RemovalState;
  plan: RemovalPlan;
  /** sha256 over what the plan takes away and what it is judged by; approvals are bound to it. */
  planDigest: string;
  policy: RemovalPolicy;
  /** Of all plans that there were; those of other digests do not count. */
  approvals: Approval[];
  /** What the run did so far, in order. */
  steps: RemovalStep[];
  /** ISO 8601 UTC. */
  createdAt: string;
  updatedAt: string;
  endedAt?: string;
}

/** Everything that bears on one removal. @public */
export interface RemovalDetail {
  removal: Removal;
  quorum: { have: number; need: number };
  availableActions: AvailableAction[];
  /** Oldest first. */
  events: RemovalEvent[];
}

/** Answer of `GET /removals`, newest first. @public */
export interface RemovalList {
  items: Array<{
    removal: Removal;
    quorum: { have: number; need: number };
    /** Whether the viewer could decide on it now. */
    viewerCanDecide: boolean;
  }>;
}

/** Query of `GET /removals`. @public */
export interface ListRemovalsQuery {
  /** Those the viewer could decide, those not ended (default), or every one. */
  scope?: 'waiting' | 'open' | 'all';
  /** Entity ref. */
  componentRef?: string;
  /** At most this many; 1 to 200, default 50. */
  limit?: number;
}

/**
 * Body of `POST /removals/plan` and `POST /removals`: what the run found that it
 * would take away. Who depends on it, where it runs and who has to agree, the
 * portal finds out itself.
 *
 * @public
 */
export interface RequestRemoval {
  componentRef: string;
  reason: string;
  taskId?: string;
  things: PlannedThing[];
  foreign: string[];
  keepImages: boolean;
  despiteDependents: boolean;
}

/** Answer of `POST /removals/plan`: nothing is kept. @public */
export interface RemovalPreview {
  plan: RemovalPlan;
  planDigest: string;
  policy: RemovalPolicy;
}

/** Body of `POST /removals/:id/approvals`. @public */
export interface DecideRemovalRequest {
  verdict: 'approve' | 'reject';
  comment: string;
  /** The digest that was on the screen; a decision on another plan is refused. */
  planDigest: string;
}

/** Body of `POST /removals/:id/begin`. @public */
export interface BeginRemovalRequest {
  /** Of the plan that the run is about to carry out. */
  planDigest: string;
}

/** Body of `POST /removals/:id/steps`. @public */
export type NoteRemovalStepRequest = Omit<RemovalStep, 'at'>;

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

/** Who looks at a removal, and what policy lets them do. @public */
export interface RemovalViewer {
  /** Entity ref; absent for anything that is not a person. */
  userRef?: string;
  /** What the permission policy and the groups of this moment answer. */
  mayApprove: boolean;
  /** The viewer is the requester under another name. */
  isRequesterByAnotherName?: boolean;
}

/** What a viewer may do next with a removal, each with the reason when it may not be. @public */
export function availableRemovalActions(
  removal: Removal,
  viewer: RemovalViewer,
): AvailableAction[] {
  const noDecision = whyNoDecision(removal, viewer);
  return [
    toAction('approve', noDecision ?? whyNoApproval(removal, viewer)),
    toAction('reject', noDecision),
    toAction('cancel', whyNoCancel(removal, viewer)),
  ];
}

function toAction(
  action: AvailableAction['action'],
  reason: string | undefined,
): AvailableAction {
  return reason
    ? { action, allowed: false, reason }
    : { action, allowed: true };
}

function whyNoDecision(
  removal: Removal,
  viewer: RemovalViewer,
): string | undefined {
  const approvers = nameGroups(removal.policy.approverGroups);
  if (!isOpenRemoval(removal)) {
    return `This removal has ended: it is ${removal.state}.`;
  }
  if (removal.state === 'RUNNING') {
    return 'This removal has begun and cannot be decided on any more.';
  }
  if (!viewer.userRef) return 'Only a signed-in person can decide.';
  if (removal.policy.minApprovals === 0) return 'Nobody has to agree to it.';
  if (
    viewer.userRef === removal.requestedBy ||
    viewer.isRequesterByAnotherName
  ) {
    return `You asked for this removal; another member of ${approvers} must decide.`;
  }
  return viewer.mayApprove
    ? undefined
    : `You are not in ${approvers}; a member must decide.`;
}

function whyNoApproval(
  removal: Removal,
  viewer: RemovalViewer,
): string | undefined {
  const mine = removal.approvals.some(
    ({ actor, verdict, planDigest, voidedReason }) =>
      actor === viewer.userRef &&
      verdict === 'approve' &&
      planDigest === removal.planDigest &&
      !voidedReason,
  );
  if (mine) return 'You have already approved this plan.';
  return removal.state === 'APPROVED'
    ? 'It has all the approvals that it needs.'
    : undefined;
}

function whyNoCancel(
  removal: Removal,
  viewer: RemovalViewer,
): string | undefined {
  if (!isOpenRemoval(removal)) {
    return `This removal has ended: it is ${removal.state}.`;
  }
  if (removal.state === 'RUNNING') {
    return 'This removal has begun: what is gone is gone. Retry the run to bring it to its end.';
  }
  return viewer.userRef === removal.requestedBy
    ? undefined
    : `Only ${removal.requestedBy.replace(
        /^.*\//,
        '',
      )}, who asked for it, can withdraw it.`;
}
