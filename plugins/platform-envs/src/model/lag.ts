/** One point of the chart; `lagMs` is null where the minute is missing. */
export interface LagPoint {
  /** Milliseconds since the epoch. */
  time: number;
  lagMs: number | null;
}

const MINUTE_MS = 60_000;

/**
 * Puts a null between points that are more than a minute and a half apart,
 * so that a missing minute is drawn as a gap and never as a line through it.
 */
export function withGaps(
  series: Array<{ at: string; lagMs: number }>,
): LagPoint[] {
  const points: LagPoint[] = [];
  for (const { at, lagMs } of series) {
    const time = Date.parse(at);
    const previous = points[points.length - 1];
    if (previous && time - previous.time > 1.5 * MINUTE_MS) {
      points.push({ time: previous.time + MINUTE_MS, lagMs: null });
    }
    points.push({ time, lagMs });
  }
  return points;
}

/** Lag as people read it: `180 ms`, `2.4 s`, `3 min`. */
export function formatLag(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** The full and half hours within the points, for the axis. */
export function halfHours(points: LagPoint[]): number[] {
  const half = 30 * MINUTE_MS;
  const first = points[0]?.time ?? 0;
  const last = points[points.length - 1]?.time ?? 0;
  const ticks = [];
  for (let t = Math.ceil(first / half) * half; t <= last; t += half) {
    ticks.push(t);
  }
  return ticks;
}
