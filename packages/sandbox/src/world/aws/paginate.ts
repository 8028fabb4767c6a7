import { AwsError } from './AwsError';

/** One page of a list and the token for the next; no token after the last page. */
export interface Page<T> {
  items: T[];
  /** Position of the first item of the page. */
  start: number;
  nextToken: string | undefined;
}

/**
 * Cuts a page out of a list. Tokens are opaque to callers.
 *
 * @throws AwsError - `tokenError` when the token is not one of ours.
 */
export function paginate<T>(
  items: T[],
  options: { token: string | undefined; size: number; tokenError: AwsError },
): Page<T> {
  const start = options.token ? readToken(options.token) : 0;
  if (start === undefined || start > items.length) {
    throw options.tokenError;
  }
  const end = start + options.size;
  return {
    items: items.slice(start, end),
    start,
    nextToken: end < items.length ? writeToken(end) : undefined,
  };
}

function writeToken(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64');
}

function readToken(token: string): number | undefined {
  const match = /^offset:(\d+)$/.exec(
    Buffer.from(token, 'base64').toString('utf8'),
  );
  return match ? Number(match[1]) : undefined;
}
