import { goDuration } from './goDuration';
import { RetryStrategy } from './types';

/** Argo CD's defaults, ms. */
const DURATION_MS = 5_000;
const FACTOR = 2;
const MAX_MS = 180_000;

/** Whether a failed operation is tried again; `retried` attempts were made before. */
export function mayRetry(
  retry: RetryStrategy | undefined,
  retried: number,
): boolean {
  const limit = retry?.limit ?? 0;
  return limit < 0 || retried < limit;
}

/**
 * How long Argo CD waits before it tries again, ms: the duration times the
 * factor to the number of retries, at most `maxDuration`.
 *
 * @throws Error - a duration is none.
 */
export function retryDelay(
  retry: RetryStrategy | undefined,
  retried: number,
): number {
  const { duration, factor, maxDuration } = retry?.backoff ?? {};
  const delay =
    (duration ? goDuration(duration) : DURATION_MS) *
    (factor ?? FACTOR) ** retried;
  return Math.min(delay, maxDuration ? goDuration(maxDuration) : MAX_MS);
}
