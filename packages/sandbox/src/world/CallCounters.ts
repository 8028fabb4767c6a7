/** What one route of one upstream was asked. */
export interface RouteCount {
  calls: number;
  /** Bytes of reply bodies written, head excluded. */
  bytes: number;
  /** Calls answered with 4xx or 5xx, or cut off. */
  failures: number;
  /** Most calls open at the same time. */
  peakConcurrency: number;
  /** Open now; a stream counts until it closes. */
  open: number;
}

/** Counts of one upstream, with its routes as `METHOD /path/:pattern`. */
export interface UpstreamCount extends RouteCount {
  routes: Record<string, RouteCount>;
}

const zero = (): RouteCount => ({
  calls: 0,
  bytes: 0,
  failures: 0,
  peakConcurrency: 0,
  open: 0,
});

/**
 * How often each upstream was called, for benchmarks and tests that promise
 * "no upstream call per page view".
 */
export class CallCounters {
  private readonly upstreams = new Map<string, UpstreamCount>();

  /** Counts a call that has begun; call the returned function when it has ended. */
  begin(
    upstream: string,
    route: string,
  ): (outcome: { bytes: number; failed: boolean }) => void {
    const total = this.upstream(upstream);
    const byRoute = (total.routes[route] ??= zero());
    for (const count of [total, byRoute]) {
      count.calls += 1;
      count.open += 1;
      count.peakConcurrency = Math.max(count.peakConcurrency, count.open);
    }
    return ({ bytes, failed }) => {
      for (const count of [total, byRoute]) {
        count.open -= 1;
        count.bytes += bytes;
        count.failures += failed ? 1 : 0;
      }
    };
  }

  /** All counts since the start or the last {@link reset}. */
  read(): Record<string, UpstreamCount> {
    return structuredClone(Object.fromEntries(this.upstreams));
  }

  /** Starts from zero; calls that are still open are no longer counted. */
  reset(): void {
    this.upstreams.clear();
  }

  private upstream(name: string): UpstreamCount {
    let count = this.upstreams.get(name);
    if (!count) {
      count = { ...zero(), routes: {} };
      this.upstreams.set(name, count);
    }
    return count;
  }
}
