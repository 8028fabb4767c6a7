import { SourceCondition } from '@fairway/plugin-platform-envs-node';

/**
 * How far a feed can be relied on: `live` while answers come in time, `stale`
 * when they stopped, `error` when what comes cannot be used and nothing is
 * known.
 */
export function conditionAfter(
  observedAt: string | undefined,
  failure: SourceCondition | undefined,
  { nowMs, patienceMs }: { nowMs: number; patienceMs: number },
): SourceCondition {
  if (!observedAt) {
    return failure ?? { state: 'stale', message: 'It has not been read yet' };
  }
  if (failure) return { ...failure, observedAt };
  const ageMs = nowMs - Date.parse(observedAt);
  return ageMs <= patienceMs
    ? { state: 'live', observedAt }
    : { state: 'stale', observedAt, message: 'It was not asked in time' };
}

/** What an error of a port means for the condition. */
export function failureOf(error: unknown): SourceCondition {
  const message = error instanceof Error ? error.message : String(error);
  const refused = error instanceof Error && error.name === 'NotAllowedError';
  return { state: refused ? 'error' : 'stale', message };
}

/** Why what sources told is not the present any more; undefined while all of them answer. */
export function whyStale(conditions: SourceCondition[]): string | undefined {
  const silent = conditions.find(({ state }) => state !== 'live');
  return silent && (silent.message ?? 'It gives no fresh answer');
}
