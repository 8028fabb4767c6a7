import { AvailableAction } from '../api';
import { PlannedThing } from '../componentPlan';
import { Approval } from '../promotion/types';

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
