import { noise, seedOf } from './aws/noise';
import { Fault, FaultSpec, faultSchema } from './faultSchema';
import { compilePath } from './pathPattern';

export type { Fault, FaultSpec } from './faultSchema';

/** A call as faults know it. */
export interface FaultyCall {
  upstream: string;
  /** `GET` */
  method: string;
  /** Without query; `/ce/GetCostAndUsage` for AWS. */
  path: string;
  /** `/api/v1/applications/:name`, as in the counters. */
  route?: string;
}

interface Entry {
  fault: Fault;
  matches(call: FaultyCall): boolean;
  /** Calls or events that matched so far. */
  seen: number;
  removed: boolean;
}

/** Faults by route; the oldest that matches a call is played. They end with the process. */
export class FaultTable {
  private entries: Entry[] = [];
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
    this.entries.push({
      fault,
      matches: matcherOf(fault),
      seen: 0,
      removed: false,
    });
    return fault;
  }

  /** Faults that can still hit, oldest first. */
  list(): Fault[] {
    return this.living().map(({ fault }) => fault);
  }

  /** Removes one fault, or all; returns how many were removed. */
  remove(id?: number): number {
    const living = this.living();
    const removed = living.filter(
      ({ fault }) => id === undefined || fault.id === id,
    );
    for (const entry of removed) {
      entry.removed = true;
    }
    this.entries = living.filter(entry => !entry.removed);
    return removed.length;
  }

  /** The fault to play for a call that has come in; counts the hit. */
  take(call: FaultyCall): Fault | undefined {
    return this.entries.length > 0
      ? this.hit('request', call, 0)?.fault
      : undefined;
  }

  /**
   * The fault to play for a piece of a reply that is being sent; counts the
   * hit. `isOver` tells whether a stall was taken back since.
   *
   * @param sent - pieces sent before it
   */
  takeStream(
    call: FaultyCall,
    sent: number,
  ): { fault: Fault; isOver(): boolean } | undefined {
    const entry =
      this.entries.length > 0 ? this.hit('stream', call, sent) : undefined;
    return (
      entry && {
        fault: entry.fault,
        isOver: () => entry.removed || isPast(entry.fault),
      }
    );
  }

  private hit(
    at: Fault['at'],
    call: FaultyCall,
    sent: number,
  ): Entry | undefined {
    const entry = this.living().find(candidate => {
      const { fault } = candidate;
      if (
        fault.at !== at ||
        sent < (fault.afterEvents ?? 0) ||
        !candidate.matches(call)
      ) {
        return false;
      }
      candidate.seen += 1;
      return (
        fault.share === undefined ||
        noise(seedOf(`fault/${fault.seed ?? 0}`), candidate.seen) < fault.share
      );
    });
    if (entry) {
      entry.fault.hits += 1;
      if (entry.fault.remaining !== undefined) {
        entry.fault.remaining -= 1;
      }
    }
    return entry;
  }

  private living(): Entry[] {
    this.entries = this.entries.filter(
      ({ fault }) => fault.remaining !== 0 && !isPast(fault),
    );
    return this.entries;
  }
}

function isPast(fault: Fault): boolean {
  return (
    fault.expiresAt !== undefined && fault.expiresAt.getTime() <= Date.now()
  );
}

function matcherOf(fault: Fault): (call: FaultyCall) => boolean {
  const path = fault.path === undefined ? () => true : compilePath(fault.path);
  const { service, action } = fault;
  return call => {
    if (call.upstream !== fault.upstream) {
      return false;
    }
    if (fault.method !== undefined && fault.method !== call.method) {
      return false;
    }
    if (service || action) {
      const [, calledService, calledAction] = call.path.split('/');
      return (
        (!service || service === calledService) &&
        (!action || action.toLowerCase() === calledAction?.toLowerCase())
      );
    }
    return path(call.path) || call.route === fault.path;
  };
}
