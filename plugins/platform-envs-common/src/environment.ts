import { Entity } from '@backstage/catalog-model';

/** The catalog kind of an environment. @public */
export const ENVIRONMENT_KIND = 'Environment';

/** The apiVersion of the Environment kind. @public */
export const ENVIRONMENT_API_VERSION = 'fairway.dev/v1alpha1';

/**
 * What an environment is for, from the least to the most guarded.
 *
 * @public
 */
export const ENVIRONMENT_TIERS = [
  'local',
  'sandbox',
  'dev',
  'uat',
  'staging',
  'prod',
] as const;

/** @public */
export type EnvironmentTier = (typeof ENVIRONMENT_TIERS)[number];

/** What runs the workloads of an environment. @public */
export const ENVIRONMENT_RUNTIMES = ['eks', 'ecs', 'local'] as const;

/** @public */
export type EnvironmentRuntime = (typeof ENVIRONMENT_RUNTIMES)[number];

/**
 * How a release reaches an environment. `auto`: on merge. `manual`: when
 * somebody who may starts a promotion. `gated`: after approval by others.
 *
 * @public
 */
export const DELIVERY_POLICIES = ['auto', 'manual', 'gated'] as const;

/** @public */
export type DeliveryPolicy = (typeof DELIVERY_POLICIES)[number];

/** Whether an environment is still to come, in use, or gone. @public */
export const ENVIRONMENT_LIFECYCLES = ['planned', 'active', 'retired'] as const;

/** @public */
export type EnvironmentLifecycle = (typeof ENVIRONMENT_LIFECYCLES)[number];

/** The part a region plays in an environment. @public */
export const REGION_ROLES = ['primary', 'secondary'] as const;

/** @public */
export type RegionRole = (typeof REGION_ROLES)[number];

/** How an environment survives the loss of a zone or a region. @public */
export const AVAILABILITIES = [
  'single-host',
  'single-az',
  'multi-az',
  'regional-failover',
  'regional-and-az-failover',
] as const;

/** @public */
export type Availability = (typeof AVAILABILITIES)[number];

/** How requests find an environment. @public */
export const ROUTINGS = [
  'none',
  'simple',
  'latency',
  'latency-health-checked',
] as const;

/** @public */
export type Routing = (typeof ROUTINGS)[number];

/** An amount of money: a decimal string and its ISO 4217 currency. @public */
export type MoneyAmount = {
  amount: string;
  currency: string;
};

/**
 * A named place where workloads run, as the catalog keeps it.
 *
 * @public
 */
export interface EnvironmentEntity extends Entity {
  apiVersion: typeof ENVIRONMENT_API_VERSION;
  kind: typeof ENVIRONMENT_KIND;
  spec: {
    /** The name within its system, as in `overlays/<shortName>`: `dev`, `prod`. */
    shortName: string;
    tier: EnvironmentTier;
    /** Position on the way to production; lower comes first. Unique in a system. */
    promotionOrder: number;
    lifecycle: EnvironmentLifecycle;
    owner: string;
    system: string;
    runtime: EnvironmentRuntime;
    /** Twelve digits. Required unless the runtime is `local`. */
    awsAccountId?: string;
    /** Exactly one is primary. Empty only for runtime `local`. */
    regions: Array<{ name: string; role: RegionRole }>;
    availability: Availability;
    /** Entity ref of the cluster resource. */
    cluster?: string;
    /** Kubernetes namespace, or the ECS service namespace. */
    namespace?: string;
    /** Entity ref of the database resource that the environment writes to. */
    database?: string;
    delivery: {
      policy: DeliveryPolicy;
      /** Approvals needed beside the requester; 0 unless policy is `gated`. */
      minApprovals?: number;
      /** Entity refs of the groups whose members may approve. */
      approvers?: string[];
    };
    routing: Routing;
    /** What the environment was planned to cost a month. */
    planCostPerMonth?: MoneyAmount;
    /** Where the desired state is kept; the host is configuration. */
    gitops?: {
      /** `owner/name` on the configured Git host. */
      repository: string;
      /** Branch that is followed. */
      branch: string;
      /** Folder that holds `base`, `overlays` and `apps`, or the tfvars files. */
      path: string;
    };
    /** Entity refs of what the environment is made of. */
    dependsOn?: string[];
  };
}

/** Whether an entity is an Environment of the version known here. @public */
export function isEnvironmentEntity(
  entity: Entity,
): entity is EnvironmentEntity {
  return (
    entity.kind === ENVIRONMENT_KIND &&
    entity.apiVersion === ENVIRONMENT_API_VERSION
  );
}

/** Orders environments by system, then on the way to production. @public */
export function comparePromotionOrder(
  a: { system?: string; promotionOrder: number; shortName: string },
  b: { system?: string; promotionOrder: number; shortName: string },
): number {
  return (
    (a.system ?? '').localeCompare(b.system ?? '') ||
    a.promotionOrder - b.promotionOrder ||
    a.shortName.localeCompare(b.shortName)
  );
}
