/** The way of a new component to its first environment, in order. @public */
export const FIRST_DELIVERY_STEPS = [
  'repository',
  'image',
  'replication',
  'desired',
  'sync',
  'health',
] as const;

/** One station on the way of a new component. @public */
export type FirstDeliveryStepId = (typeof FIRST_DELIVERY_STEPS)[number];

/**
 * How a station stands. `skipped` has nothing to do here, and says why;
 * `failed` is what stopped the delivery.
 *
 * @public
 */
export type FirstDeliveryStepState =
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'skipped';

/** One station of a first delivery. @public */
export interface FirstDeliveryStep {
  id: FirstDeliveryStepId;
  /** For people, e.g. `Image built`. */
  title: string;
  state: FirstDeliveryStepState;
  /** ISO 8601 UTC: since when it is in this state; absent while nothing is known. */
  at?: string;
  /** What a colleague would say. */
  sentence: string;
  /** Where a person sees more. */
  link?: { title: string; url: string };
}

/**
 * Where a first delivery is. `stopped`: something has to be mended; it goes on
 * by itself then. `expired`: nobody mended it, and it is not looked at any more.
 *
 * @public
 */
export type FirstDeliveryState =
  | 'following'
  | 'stopped'
  | 'delivered'
  | 'expired';

/** States in which a first delivery is still looked at. @public */
export const OPEN_FIRST_DELIVERY_STATES: FirstDeliveryState[] = [
  'following',
  'stopped',
];

/** A new component on its way to its first environment. @public */
export interface FirstDelivery {
  /** ULID. */
  id: string;
  /** Entity ref. */
  componentRef: string;
  /** Entity ref of the System that it joins. */
  systemRef: string;
  /** Entity ref of the environment that it is followed to. */
  environmentRef: string;
  /** Short name of that environment. */
  environmentName: string;
  /** Entity ref of who asked for the component. */
  requestedBy: string;
  /** The scaffolder task that made it; absent when none did. */
  taskId?: string;
  /** `owner/name` of the repository whose CI builds it. */
  repository: string;
  state: FirstDeliveryState;
  /** How it stands, in one sentence. */
  sentence: string;
  /** All of {@link FIRST_DELIVERY_STEPS}, in that order. */
  steps: FirstDeliveryStep[];
  /** What came to be desired there; absent before. */
  release?: { version?: string; digest?: string };
  /** Page of the application or service in its deployment system. */
  applicationUrl?: string;
  /** ISO 8601 UTC. */
  createdAt: string;
  /** ISO 8601 UTC: when it was last looked at. */
  observedAt: string;
  /** ISO 8601 UTC; absent while it is open. */
  endedAt?: string;
}

/** Answer of `GET /first-deliveries`, newest first. @public */
export interface FirstDeliveryList {
  items: FirstDelivery[];
}

/** Query of `GET /first-deliveries`; everything given must hold. @public */
export interface ListFirstDeliveriesQuery {
  /** Default `open`. */
  scope?: 'open' | 'all';
  /** Only those that the asking person asked for. */
  mine?: boolean;
  /** Entity ref. */
  componentRef?: string;
  /** At most this many; 1 to 200, default 50. */
  limit?: number;
}

/**
 * Body of `POST /first-deliveries`: what to follow. The same component,
 * environment and task give the same delivery.
 *
 * @public
 */
export interface FollowFirstDeliveryRequest {
  /** Entity ref; the component need not be in the catalog yet. */
  componentRef: string;
  /** Entity ref of the System that it joins. */
  systemRef: string;
  /** Short name of an environment of the System; the first in promotion order when absent. */
  environment?: string;
  /** Name of its repository in the System's organisation; the component's name when absent. */
  repositoryName?: string;
  /** The scaffolder task. */
  taskId?: string;
}

/** Whether a first delivery is still looked at. @public */
export function isOpenFirstDelivery({ state }: FirstDelivery): boolean {
  return OPEN_FIRST_DELIVERY_STATES.includes(state);
}
