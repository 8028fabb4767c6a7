import { ApplicationDetail } from './applicationDetail';
import {
  Availability,
  DeliveryPolicy,
  EnvironmentRuntime,
  EnvironmentTier,
  MoneyAmount,
  RegionRole,
  Routing,
} from './environment';
import { Behind } from './behind';
import {
  GateResult,
  Promotion,
  PromotionEvent,
  PromotionPlan,
} from './promotion/types';
import { EnvironmentCapacity } from './capacity';
import { Observed } from './observed';
import { Release } from './release';
import { EnvironmentOperations, EnvironmentStack } from './stacks';
import { HealthStatus, Reading, SourceState, SyncStatus } from './status';

/** A link that already carries component and environment. @public */
export interface DeliveryLink {
  title: string;
  url: string;
  /** Which icon and group it belongs to. */
  type: 'argocd' | 'grafana' | 'logs' | 'runbook' | 'aws' | 'git' | 'other';
  /** Where it leads to that the title does not say: account and region. */
  detail?: string;
}

/** An environment as the screens need it. @public */
export interface EnvironmentSummary {
  ref: string;
  name: string;
  title: string;
  shortName: string;
  description?: string;
  tier: EnvironmentTier;
  promotionOrder: number;
  lifecycle: 'planned' | 'active' | 'retired';
  /** Entity ref. */
  systemRef: string;
  /** Entity ref. */
  ownerRef: string;
  runtime: EnvironmentRuntime;
  awsAccountId?: string;
  regions: Array<{ name: string; role: RegionRole }>;
  availability: Availability;
  clusterRef?: string;
  namespace?: string;
  databaseRef?: string;
  delivery: {
    policy: DeliveryPolicy;
    minApprovals: number;
    approverRefs: string[];
  };
  routing: Routing;
  planCostPerMonth?: MoneyAmount;
  gitops?: { repository: string; branch: string; path: string };
  links: DeliveryLink[];
}

/** How a cell was matched to an Argo CD application. @public */
export type CellMatch = 'declared' | 'derived' | 'none';

/** A resource of an application that is worth showing. @public */
export interface CellResource {
  kind: string;
  name: string;
  namespace?: string;
  sync?: SyncStatus;
  health?: HealthStatus;
  message?: string;
}

/** One component in one environment. @public */
export interface DeliveryCell extends ApplicationDetail {
  componentRef: string;
  environmentRef: string;
  /** Application in Argo CD; absent when there is none. */
  application?: { name: string; instance: string; match: CellMatch };
  /** What Git says should run. */
  desired: Reading<
    Release & {
      /** Path of the file in the GitOps repository. */
      path: string;
      /** Last commit that touched it. */
      commit?: string;
      author?: string;
      committedAt?: string;
      message?: string;
      /** How many copies Git asks for; absent where the file leaves that to its base. */
      replicas?: number;
    }
  >;
  /** What Argo CD says does run. */
  live: Reading<Release & { revision?: string }>;
  sync: SyncStatus;
  health: HealthStatus;
  /** Worst first. */
  state:
    | 'degraded'
    | 'missing'
    | 'out-of-sync'
    | 'progressing'
    | 'unknown'
    | 'suspended'
    | 'not-deployed'
    | 'healthy';
  /** The sentence that a colleague would say. */
  sentence: string;
  /** ISO 8601 UTC time since when the present state holds, where known. */
  since?: string;
  /** Against the environment before it in promotion order. */
  behind?: Behind;
  source: { state: SourceState; observedAt?: string; message?: string };
  resources?: CellResource[];
  lastOperation?: {
    phase: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
  };
  links: DeliveryLink[];
}

/** A component with everything about its cells. @public */
export interface DeliveryRow {
  component: {
    ref: string;
    name: string;
    title?: string;
    type: string;
    language?: string;
    lifecycle: string;
    ownerRef: string;
    systemRef?: string;
  };
  /** One per environment the component is to run in, in promotion order. */
  cells: DeliveryCell[];
  /** What does not add up: overlay without application, and the like. */
  findings: string[];
}

/** Where readings come from and how fresh they are. @public */
export interface OverviewSource {
  id: string;
  title: string;
  state: SourceState;
  observedAt?: string;
  message?: string;
}

/**
 * Answer of `GET /components/:namespace/:kind/:name/environments/:environmentNamespace/:environmentName`:
 * everything about one cell of the board.
 *
 * @public
 */
export interface CellDetail {
  /** Of the board that it was read from. */
  revision: string;
  component: DeliveryRow['component'];
  environment: EnvironmentSummary;
  cell: DeliveryCell;
  /** What does not add up about the component, in any environment. */
  findings: string[];
}

