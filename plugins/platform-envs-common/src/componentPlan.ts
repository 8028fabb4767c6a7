import { z } from 'zod/v3';

/**
 * Where the scaffolder makes plans, below its base URL: `POST` with
 * `{ templateRef, values }` answers a {@link ComponentPlan}.
 *
 * @public
 */
export const COMPONENT_PLANS_PATH = '/platform-envs/plans';

/** What a planned thing is. @public */
export const PLANNED_KINDS = [
  'repository',
  'file',
  'commit',
  'pullRequest',
  'awsResource',
  'iam',
  'catalogEntry',
  'deployment',
] as const;

/** What a planned thing is. @public */
export type PlannedKind = (typeof PLANNED_KINDS)[number];

/** What would become of a thing; `keep` leaves it as it is. @public */
export const PLANNED_CHANGES = ['create', 'update', 'keep', 'remove'] as const;

/** What would become of a thing; `keep` leaves it as it is. @public */
export type PlannedChange = (typeof PLANNED_CHANGES)[number];

/**
 * What a thing costs in a month, or why that cannot be said: a price that is
 * not known is `unavailable`, never zero.
 *
 * @public
 */
export type MonthlyEstimate =
  | {
      status: 'ok';
      /** Decimal string, e.g. `"14.42"`; in `currency` for a month of 730 hours. */
      amount: string;
      /** ISO 4217. */
      currency: string;
      /** Date of the price table, `YYYY-MM-DD`. */
      pricedOn: string;
      /** One sentence: what was multiplied with what. */
      basis: string;
      /** Of a total: what it lacks, each with the reason. Absent: nothing. */
      missing?: string[];
    }
  | {
      status: 'unavailable';
      /** One sentence: what is missing, and where it could be added. */
      reason: string;
    };

/** One property of a planned thing. @public */
export interface PlannedProperty {
  /** As the vendor calls it, or as people say it: `ImageTagMutability`, `Replicas`. */
  name: string;
  /** One line, or several: a policy as indented JSON. Never a secret. */
  value: string;
}

/** What a deployment asks for; prices are made from it. @public */
export interface PlannedCapacity {
  runtime: 'eks' | 'ecs';
  /** AWS region, e.g. `ap-southeast-2`. */
  region: string;
  /** Instances that always run. */
  replicas: number;
  /** Where an autoscaler may add some: at most so many. */
  maxReplicas?: number;
  /** Of one instance: a quantity as Kubernetes writes it (`250m`), or vCPU (`0.25`). */
  cpu: string;
  /** Of one instance: a quantity with its unit, e.g. `256Mi` or `1Gi`. */
  memory: string;
  /** On spare capacity, whose price moves: estimated at the price without. */
  spot?: boolean;
}

/**
 * One thing that a run would create, update, leave or remove. Two with the same
 * `kind`, `where` and `name` are the same thing.
 *
 * @public
 */
export interface PlannedThing {
  kind: PlannedKind;
  /**
   * What it is called where it stands: `owner/name` of a repository, the path
   * of a file in its repository, the subject of a commit or pull request, the
   * name of a resource, role or deployment, the entity ref of an entry.
   */
  name: string;
  /**
   * Where it stands: `owner/name@branch` of files, commits and pull requests,
   * the Git host of a repository, `<account>/<region>` of an AWS resource,
   * `<account>` of IAM, `catalog`, the cluster of a deployment.
   */
  where: string;
  change: PlannedChange;
  /** Short name of the environment it belongs to; absent: shared by all. */
  environment?: string;
  /** `AWS::ECR::Repository` and the like; of `awsResource` and `iam` only. */
  resourceType?: string;
  /** Whole text, of a file or a document. Absent for what is not text. */
  content?: string;
  /** `file`: size in bytes, also where `content` is absent. */
  sizeBytes?: number;
  /** `file`: it may be executed. */
  executable?: boolean;
  /** In the order in which they are to be read. */
  properties?: PlannedProperty[];
  /** `deployment`: what it asks for. */
  capacity?: PlannedCapacity;
  /** One sentence that a colleague would add, e.g. why it is kept. */
  note?: string;
  /** Where a person sees it; only of what is there already. */
  url?: string;
  /** Absent: it has no price of its own (a file, an entry, a role). */
  estimate?: MonthlyEstimate;
}

