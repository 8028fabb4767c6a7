import {
  ComponentObservability,
  EnvironmentSummary,
  RequestSeries,
} from '@fairway/plugin-platform-envs-common';

/** What is measured of requests. */
export type RequestFigure =
  | 'requestRate'
  | 'errorRatio'
  | 'latencyP50'
  | 'latencyP95';

/** One moment: milliseconds since the epoch, and a value by environment ref. Null is a gap. */
export interface RequestPoint {
  time: number;
  [environmentRef: string]: number | null;
}

/** Milliseconds since the epoch. */
export interface TimeSpan {
  from: number;
  to: number;
}

type Requests = ComponentObservability['requests'];

/** Series of several environments as one table of moments, within a span. */
export function toPoints(
  requests: Requests,
  figure: RequestFigure,
  span: TimeSpan,
): RequestPoint[] {
  const points = new Map<number, RequestPoint>();
  for (const { environmentRef, series } of requests) {
    if (series.status !== 'ok') continue;
    const { startAt, stepSeconds } = series.value;
    const start = Date.parse(startAt);
    series.value[figure].forEach((value, i) => {
      const time = start + i * stepSeconds * 1000;
      if (time < span.from || time > span.to) return;
      const point = points.get(time) ?? { time };
      point[environmentRef] = value;
      points.set(time, point);
    });
  }
  return [...points.values()].sort((a, b) => a.time - b.time);
}

/** How old the newest value may be to be called the present one. */
const PRESENT_STEPS = 3;

/** The newest value, unless nothing was measured of late: then it is not known. */
export function latest(
  series: RequestSeries,
  figure: RequestFigure,
): number | undefined {
  return (
    series[figure].slice(-PRESENT_STEPS).findLast(value => value !== null) ??
    undefined
  );
}

/** Whether a figure has any value at all within a span. */
export function hasValues(points: RequestPoint[]): boolean {
  return points.some(point =>
    Object.entries(point).some(
      ([key, value]) => key !== 'time' && value !== null,
    ),
  );
}

/** The whole of what was measured, or the part around a moment that lies in it. */
export function spanOf(
  requests: Requests,
  options: { hours: number; now: number; around?: number },
): TimeSpan {
  const { hours, now, around } = options;
  const half = 30 * 60_000;
  if (around !== undefined) {
    return { from: around - half, to: Math.min(now, around + half) };
  }
  const ends = requests.flatMap(({ series }) =>
    series.status === 'ok'
      ? [
          Date.parse(series.value.startAt) +
            (series.value.requestRate.length - 1) *
              series.value.stepSeconds *
              1000,
        ]
      : [],
  );
  const to = ends.length ? Math.max(...ends) : now;
  return { from: to - hours * 3_600_000, to };
}

/** Round times within a span for the axis: every ten minutes in an hour, every half hour in three. */
export function ticksOf({ from, to }: TimeSpan): number[] {
  const step = to - from > 5_400_000 ? 1_800_000 : 600_000;
  const ticks = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) ticks.push(t);
  return ticks;
}

function digits(value: number): string {
  if (value === 0) return '0';
  if (value < 0.001) return '<0.001';
  const shown =
    value >= 10 ? value.toFixed(value >= 100 ? 0 : 1) : value.toPrecision(2);
  return Number(shown).toString();
}

/** A value as people read it, with its unit. */
export function formatFigure(figure: RequestFigure, value: number): string {
  if (figure === 'requestRate') return `${digits(value)}/s`;
  if (figure === 'errorRatio') return `${digits(value * 100)} %`;
  return value < 1 ? `${digits(value * 1000)} ms` : `${digits(value)} s`;
}

/** Number of its line colour in the theme, by short name; cost has the same. */
const COLOURS: Record<string, number> = {
  dev: 1,
  uat: 2,
  staging: 3,
  prod: 4,
  sandbox: 5,
  dogfood: 6,
  local: 7,
};

/** How the line of an environment looks. */
export interface LineLook {
  /** A CSS colour. */
  colour: string;
  /** Dashes as SVG has them: colour is never the only difference. */
  dash?: string;
}

const DASHES = [undefined, '6 3', '2 3', '8 3 2 3'];

/**
 * The look of each environment's line, by ref. Its short name decides the
 * colour, so that dev, uat and prod look the same everywhere. Another name has
 * the colour of its tier as long as nothing else has that, then a free one.
 */
export function lineLooks(
  environments: Array<Pick<EnvironmentSummary, 'ref' | 'shortName' | 'tier'>>,
): Map<string, LineLook> {
  const taken = new Set(
    environments.flatMap(({ shortName }) => COLOURS[shortName] ?? []),
  );
  const take = (tier: string) => {
    const colour =
      [COLOURS[tier], ...Object.values(COLOURS)].find(c => !taken.has(c)) ??
      COLOURS[tier];
    taken.add(colour);
    return colour;
  };
  return new Map(
    environments.map(({ ref, shortName, tier }, i) => {
      const colour = COLOURS[shortName] ?? take(tier);
      // the last on the way matters most and is drawn without dashes
      const dash = DASHES[(environments.length - 1 - i) % DASHES.length];
      return [ref, { colour: `var(--fairway-line-${colour})`, dash }];
    }),
  );
}
