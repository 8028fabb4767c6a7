import { CountPhase } from '../countPhases';
import { RunPhase } from '../phases';
import { Meter } from './CostLine';

const HOUR_MS = 3_600_000;
const HOURS_PER_MONTH = 730;

/** The hours in which something was on. */
export interface Hours {
  /** How many there were from a time up to another, each weighed by what `weigh` says of its middle. */
  between(
    fromMs: number,
    untilMs: number,
    weigh?: (atMs: number) => number,
  ): number;
  /** Whether it is on now. */
  isOn: boolean;
}

/** The hours of the running phases that will do, to the millisecond. */
export function hoursOfPhases<P extends RunPhase>(
  history: P[],
  willDo: (phase: P) => boolean,
): Hours {
  const spans = history
    .map((phase, index) => ({
      phase,
      fromMs: phase.fromMs,
      untilMs: history[index + 1]?.fromMs ?? Infinity,
    }))
    .filter(({ phase }) => phase.running && willDo(phase));
  return {
    between: (fromMs, untilMs, weigh) =>
      spans.reduce(
        (sum, span) =>
          sum +
          hoursBetween(
            Math.max(fromMs, span.fromMs),
            Math.min(untilMs, span.untilMs),
            weigh,
          ),
        0,
      ),
    isOn: spans.some(({ untilMs }) => untilMs === Infinity),
  };
}

/** The hours of all that ran, as many as there were, to the millisecond. */
export function countedHours(
  history: CountPhase[],
): Pick<Meter, 'usedBetween' | 'hourlyUse'> {
  // What had run when a phase began; so a year costs as little to ask for as a day.
  const ranBefore = [0];
  for (let index = 1; index < history.length; index += 1) {
    const { fromMs, count } = history[index - 1];
    ranBefore.push(
      ranBefore[index - 1] + (history[index].fromMs - fromMs) * count,
    );
  }
  const ranUntil = (atMs: number) => {
    let first = 0;
    let end = history.length;
    while (first < end) {
      const middle = Math.floor((first + end) / 2);
      if (history[middle].fromMs <= atMs) {
        first = middle + 1;
      } else {
        end = middle;
      }
    }
    const index = first - 1;
    return index < 0
      ? 0
      : ranBefore[index] +
          (atMs - history[index].fromMs) * history[index].count;
  };
  return {
    usedBetween: (fromMs, untilMs) =>
      (ranUntil(untilMs) - ranUntil(fromMs)) / HOUR_MS,
    hourlyUse: history[history.length - 1].count,
  };
}

/** Storage that is charged by the month from when it was made until it is gone. */
export function monthlyGibibytes(
  record: { createdAtMs: number; deletedAtMs?: number },
  gibibytesAt: (atMs: number) => number,
): Pick<Meter, 'usedBetween' | 'hourlyUse'> {
  const { createdAtMs, deletedAtMs } = record;
  const perHour = (atMs: number) => gibibytesAt(atMs) / HOURS_PER_MONTH;
  return {
    usedBetween: (fromMs, untilMs) =>
      hoursBetween(
        Math.max(fromMs, createdAtMs),
        Math.min(untilMs, deletedAtMs ?? Infinity),
        perHour,
      ),
    hourlyUse: deletedAtMs === undefined ? perHour(createdAtMs) : 0,
  };
}

function hoursBetween(
  fromMs: number,
  untilMs: number,
  weigh?: (atMs: number) => number,
): number {
  if (fromMs >= untilMs) {
    return 0;
  }
  if (!weigh) {
    return (untilMs - fromMs) / HOUR_MS;
  }
  let sum = 0;
  for (
    let start = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
    start < untilMs;
    start += HOUR_MS
  ) {
    const share = Math.min(untilMs, start + HOUR_MS) - Math.max(fromMs, start);
    sum += (share / HOUR_MS) * weigh(start + HOUR_MS / 2);
  }
  return sum;
}
