import { RunPhase } from './phases';

const HOUR_MS = 3_600_000;
/** Longer than Cost Explorer looks back. */
const KEPT_MS = 470 * 24 * HOUR_MS;

/** How many of something ran from a time on; epoch milliseconds. */
export interface CountPhase extends RunPhase {
  /** An average where it changed several times within an hour. */
  count: number;
}

/**
 * Notes how many run from a time on. Returns false when it is as many as before.
 *
 * What is charged is charged by the hour, so of an hour with many changes only
 * what they come to is kept: the history grows with hours, not with changes.
 */
export function noteCount(
  history: CountPhase[],
  atMs: number,
  count: number,
): boolean {
  const last = history[history.length - 1];
  if ((last?.count ?? 0) === count) {
    return false;
  }
  if (last && last.fromMs >= atMs) {
    Object.assign(last, { running: count > 0, count });
    return true;
  }
  const before = history[history.length - 2];
  if (before && hourOf(before.fromMs) === hourOf(atMs)) {
    before.count =
      (before.count * (last.fromMs - before.fromMs) +
        last.count * (atMs - last.fromMs)) /
      (atMs - before.fromMs);
    before.running = before.count > 0;
    history.pop();
  }
  history.push({ fromMs: atMs, running: count > 0, count });
  return true;
}

/** What is left of a history when it leaves out what nobody is asked about any more; empty when nothing ran since. */
export function recentPhases(
  history: CountPhase[],
  nowMs: number,
): CountPhase[] {
  const recent = history.filter(
    (_, index) => (history[index + 1]?.fromMs ?? Infinity) > nowMs - KEPT_MS,
  );
  return recent.some(({ running }) => running) ? recent : [];
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}
