import { Clock } from '../types';

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
}

/**
 * Which conditions held when.
 *
 * Series remember: a spike that is over stays visible in the past, and one that
 * begins now does not change what was measured before.
 */
export class Conditions {
  private readonly intervals: Interval[] = [];

  constructor(private readonly clock: Clock) {}

  /** Begins a condition; nothing happens when it holds already. */
  start(condition: AwsCondition): void {
    const nowMs = this.clock.now().getTime();
    if (!this.holdsAt(condition, nowMs)) {
      this.intervals.push({ condition, fromMs: nowMs });
    }
  }

  stop(condition: AwsCondition): void {
    const nowMs = this.clock.now().getTime();
    for (const interval of this.intervals) {
      if (interval.condition === condition && interval.untilMs === undefined) {
        interval.untilMs = nowMs;
      }
    }
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
  }
}
