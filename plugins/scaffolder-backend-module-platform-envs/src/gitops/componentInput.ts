import {
  COMPONENT_SIZES,
  ComponentSize,
} from '@fairway/plugin-platform-envs-common';
import type { z as zod } from 'zod/v3';

/** How much a component gets of an environment; what that is says {@link sizingOf}. */
export const SIZES = COMPONENT_SIZES;

/** @see SIZES */
export type Size = ComponentSize;

/** What a component is: it answers requests, works off a queue, or is a website. */
export const COMPONENT_KINDS = ['service', 'worker', 'web'] as const;

/** @see COMPONENT_KINDS */
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

/** Who reaches a component from outside its environment. */
export const EXPOSURES = ['none', 'internal', 'public'] as const;

/** @see EXPOSURES */
export type Exposure = (typeof EXPOSURES)[number];

/** More copies than this of one component are a mistake until somebody says otherwise. */
const MAX_REPLICAS = 100;

/** A part of a component that runs beside it, from the same image. */
export interface Worker {
  /** DNS label, unique in the component. */
  name: string;
  /** Arguments after the image's entrypoint. */
  command: string[];
}

/** What the form says about how a component is to run; all of it has defaults. */
export interface ComponentInput {
  /** Short names; absent or empty: all environments of the platform. */
  environments?: string[];
  /** By short name; absent: the default of the environment's tier. */
  sizes?: Record<
    string,
    { size?: Size; replicas?: number; maxReplicas?: number }
  >;
  /** Absent: `service`. */
  kind?: ComponentKind;
  /** Container ports; absent: http on 8080, none for a worker. */
  ports?: { http?: number; grpc?: number };
  /** Absent: `public` for a website, else `none`. */
  exposure?: Exposure;
  /** Names of keys, as the container sees them in its environment. */
  secrets?: string[];
  /** Arguments after the image's entrypoint; absent: the image's own. */
  command?: string[];
  /**
   * ECS only: what ends with 0 in the container while it is well; absent: only
   * the load balancer looks.
   */
  healthCommand?: string[];
  /** ECS only: further services from the same image. */
  workers?: Worker[];
  /** Variables that the container finds in its environment, the same everywhere; never secrets. */
  environmentVariables?: Record<string, string>;
  /**
   * ECS only: a queue of jobs in each environment, with one for those that
   * nobody can do; absent: none.
   */
  queue?: boolean;
  /** ECS only; absent: where the environment's tags say `blue-green`. */
  blueGreen?: boolean;
  /** TCP ports in the private network that it calls, beside HTTPS and the environment's database. */
  egressPorts?: number[];
}

type Zod = typeof zod;

const port = (z: Zod) => z.number().int().min(1024).max(65535);
const replicas = (z: Zod) => z.number().int().min(1).max(MAX_REPLICAS);
const argument = (z: Zod) => z.string().min(1).max(500);

/**
 * The fields of {@link ComponentInput} as an action's input schema takes them,
 * for every action that has to know how a component will run.
 */
export const componentInputSchema = {
  environments: (z: Zod) =>
    z
      .array(z.string().max(63))
      .max(50)
      .optional()
      .describe(
        'Short names of the environments to prepare, e.g. ["dev", "prod"]; absent or empty: all of the platform',
      ),
  sizes: (z: Zod) =>
    z
      .record(
        z
          .object({
            size: z
              .enum(SIZES)
              .optional()
              .describe("CPU and memory; the tier's default when absent"),
            replicas: replicas(z).optional(),
            maxReplicas: replicas(z)
              .optional()
              .describe('An autoscaler adds copies up to this'),
          })
          .strict(),
      )
      .optional()
      .describe(
        'Size by short name of the environment, e.g. { "prod": { "size": "large", "replicas": 3, "maxReplicas": 9 } }',
      ),
  kind: (z: Zod) =>
    z
      .enum(COMPONENT_KINDS)
      .optional()
      .describe(
        'service (the default) and web answer requests; a worker has no address',
      ),
  ports: (z: Zod) =>
    z
      .object({ http: port(z).optional(), grpc: port(z).optional() })
      .strict()
      .optional()
      .describe(
        'Ports that the container listens on; http on 8080 when absent',
      ),
  exposure: (z: Zod) =>
    z
      .enum(EXPOSURES)
      .optional()
      .describe(
        'Who reaches it from outside: nobody, the private network, or the internet; public for kind web, else none',
      ),
  secrets: (z: Zod) =>
    z
      .array(z.string().min(1).max(63))
      .max(50)
      .optional()
      .describe(
        'Names of keys that the container gets as environment variables, e.g. ["STRIPE_API_KEY"]; never values',
      ),
  command: (z: Zod) =>
    z
      .array(argument(z))
      .max(50)
      .optional()
      .describe("Arguments after the image's entrypoint"),
  healthCommand: (z: Zod) =>
    z
      .array(argument(z))
      .max(20)
      .optional()
      .describe(
        'ECS: a program in the image that ends with 0 while the container is well, e.g. ["/healthcheck"]; absent: only the load balancer looks',
      ),
  workers: (z: Zod) =>
    z
      .array(
        z
          .object({
            name: z.string().max(40),
            command: z.array(argument(z)).min(1).max(50),
          })
          .strict(),
      )
      .max(10)
      .optional()
      .describe('ECS: services that run beside it from the same image'),
  environmentVariables: (z: Zod) =>
    z
      .record(z.string().max(1000))
      .optional()
      .describe(
        'What the container finds in its environment, the same everywhere, e.g. { "INPUT_TOPIC": "orders.placed" }; never secrets',
      ),
  queue: (z: Zod) =>
    z
      .boolean()
      .optional()
      .describe(
        'ECS: an SQS queue in each environment, with a dead-letter queue, the rights of the tasks to them, and QUEUE_URL (for what takes jobs DEAD_LETTER_QUEUE_URL, too) in their environment',
      ),
  blueGreen: (z: Zod) =>
    z
      .boolean()
      .optional()
      .describe(
        'ECS: replace all tasks at once after a rehearsal; absent: where the environment is tagged blue-green',
      ),
  egressPorts: (z: Zod) =>
    z
      .array(z.number().int().min(1).max(65535))
      .max(20)
      .optional()
      .describe(
        'TCP ports in the private network that it calls, e.g. [6379, 9098]; HTTPS, DNS and the database are always allowed',
      ),
};

/** The part of an action's input that {@link componentInputSchema} describes. */
export function componentInputOf(input: ComponentInput): ComponentInput {
  const keys = Object.keys(componentInputSchema) as Array<keyof ComponentInput>;
  return Object.fromEntries(
    keys.flatMap(key => (input[key] === undefined ? [] : [[key, input[key]]])),
  );
}
