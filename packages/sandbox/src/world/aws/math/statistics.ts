import { Datapoint } from '../MetricStore';

const SIMPLE: Record<string, (point: Datapoint) => number> = {
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  SampleCount: ({ count }) => count,
};

/** Names of the statistics that are not percentiles. */
export const SIMPLE_STATISTICS = Object.keys(SIMPLE);

/** `Average` and the like, or a percentile such as `p99` or `p99.9`. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(SIMPLE, name) || /^p(\d{1,2}(?:\.\d+)?|100)$/.test(name);
}

/** One number for what was measured in a period. The name must be {@link isStatistic}. */
export function statisticOf(point: Datapoint, name: string): number {
  if (Object.hasOwn(SIMPLE, name)) {
    return SIMPLE[name](point);
  }
  const sorted = [...point.samples].sort((a, b) => a - b);
  const rank = (Number(name.slice(1)) / 100) * (sorted.length - 1);
  const low = Math.floor(rank);
  const high = Math.ceil(rank);
  return sorted[low] + (sorted[high] - sorted[low]) * (rank - low);
}
