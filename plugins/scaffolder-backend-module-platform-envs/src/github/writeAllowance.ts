import { LoggerService } from '@backstage/backend-plugin-api';
import pThrottle from 'p-throttle';

/**
 * GitHub takes 80 requests a minute that create content; the rest is left to
 * whatever else writes with the same credentials.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const WRITES = { limit: 72, interval: 60_000, strict: true } as const;

/** A wait that is shorter is not worth a line. */
const SILENT_MS = 2_000;

/** By host: its limits count for all that the portal does there. */
const allowances = new Map<string, () => Promise<void>>();

/**
 * Comes back when one more write may be sent to a Git host: at once as long as
 * there were fewer than GitHub takes in the last minute, else when there are
 * again. All runs of this process share the allowance of a host.
 */
export async function awaitWriteAllowance(
  host: string,
  logger: LoggerService,
): Promise<void> {
  let take = allowances.get(host);
  if (!take) {
    take = pThrottle(WRITES)(async () => {});
    allowances.set(host, take);
  }
  const notice = setTimeout(
    () =>
      logger.info(
        `${host} takes ${WRITES.limit} writes a minute from the portal; waiting for this one's turn`,
      ),
    SILENT_MS,
  );
  try {
    await take();
  } finally {
    clearTimeout(notice);
  }
}
