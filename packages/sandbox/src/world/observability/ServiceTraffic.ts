import { noise, seedOf } from '../aws/noise';
import { Trouble } from './HealthJournal';
import { ObservedService } from './observedServices';

const DAY_S = 86_400;
/** Pods that have just started answer slowly for so long. */
const WARM_UP_MS = 90_000;

/** Upper bounds of the latency buckets, seconds, as Prometheus clients have them. */
export const BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

const CONDITIONS = ['well', 'warming', 'degraded'] as const;
type Condition = (typeof CONDITIONS)[number];

/** What a counter had reached at a time (epoch milliseconds); undefined before its pods started. */
export type Counter = (atMs: number) => number | undefined;

/** Moments that one service remembers. */
const MOST_KNOWN = 64;

/** Shares of status codes. */
const CODES: Record<Condition, Record<string, number>> = {
  well: { '200': 0.978, '404': 0.02, '500': 0.002 },
  warming: { '200': 0.967, '404': 0.02, '500': 0.013 },
  degraded: { '200': 0.63, '404': 0.01, '500': 0.36 },
};
/** How much slower than when all is well. */
const SLOWNESS: Record<Condition, number> = {
  well: 1,
  warming: 3,
  degraded: 14,
};
const PRODUCTION = /^prod/;

/**
 * The requests that a service has answered since its pods were last replaced.
 *
 * The rate follows the day and a few slower and quicker waves that depend on the
 * name alone; its integral is exact, so any moment can be asked for at the same
 * price, and a counter never goes back except when pods are replaced.
 */
export class ServiceTraffic {
  /** Requests a second, on average. */
  private readonly base: number;
  /** Median latency when all is well, seconds. */
  private readonly medianS: number;
  private readonly waves: Array<{ size: number; turn: number; at: number }>;
  private readonly known = new Map<number, number[]>();

  constructor(
    private readonly of: ObservedService,
    private readonly troubles: Trouble[],
  ) {
    const seed = seedOf(`${of.service} ${of.environment}`);
    const size = PRODUCTION.test(of.environment) ? 40 : 2;
    this.base = size * (0.4 + 1.2 * noise(seed, 1));
    this.medianS = 0.012 + 0.06 * noise(seed, 2);
    const wave = (part: number, periodS: number, at: number) => ({
      size: part,
      turn: (2 * Math.PI) / periodS,
      at: at * 2 * Math.PI,
    });
    this.waves = [
      wave(0.4, DAY_S, 0.67),
      wave(0.08, 4_620, noise(seed, 3)),
      wave(0.05, 1_130, noise(seed, 4)),
      wave(0.03, 310, noise(seed, 5)),
    ];
  }

  /** When the pods that ran at a time had started; undefined before the first. */
  startedMs(atMs: number): number | undefined {
    return this.of.deployedMs.findLast(deployed => deployed <= atMs);
  }

  /** Requests answered with a code since the pods started; undefined before that. */
  requests(code: string): Counter {
    return this.counting(condition => CODES[condition][code] ?? 0);
  }

  /** Requests that took at most so long (seconds) since the pods started. */
  within(bound: number): Counter {
    return this.counting(condition =>
      logistic(bound, this.medianS * SLOWNESS[condition]),
    );
  }

  /** Seconds that all requests took together since the pods started. */
  secondsSpent(): Counter {
    // the mean of a log-logistic distribution of this shape, about
    return this.counting(
      condition => 1.25 * this.medianS * SLOWNESS[condition],
    );
  }

  /** Whether it answers at all at a time. */
  isUp(atMs: number): boolean {
    return this.conditionAt(atMs) !== 'degraded';
  }

  private counting(share: (condition: Condition) => number): Counter {
    const shares = CONDITIONS.map(share);
    return atMs => {
      const answered = this.answered(atMs);
      if (!answered) return undefined;
      let sum = 0;
      for (let i = 0; i < shares.length; i++) sum += answered[i] * shares[i];
      return Math.floor(sum * 1000) / 1000;
    };
  }

  /** Requests since the pods started, in each of {@link CONDITIONS}. */
  private answered(atMs: number): number[] | undefined {
    const startMs = this.startedMs(atMs);
    if (startMs === undefined) return undefined;
    const known = this.known.get(atMs);
    if (known) return known;
    const edges = [startMs, Math.min(startMs + WARM_UP_MS, atMs), atMs];
    for (const { fromMs, untilMs = atMs } of this.troubles) {
      edges.push(
        Math.min(Math.max(fromMs, startMs), atMs),
        Math.min(Math.max(untilMs, startMs), atMs),
      );
    }
    edges.sort((a, b) => a - b);
    const answered = CONDITIONS.map(() => 0);
    for (let i = 1; i < edges.length; i++) {
      const [from, until] = [edges[i - 1], edges[i]];
      if (until > from) {
        const condition = this.conditionAt((from + until) / 2);
        answered[CONDITIONS.indexOf(condition)] +=
          this.integral(until) - this.integral(from);
      }
    }
    // a histogram asks for the same moment once for each bucket
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(atMs, answered);
    return answered;
  }

  private conditionAt(atMs: number): Condition {
    const degraded = this.troubles.some(
      ({ fromMs, untilMs }) =>
        fromMs <= atMs && (untilMs === undefined || atMs < untilMs),
    );
    if (degraded) return 'degraded';
    const startMs = this.startedMs(atMs);
    return startMs !== undefined && atMs - startMs < WARM_UP_MS
      ? 'warming'
      : 'well';
  }

  /** Requests from a fixed day until a time. */
  private integral(atMs: number): number {
    const t = atMs / 1000 - 1_767_225_600;
    return (
      this.base *
      this.waves.reduce(
        (sum, { size, turn, at }) =>
          sum - (size / turn) * Math.cos(turn * t + at),
        t,
      )
    );
  }
}

/** Share of a log-logistic distribution below a bound: a body and a long tail. */
function logistic(bound: number, median: number): number {
  return 1 / (1 + (median / bound) ** 2.6);
}
