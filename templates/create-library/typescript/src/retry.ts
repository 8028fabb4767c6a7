/** How often and how patiently to try. */
export interface RetryOptions {
  /** Tries in all, the first included; at least one. */
  attempts: number;
  /** Milliseconds before the second try; twice as many before each further one. */
  delayMs: number;
  /** Never waits longer than this, milliseconds. */
  maxDelayMs?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** Says whether another try makes sense; always, without it. */
  isRetryable?: (error: unknown) => boolean;
}

/**
 * Does something until it works, waiting longer after each failure. The waits
 * vary by chance up to their length, so that many who failed together do not
 * come back together.
 *
 * @throws RangeError when `attempts` is no positive integer.
 * @throws the last failure, when no try worked; the reason of `signal`, when it
 *   was aborted.
 */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { attempts, delayMs, maxDelayMs = 30_000, signal, isRetryable = () => true } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(`attempts is ${String(attempts)}, it must be a positive integer`);
  }
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt === attempts || !isRetryable(error)) throw error;
    }
    const longest = Math.min(delayMs * 2 ** (attempt - 1), maxDelayMs);
    await pause(Math.random() * longest, signal);
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
