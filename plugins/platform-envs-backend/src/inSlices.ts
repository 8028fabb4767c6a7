import { setImmediate as pause } from 'node:timers/promises';

/** Milliseconds. Other requests wait no longer than this, each time that they wait for something. */
const SLICE_MS = 4;

/**
 * Calls `take` with one item after the other, and lets everybody else have their
 * turn in between: thousands at once would stall the process.
 */
export async function inSlices<T>(
  items: Iterable<T>,
  take: (item: T) => void,
): Promise<void> {
  let until = performance.now() + SLICE_MS;
  for (const item of items) {
    take(item);
    if (performance.now() < until) continue;
    await pause();
    until = performance.now() + SLICE_MS;
  }
}
