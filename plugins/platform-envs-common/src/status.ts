/**
 * Argo CD's sync status, spelled as Argo CD spells it.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/core_concepts/
 * @public
 */
export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown';

/**
 * Argo CD's health status, spelled as Argo CD spells it.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 * @public
 */
export type HealthStatus =
  | 'Healthy'
  | 'Progressing'
  | 'Degraded'
  | 'Suspended'
  | 'Missing'
  | 'Unknown';

/**
 * How far the source of a reading can be trusted at this moment.
 *
 * `live`: fed within its interval. `stale`: the last good value, older than
 * its interval. `error`: the source answered, but with something unusable.
 * `absent`: there is no such source, by configuration or by nature.
 *
 * @public
 */
export type SourceState = 'live' | 'stale' | 'error' | 'absent';

/**
 * A value from outside that may be missing. A missing value says why; it is
 * never replaced by zero, an empty string or a green state.
 *
 * `observedAt` is the ISO 8601 UTC time at which the source was last asked
 * with success. `stale` says why the value is only the last good one: then it
 * is never shown as well without its age.
 *
 * @public
 */
export type Reading<T> =
  | { status: 'ok'; value: T; observedAt: string; stale?: string }
  | { status: 'unavailable'; reason: string; observedAt?: string };

/** A reading that succeeded. @public */
export function okReading<T>(
  value: T,
  observedAt: string,
  stale?: string,
): Reading<T> {
  return { status: 'ok', value, observedAt, ...(stale && { stale }) };
}

/** A reading that could not be had, with the reason a person can act on. @public */
export function unavailableReading<T>(
  reason: string,
  observedAt?: string,
): Reading<T> {
  return observedAt
    ? { status: 'unavailable', reason, observedAt }
    : { status: 'unavailable', reason };
}