/** Something that a person should know before the run. @public */
export interface PlanFinding {
  /** `blocking`: a run would stop before it creates anything. */
  severity: 'blocking' | 'warning';
  /** One sentence: the thing, and whose it is. */
  message: string;
  /** One sentence: what to do about it. */
  nextStep: string;
  /** Name of the form's field that decides it. */
  field?: string;
}

/** What an environment costs more in a month, or what all of them share. @public */
export interface PlannedEnvironmentCost {
  /** Short name; absent: what the environments share. */
  environment?: string;
  estimate: MonthlyEstimate;
}

/**
 * Everything that a run of a template would do, before it does anything.
 *
 * @public
 */
export interface ComponentPlan {
  /** Entity ref of the template. */
  templateRef: string;
  /** One sentence: how many of what. */
  summary: string;
  /** By kind in the order of {@link PLANNED_KINDS}, then by place and name. */
  things: PlannedThing[];
  /** Shared first, then in promotion order. Empty when nothing has a price. */
  costs: PlannedEnvironmentCost[];
  /** The sum of `costs`; absent when there are none. */
  total?: MonthlyEstimate;
  /** Blocking ones first. Empty: nothing is in the way. */
  findings: PlanFinding[];
  /** When it was made, ISO 8601 in UTC. */
  madeAt: string;
}

const text = (max: number) => z.string().max(max);

/** @public */
export const monthlyEstimateSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    amount: z.string().regex(/^-?\d+(\.\d+)?$/),
    currency: z.string().regex(/^[A-Z]{3}$/),
    pricedOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    basis: text(1_000),
    missing: z.array(text(1_000)).optional(),
  }),
  z.object({ status: z.literal('unavailable'), reason: text(1_000) }),
]) satisfies z.ZodType<MonthlyEstimate>;

/** @public */
export const plannedThingSchema = z.object({
  kind: z.enum(PLANNED_KINDS),
  name: text(1_000),
  where: text(500),
  change: z.enum(PLANNED_CHANGES),
  environment: text(63).optional(),
  resourceType: text(200).optional(),
  content: z.string().optional(),
  sizeBytes: z.number().int().nonnegative().optional(),
  executable: z.boolean().optional(),
  properties: z
    .array(z.object({ name: text(200), value: text(20_000) }))
    .optional(),
  capacity: z
    .object({
      runtime: z.enum(['eks', 'ecs']),
      region: text(50),
      replicas: z.number().int().nonnegative(),
      maxReplicas: z.number().int().nonnegative().optional(),
      cpu: text(20),
      memory: text(20),
      spot: z.boolean().optional(),
    })
    .optional(),
  note: text(1_000).optional(),
  url: text(2_000).optional(),
  estimate: monthlyEstimateSchema.optional(),
}) satisfies z.ZodType<PlannedThing>;

/** @public */
export const planFindingSchema = z.object({
  severity: z.enum(['blocking', 'warning']),
  message: text(4_000),
  nextStep: text(2_000),
  field: text(100).optional(),
}) satisfies z.ZodType<PlanFinding>;

/** @public */
export const componentPlanSchema = z.object({
  templateRef: text(300),
  summary: text(1_000),
  things: z.array(plannedThingSchema),
  costs: z.array(
    z.object({
      environment: text(63).optional(),
      estimate: monthlyEstimateSchema,
    }),
  ),
  total: monthlyEstimateSchema.optional(),
  findings: z.array(planFindingSchema),
  madeAt: z.string(),
}) satisfies z.ZodType<ComponentPlan>;
