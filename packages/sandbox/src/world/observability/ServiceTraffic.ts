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
/** Requests that take this much longer than the others, and their share on average. */
const SLOW = { factor: 3.5, share: 0.18 };
/** How much of their share failures rise and fall; what is broken fails steadily. */
const UNSTEADINESS: Record<Condition, number> = {
  well: 1,
  warming: 0.5,
  degraded: 0.15,
};
const PRODUCTION = /^prod/;

/** A part of something that rises and falls. */
interface Wave {
  size: number;
  /** Radians a second. */
  turn: number;
  at: number;
}

/** How many in each of {@link CONDITIONS}. */
interface Answered {
  requests: number[];
  /** How far failures are ahead of their share, in requests; the same for slow ones. */
  failures: number[];
  slow: number[];
}

/** What a counter counts of each. */
type Weights = Record<keyof Answered, number>;

/**
 * The requests that a service has answered since its pods were last replaced.
 *
 * The rate follows the day and a few slower and quicker waves that depend on the
 * name alone, and so do the failures and the slow answers among them. All
 * integrals are exact, so any moment can be asked for at the same price, and a
 * counter never goes back except when pods are replaced.
 */
export class ServiceTraffic {
  /** Requests a second, on average. */
  private readonly base: number;
  /** Median latency when all is well, seconds. */
  private readonly medianS: number;
  private readonly waves: Wave[];
  /** Together less than the lowest rate is of the mean, so that none turns negative. */
  private readonly failureWaves: Wave[];
  private readonly slowWaves: Wave[];
  private readonly known = new Map<number, Answered>();

  constructor(
    private readonly of: ObservedService,
    private readonly troubles: Trouble[],
  ) {
    const seed = seedOf(`${of.service} ${of.environment}`);
    const size = PRODUCTION.test(of.environment) ? 40 : 2;
    this.base = size * (0.4 + 1.2 * noise(seed, 1));
    this.medianS = 0.012 + 0.06 * noise(seed, 2);
    const wave = (part: number, periodS: number, at: number): Wave => ({
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
    this.failureWaves = [
      wave(0.24, 2_470, noise(seed, 6)),
      wave(0.17, 830, noise(seed, 7)),
    ];
    this.slowWaves = [
      wave(0.28, 3_310, noise(seed, 8)),
      wave(0.13, 970, noise(seed, 9)),
    ];
  }

  /** When the pods that ran at a time had started; undefined before the first. */
  startedMs(atMs: number): number | undefined {
    return this.of.deployedMs.findLast(deployed => deployed <= atMs);
  }

  /** Requests answered with a code since the pods started; undefined before that. */
  requests(code: string): Counter {
    return this.counting(condition => {
      const { [code]: share = 0, 500: failing } = CODES[condition];
      // what fails does not succeed
      const sign = { 500: 1, 200: -1 }[code] ?? 0;
      const failures = sign * failing * UNSTEADINESS[condition];
      return { requests: share, failures, slow: 0 };
    });
  }

  /** Requests that took at most so long (seconds) since the pods started. */
  within(bound: number): Counter {
    return this.counting(condition => {
      const medianS = this.medianS * SLOWNESS[condition];
      return this.mixed(
        logistic(bound, medianS),
        logistic(bound, medianS * SLOW.factor),
      );
    });
  }

  /** Seconds that all requests took together since the pods started. */
  secondsSpent(): Counter {
    // the mean of a log-logistic distribution of this shape, about
    return this.counting(condition => {
      const meanS = 1.25 * this.medianS * SLOWNESS[condition];
      return this.mixed(meanS, meanS * SLOW.factor);
    });
  }

  /** Whether it answers at all at a time. */
  isUp(atMs: number): boolean {
    return this.conditionAt(atMs) !== 'degraded';
  }

  /** Of each quick and each slow request so much. */
  private mixed(quick: number, slow: number): Weights {
    const more = (slow - quick) * SLOW.share;
    return { requests: quick + more, failures: 0, slow: more };
  }

  private counting(weightsOf: (condition: Condition) => Weights): Counter {
    const weights = CONDITIONS.map(weightsOf);
    return atMs => {
      const answered = this.answered(atMs);
      if (!answered) return undefined;
      const { requests, failures, slow } = answered;
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        sum +=
          requests[i] * weights[i].requests +
          failures[i] * weights[i].failures +
          slow[i] * weights[i].slow;
      }
      return Math.floor(sum * 1000) / 1000;
    };
  }

  /** Requests since the pods started. */
  private answered(atMs: number): Answered | undefined {
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
    const none = () => CONDITIONS.map(() => 0);
    const answered = { requests: none(), failures: none(), slow: none() };
    for (let i = 1; i < edges.length; i++) {
      const [from, until] = [secondsAt(edges[i - 1]), secondsAt(edges[i])];
      if (until > from) {
        const condition = this.conditionAt((edges[i - 1] + edges[i]) / 2);
        const of = CONDITIONS.indexOf(condition);
        const { base } = this;
        answered.requests[of] +=
          base * (until - from + risen(this.waves, from, until));
        answered.failures[of] += base * risen(this.failureWaves, from, until);
        answered.slow[of] += base * risen(this.slowWaves, from, until);
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
}

/** Since a fixed day: sines of small numbers are exact. */
function secondsAt(atMs: number): number {
  return atMs / 1000 - 1_767_225_600;
}

/** The integral of waves between two times, seconds. */
function risen(waves: Wave[], from: number, until: number): number {
  let sum = 0;
  for (const { size, turn, at } of waves) {
    sum +=
      (size / turn) *
      (Math.cos(turn * from + at) - Math.cos(turn * until + at));
  }
  return sum;
}

/** Share of a log-logistic distribution below a bound: a body and a long tail. */
function logistic(bound: number, median: number): number {
  return 1 / (1 + (median / bound) ** 2.6);
}
