/** What is counted apart. */
export type RateLimitResource = 'core' | 'graphql' | 'search' | 'code_search';

/** Where an account stands in the current window. */
export interface RateLimitWindow {
  limit: number;
  used: number;
  remaining: number;
  /** End of the window, seconds since 1970. */
  reset: number;
  resource: RateLimitResource;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Calls a window of a machine user of GitHub Enterprise Cloud, and how long a window is. */
const LIMITS: Record<RateLimitResource, { limit: number; windowMs: number }> = {
  core: { limit: 15_000, windowMs: HOUR_MS },
  graphql: { limit: 10_000, windowMs: HOUR_MS },
  search: { limit: 30, windowMs: MINUTE_MS },
  code_search: { limit: 10, windowMs: MINUTE_MS },
};

/**
 * GitHub's limits of calls. Calls are always counted; they are refused only
 * while a situation says so, because a demonstration shares one account.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class GithubRateLimit {
  private readonly counts = new Map<string, { window: number; used: number }>();
  /** Calls a window, while the primary limit is enforced. */
  private enforced: number | undefined;

  /** From now on at most `limit` calls a window: the primary limit is enforced. */
  enforcePrimary(limit: number): void {
    this.enforced = limit;
    this.counts.clear();
  }

  /** Nothing is refused any more. */
  calm(): void {
    this.enforced = undefined;
    this.counts.clear();
  }

  /** Whether the primary limit refuses the next call. */
  exhausted(login: string, resource: RateLimitResource, now: Date): boolean {
    return (
      this.enforced !== undefined &&
      this.read(login, resource, now).remaining === 0
    );
  }

  /** Counts a call. */
  count(login: string, resource: RateLimitResource, now: Date, cost = 1): void {
    const { window, used } = this.current(login, resource, now);
    this.counts.set(`${login} ${resource}`, { window, used: used + cost });
  }

  read(login: string, resource: RateLimitResource, now: Date): RateLimitWindow {
    const { windowMs } = LIMITS[resource];
    const limit = this.enforced ?? LIMITS[resource].limit;
    const { window, used } = this.current(login, resource, now);
    return {
      limit,
      used,
      remaining: Math.max(0, limit - used),
      reset: ((window + 1) * windowMs) / 1000,
      resource,
    };
  }

  private current(login: string, resource: RateLimitResource, now: Date) {
    const window = Math.floor(now.getTime() / LIMITS[resource].windowMs);
    const known = this.counts.get(`${login} ${resource}`);
    return known?.window === window ? known : { window, used: 0 };
  }
}
