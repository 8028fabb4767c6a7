import pLimit from 'p-limit';

const turns = new Map<string, pLimit.Limit>();

/**
 * Does work on one thing after all work on it that was asked for before, in
 * this process. It spares those who would otherwise be in each other's way;
 * what other processes do meanwhile it does not see.
 */
export async function inTurn<T>(
  thing: string,
  work: () => Promise<T>,
): Promise<T> {
  const turn = turns.get(thing) ?? pLimit(1);
  turns.set(thing, turn);
  try {
    return await turn(work);
  } finally {
    if (turn.activeCount + turn.pendingCount === 0) turns.delete(thing);
  }
}
