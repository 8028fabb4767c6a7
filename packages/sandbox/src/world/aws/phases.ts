import { Conditions } from './Conditions';

const MINUTE_MS = 60_000;

/** What something was from a time on; epoch milliseconds. */
export interface RunPhase {
  fromMs: number;
  running: boolean;
}

/** The phase at a time, of a history with the oldest first; undefined before the first. */
export function phaseAt<P extends RunPhase>(
  history: P[],
  atMs: number,
): P | undefined {
  let current: P | undefined;
  for (const phase of history) {
    if (phase.fromMs > atMs) {
      break;
    }
    current = phase;
  }
  return current;
}

/** Tells of a minute, counted from the epoch, whether something ran in a phase that will do while its region was up. */
export function measuring<P extends RunPhase>(
  { history, region }: { history: P[]; region: string },
  conditions: Conditions,
  has: (phase: P) => boolean,
): (minute: number) => boolean {
  return minute => {
    const atMs = minute * MINUTE_MS;
    const current = phaseAt(history, atMs);
    return (
      current !== undefined &&
      current.running &&
      has(current) &&
      !conditions.regionDownAt(region, atMs)
    );
  };
}

/** The minute in which the last phase that will do ended; undefined while it goes on, -Infinity when it never began. */
export function lastMinuteOf<P extends RunPhase>(
  { history }: { history: P[] },
  has: (phase: P) => boolean,
): number | undefined {
  let last: number | undefined = -Infinity;
  history.forEach((phase, index) => {
    if (phase.running && has(phase)) {
      const next = history[index + 1];
      last = next && Math.ceil(next.fromMs / MINUTE_MS);
    }
  });
  return last;
}
