import { Slices } from './rightOfWay';

/**
 * Calls `take` with one item after the other, and lets whoever asks something
 * have their answer in between: thousands at once would stall the process.
 */
export async function inSlices<T>(
  items: Iterable<T>,
  take: (item: T) => void,
): Promise<void> {
  const slices = new Slices();
  for (const item of items) {
    take(item);
    if (slices.isOver) await slices.rest();
  }
}
