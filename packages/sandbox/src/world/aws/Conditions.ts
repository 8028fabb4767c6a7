import { Clock } from '../types';
import { JsonFile } from './JsonFile';

/** What can be wrong with the pretend AWS. */
export type AwsCondition =
  | 'lag-spike'
  | 'region-down'
  | 'throttled'
  | 'cost-jump';

interface Interval {
  condition: AwsCondition;
  fromMs: number;
  /** Absent while it lasts. */
  untilMs?: number;
  /** Regions that it is about; absent: those that it is about by itself. */
  regions?: string[];
}

/**
 * Which conditions held when.
 *
 * Series remember: a spike that is over stays visible in the past, and one that
 * begins now does not change what was measured before. They are kept in a file
 * when one is named.
 */
export class Conditions {
  private readonly intervals: Interval[] = [];
  private readonly file: JsonFile<Interval[]> | undefined;

  /** @param secondaryRegions - what `region-down` is about unless told */
  constructor(
    private readonly clock: Clock,
    path?: string,
    private readonly secondaryRegions: string[] = [],
  ) {
    this.file = path ? new JsonFile(path, () => this.intervals) : undefined;
    this.intervals.push(...(this.file?.load() ?? []));
  }

  /** Begins a condition; nothing happens when it holds already. */
  start(condition: AwsCondition, regions?: string[]): void {
    const nowMs = this.clock.now().getTime();
    if (!this.holdsAt(condition, nowMs)) {
      this.intervals.push({ condition, fromMs: nowMs, regions });
      this.file?.touch();
    }
  }

  /** Whether a region was down at a time, epoch milliseconds. */
  regionDownAt(region: string, atMs: number): boolean {
    return this.regionDownSince(region, atMs) !== undefined;
  }

  /** When the outage began that a region was in at a time, epoch milliseconds; undefined when it was up. */
  regionDownSince(region: string, atMs: number): number | undefined {
    return this.intervals.find(
      ({ condition, fromMs, untilMs, regions }) =>
        condition === 'region-down' &&
        fromMs <= atMs &&
        (untilMs === undefined || atMs < untilMs) &&
        (regions ?? this.secondaryRegions).includes(region),
    )?.fromMs;
  }

  stop(condition: AwsCondition): void {
    const nowMs = this.clock.now().getTime();
    for (const interval of this.intervals) {
      if (interval.condition === condition && interval.untilMs === undefined) {
        interval.untilMs = nowMs;
      }
    }
    this.file?.touch();
  }

  holds(condition: AwsCondition): boolean {
    return this.holdsAt(condition, this.clock.now().getTime());
  }

  /** Whether a condition held at a time, epoch milliseconds; the start counts, the end does not. */
  holdsAt(condition: AwsCondition, atMs: number): boolean {
    return this.intervals.some(
      interval =>
        interval.condition === condition &&
        interval.fromMs <= atMs &&
        (interval.untilMs === undefined || atMs < interval.untilMs),
    );
  }

  /** When a condition held, in the order in which it began; epoch milliseconds. */
  intervalsOf(
    condition: AwsCondition,
  ): Array<{ fromMs: number; untilMs?: number }> {
    return this.intervals.filter(interval => interval.condition === condition);
  }

  /** Forgets everything. */
  clear(): void {
    this.intervals.length = 0;
    this.file?.touch();
  }

  /** Writes now what is still to be written. */
  flush(): void {
    this.file?.flush();
  }
}
