import { z } from 'zod';
import { unknownName } from './nearest';
import { compilePath } from './pathPattern';

/** Servers whose calls can be broken. */
export const UPSTREAMS = [
  'github',
  'argocd',
  'kubernetes',
  'aws',
  'grafana',
  'oidc',
  'control',
] as const;

/** What can happen to a call. */
export const FAULT_KINDS = [
  'status',
  'throttle',
  'html',
  'delay',
  'stall',
  'drop',
  'truncate',
  'lose',
] as const;

/** Names that people use for AWS services, by what their requests are signed with. */
const SIGNING_NAMES: Record<string, string> = {
  cloudwatch: 'monitoring',
  costexplorer: 'ce',
  'cost-explorer': 'ce',
  'secrets-manager': 'secretsmanager',
  'resource-groups-tagging': 'tagging',
};

const STREAM_KINDS = new Set<string>(['stall', 'drop', 'lose']);

const oneOf = <T extends string>(what: string, names: readonly T[]) =>
  z
    .string()
    .refine((name): name is T => (names as readonly string[]).includes(name), {
      error: issue => unknownName(what, String(issue.input), names),
    });

const pathPattern = z.string().superRefine((value, context) => {
  try {
    compilePath(value);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `not a valid regular expression: ${(error as Error).message}`,
    });
  }
});

/** What `POST /faults` takes. */
export const faultSchema = z
  .object({
    upstream: oneOf('upstream', UPSTREAMS),
    /** HTTP method; absent: any. */
    method: z
      .string()
      .transform(value => value.toUpperCase())
      .optional(),
    /**
     * A path prefix, a regular expression between slashes, a path with `*`
     * and `**`, or a route as the counters name it
     * (`/api/v1/applications/:name`). Absent: every path of the upstream.
     */
    path: pathPattern.optional(),
    /** AWS service as requests are signed for it (`rds`, `monitoring`), or its usual name. */
    service: z
      .string()
      .transform(
        name => SIGNING_NAMES[name.toLowerCase()] ?? name.toLowerCase(),
      )
      .optional(),
    /** AWS operation, such as `DescribeDBClusters`; any case. */
    action: z.string().optional(),
    /**
     * `status` answers with a status in the vendor's error shape, `throttle`
     * as the vendor throttles, `html` with a sign-in page, `delay` waits and
     * then answers as always, `stall` never answers, `drop` closes the
     * connection at once, `truncate` closes it in the middle of the body,
     * `lose` leaves events out of streams.
     */
    kind: oneOf('kind of fault', FAULT_KINDS),
    /** `stream`: hits replies that are sent in pieces, while they are being sent. */
    at: z.enum(['request', 'stream']).optional(),
    /** How many pieces of a stream pass before it is hit; none unless told. */
    afterEvents: z.number().int().min(0).optional(),
    /** 400 to 599 for `status`; for `html` 200 unless told. */
    status: z.number().int().min(200).max(599).optional(),
    /** The vendor's error code where there is one: `AccessDeniedException`. */
    code: z.string().optional(),
    /** Headers to add to the reply of a `status`, `throttle` or `html` fault. */
    headers: z.record(z.string(), z.string()).optional(),
    /** Message in the reply. */
    message: z.string().optional(),
    delayMs: z.number().int().min(0).max(600_000).optional(),
    /** How many calls it hits; absent: all. */
    count: z.number().int().min(1).optional(),
    /** How long it lasts, real seconds; absent: until deleted. */
    forSeconds: z.number().positive().optional(),
    /** Part of the calls (or events) that it hits, above 0 to 1; absent: all. */
    share: z.number().positive().max(1).optional(),
    /** Which calls make up the share: the same ones for the same seed. */
    seed: z.number().int().optional(),
  })
  .strict()
  .superRefine((fault, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (
      fault.kind === 'status' &&
      (fault.status === undefined || fault.status < 400)
    ) {
      refuse('status', 'a fault of kind status needs a status from 400 to 599');
    }
    if (fault.kind === 'delay' && fault.delayMs === undefined) {
      refuse('delayMs', 'a fault of kind delay needs delayMs');
    }
    if (fault.at === 'stream' && !STREAM_KINDS.has(fault.kind)) {
      refuse('at', `streams can stall, drop or lose, not ${fault.kind}`);
    }
    if (fault.afterEvents !== undefined && fault.at === 'request') {
      refuse('afterEvents', 'afterEvents goes with at: "stream"');
    }
    if ((fault.service || fault.action) && fault.upstream !== 'aws') {
      refuse('service', 'service and action go with the upstream aws');
    }
    if ((fault.service || fault.action) && fault.path) {
      refuse('path', 'give either a path or a service and action');
    }
  })
  .transform(fault => ({
    ...fault,
    at:
      fault.at ??
      (fault.kind === 'lose' || fault.afterEvents !== undefined
        ? ('stream' as const)
        : ('request' as const)),
  }));

/** A fault as asked for. */
export type FaultSpec = z.input<typeof faultSchema>;

/** A fault in the table. */
export type Fault = z.output<typeof faultSchema> & {
  id: number;
  /** Calls hit so far. */
  hits: number;
  /** Calls still to be hit; undefined: without limit. */
  remaining?: number;
  expiresAt?: Date;
};
