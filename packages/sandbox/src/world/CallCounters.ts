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

/** A call that is being counted. */
export interface OpenCall {
  /** Says which route it is; once, as soon as it is known. */
  isOn(route: string): void;
  end(outcome: { bytes: number; failed: boolean }): void;
}

/** More than all servers together have; what comes after is counted as `(other)`. */
const MOST_ROUTES = 500;

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
  private readonly served = new Map<string, Set<string>>();

  /** Notes a route that an upstream serves, whether it is called or not. */
  serves(upstream: string, route: string): void {
    const routes = this.served.get(upstream) ?? new Set();
    this.served.set(upstream, routes.add(route));
  }

  /** Routes that an upstream serves, as `METHOD /path/:pattern`. */
  routesOf(upstream: string): string[] {
    return [...(this.served.get(upstream) ?? [])];
  }

  /** Counts a call that has begun. */
  begin(upstream: string): OpenCall {
    const total = this.upstream(upstream);
    const counts: RouteCount[] = [];
    const count = (one: RouteCount) => {
      one.calls += 1;
      one.open += 1;
      one.peakConcurrency = Math.max(one.peakConcurrency, one.open);
      counts.push(one);
    };
    count(total);
    return {
      isOn: route => {
        const isNew = !Object.hasOwn(total.routes, route);
        const name =
          isNew && Object.keys(total.routes).length >= MOST_ROUTES
            ? '(other)'
            : route;
        count((total.routes[name] ??= zero()));
      },
      end: ({ bytes, failed }) => {
        for (const one of counts.splice(0)) {
          one.open -= 1;
          one.bytes += bytes;
          one.failures += failed ? 1 : 0;
        }
      },
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
