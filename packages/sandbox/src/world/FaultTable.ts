import { z } from 'zod';

/** A path prefix (`/api/v3/repos`) or a regular expression between slashes (`/^\/api\/.+$/`). */
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
    upstream: z.enum(['github', 'argocd', 'kubernetes', 'aws', 'control']),
    /** HTTP method; absent: any. */
    method: z
      .string()
      .transform(value => value.toUpperCase())
      .optional(),
    /** Absent: every path of the upstream. */
    path: pathPattern.optional(),
    /**
     * `status` answers with a status in the vendor's error shape, `delay` waits
     * and then answers as always, `stall` never answers, `drop` closes the
     * connection at once, `truncate` closes it in the middle of the body.
     */
    kind: z.enum(['status', 'delay', 'truncate', 'stall', 'drop']),
    status: z.number().int().min(400).max(599).optional(),
    /** Headers to add to the reply of a `status` fault, such as `retry-after`. */
    headers: z.record(z.string(), z.string()).optional(),
    /** Message in the reply of a `status` fault. */
    message: z.string().optional(),
    delayMs: z.number().int().min(0).max(600_000).optional(),
    /** How many calls it hits; absent: all. */
    count: z.number().int().min(1).optional(),
    /** How long it lasts, real seconds; absent: until deleted. */
    forSeconds: z.number().positive().optional(),
  })
  .strict()
  .superRefine((fault, context) => {
    if (fault.kind === 'status' && fault.status === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['status'],
        message: 'a fault of kind status needs a status from 400 to 599',
      });
    }
    if (fault.kind === 'delay' && fault.delayMs === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['delayMs'],
        message: 'a fault of kind delay needs delayMs',
      });
    }
  });

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

/** Faults by route; the first that matches a call is played. */
export class FaultTable {
  private faults: Fault[] = [];
  private nextId = 1;

  /** @throws ZodError - the fault is not well formed. */
  add(spec: FaultSpec): Fault {
    const parsed = faultSchema.parse(spec);
    const fault: Fault = {
      ...parsed,
      id: this.nextId,
      hits: 0,
      remaining: parsed.count,
      expiresAt:
        parsed.forSeconds === undefined
          ? undefined
          : new Date(Date.now() + parsed.forSeconds * 1000),
    };
    this.nextId += 1;
    this.faults.push(fault);
    return fault;
  }

  /** Faults that can still hit, oldest first. */
  list(): Fault[] {
    this.faults = this.faults.filter(
      fault =>
        fault.remaining !== 0 &&
        (fault.expiresAt === undefined ||
          fault.expiresAt.getTime() > Date.now()),
    );
    return [...this.faults];
  }

  /** Removes one fault, or all; returns how many were removed. */
  remove(id?: number): number {
    const before = this.faults.length;
    this.faults =
      id === undefined ? [] : this.faults.filter(fault => fault.id !== id);
    return before - this.faults.length;
  }

  /** The fault to play for a call; counts the hit. */
  take(upstream: string, method: string, path: string): Fault | undefined {
    const fault = this.list().find(
      candidate =>
        candidate.upstream === upstream &&
        (candidate.method === undefined || candidate.method === method) &&
        (candidate.path === undefined || compilePath(candidate.path)(path)),
    );
    if (fault) {
      fault.hits += 1;
      if (fault.remaining !== undefined) {
        fault.remaining -= 1;
      }
    }
    return fault;
  }
}

function compilePath(pattern: string): (path: string) => boolean {
  const expression = /^\/(.+)\/$/.exec(pattern);
  if (expression && /[\\^$*+?()[\]{}|]/.test(expression[1])) {
    const regex = new RegExp(expression[1]);
    return path => regex.test(path);
  }
  return path => path.startsWith(pattern);
}