/** Everything the Delivery tab of a component shows. @public */
export interface ComponentDelivery {
  revision: string;
  environments: EnvironmentSummary[];
  row: DeliveryRow;
  sources: OverviewSource[];
  /** Newest first, over all environments. */
  history: Array<{
    environmentRef: string;
    at: string;
    release?: Release;
    revision?: string;
    author?: string;
    message?: string;
    /** Page of the commit of the desired state. */
    revisionUrl?: string;
  }>;
  /** Where its source is kept; absent where its catalog entry names no repository. */
  source?: {
    /** `owner/name` */
    repository: string;
    /** Pages of the commits that its releases were built from, by SHA. */
    commitUrls: Record<string, string>;
  };
  /**
   * How many settings differ between an environment and the one before it,
   * apart from the image. A pair that is missing is not known.
   */
  configChanges?: Array<{
    fromEnvironmentRef: string;
    toEnvironmentRef: string;
    count: number;
  }>;
  /** Open and recent promotions of the component, newest first. */
  promotions: Promotion[];
  /** What the viewer may do, per target environment. */
  promotionTargets: Array<{
    toEnvironmentRef: string;
    fromEnvironmentRef?: string;
    allowed: boolean;
    /** Why not, and who can, when not allowed. */
    reason?: string;
  }>;
  /**
   * Whether the viewer may refresh or sync, per environment. An environment
   * that is not listed has nothing that could be refreshed.
   */
  operations?: Array<{
    environmentRef: string;
    allowed: boolean;
    /** Why not, and who can, when not allowed. */
    reason?: string;
  }>;
}

/** How far one reader region trails its writer. @public */
export interface ReplicationLag {
  /** Identifier of the global cluster. */
  globalCluster: string;
  status: string;
  writer: { cluster: string; region: string };
  reader: { cluster: string; region: string; synchronization?: string };
  /** Milliseconds: latest `AuroraGlobalDBReplicationLag` in the reader's region. */
  lagMs: Reading<number>;
  /** Milliseconds: latest `AuroraGlobalDBRPOLag`. */
  rpoLagMs: Reading<number>;
  /** Oldest first, one point a minute; a gap is a missing point, never zero. */
  series: Array<{ at: string; lagMs: number }>;
}

/** The databases of one environment. @public */
export interface EnvironmentReplication {
  environmentRef: string;
  /** Why there is nothing to show, when there is nothing. */
  absentReason?: string;
  lag: Reading<ReplicationLag[]>;
  /** It is being read at this moment. */
  isBeingRead?: boolean;
}

/** The environment page. @public */
export interface EnvironmentDetail {
  environment: EnvironmentSummary;
  sources: OverviewSource[];
  /** What runs here. */
  rows: Array<{ component: DeliveryRow['component']; cell: DeliveryCell }>;
  findings: string[];
  /** What its cluster can carry, and what is taken of it. */
  capacity: Observed<EnvironmentCapacity>;
  /** Its CloudFormation stacks; failed and drifted ones first. */
  stacks: Observed<EnvironmentStack[]>;
  /** What the viewer may do with it. */
  operations: EnvironmentOperations;
}

/** What a viewer may do with a promotion, and why not. @public */
export interface AvailableAction {
  action: 'approve' | 'reject' | 'cancel';
  allowed: boolean;
  reason?: string;
}

/** The approver's page. @public */
export interface PromotionDetail {
  promotion: Promotion;
  gates: GateResult[];
  /** Approvals that count, and how many are needed. */
  quorum: { have: number; need: number };
  /** Entity refs of the people or groups who could decide. */
  eligibleApprovers: string[];
  availableActions: AvailableAction[];
  events: PromotionEvent[];
  /** Page of the written commit on the Git host, once there is one. */
  commitUrl?: string;
}

/** Body of `POST /promotions`. @public */
export interface CreatePromotionRequest {
  componentRef: string;
  fromEnvironmentRef: string;
  toEnvironmentRef: string;
  reason: string;
  /** Same key, same answer. Made by the client. */
  idempotencyKey: string;
}

/** Body of `POST /promotions/plan`: what a promotion would do; nothing is written. @public */
export type PlanPromotionRequest = Pick<
  CreatePromotionRequest,
  'componentRef' | 'fromEnvironmentRef' | 'toEnvironmentRef'
>;

/** Body of `POST /promotions/:id/approvals`. @public */
export interface DecidePromotionRequest {
  verdict: 'approve' | 'reject';
  comment: string;
  /** The digest that was on the screen; a decision on another plan is refused. */
  planDigest: string;
}

/**
 * Answer of `POST /promotions/plan`: what a promotion would write and what
 * would decide about it, as of now.
 *
 * @public
 */
export interface PromotionPlanPreview {
  plan: PromotionPlan;
  gates: GateResult[];
  policy: Promotion['policy'];
  /** An open promotion with the same plan; asking again leads to it. */
  existingPromotionId?: string;
}

/** Which promotions to list: those the viewer could decide now, those not finished, or every one. @public */
export type PromotionScope = 'waiting' | 'open' | 'all';

/** Query of `GET /promotions`. @public */
export interface ListPromotionsQuery {
  /** Default `open`. */
  scope?: PromotionScope;
  /** Entity ref. */
  componentRef?: string;
  /** Entity ref of the target environment. */
  environmentRef?: string;
  /** At most this many, newest first; 1 to 200, default 50. */
  limit?: number;
}

/** Answer of `GET /promotions`, newest first. @public */
export interface PromotionList {
  items: Array<{
    promotion: Promotion;
    /** Approvals that count, and how many are needed. */
    quorum: { have: number; need: number };
    /** Whether the viewer could approve or reject it now. */
    viewerCanDecide: boolean;
  }>;
  /** Why nothing can be promoted in this installation, when that is so. */
  unavailableReason?: string;
}

/** Body of `POST /promotions/:id/cancellation`. @public */
export interface CancelPromotionRequest {
  reason: string;
}

/** Answer of `GET /environments`, in promotion order within each system. @public */
export interface EnvironmentList {
  items: EnvironmentSummary[];
}
