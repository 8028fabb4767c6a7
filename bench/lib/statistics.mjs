/**
 * The value below which a share of the samples lies, by nearest rank: always a
 * value that was measured.
 *
 * @param {number[]} samples in any order
 * @param {number} share 0.5 for the median of many, 0.95, 0.99
 * @returns {number} NaN when there are none
 */
export function percentile(samples, share) {
  if (!samples.length) return NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
}

/**
 * The middle of a few figures, the mean of the two in the middle where their
 * number is even: how the rounds of a benchmark are put together.
 *
 * @param {number[]} figures
 * @returns {number} NaN when there are none
 */
export function median(figures) {
  if (!figures.length) return NaN;
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number[]} samples */
export function summarize(samples) {
  return {
    count: samples.length,
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
  };
}

/**
 * How a figure grows with size: the slope of the line through log(size) and
 * log(figure). 0 is flat, 1 proportional, 2 quadratic.
 *
 * @param {Array<{ size: number, value: number }>} points sizes and values above 0
 * @returns {number | undefined} undefined with fewer than two sizes, or a value
 *   that has no logarithm
 */
export function growthExponent(points) {
  if (new Set(points.map(({ size }) => size)).size < 2) return undefined;
  if (points.some(({ size, value }) => !(size > 0) || !(value > 0))) {
    return undefined;
  }
  const xs = points.map(({ size }) => Math.log(size));
  const ys = points.map(({ value }) => Math.log(value));
  const mean = list => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [x, y] = [mean(xs), mean(ys)];
  const above = xs.reduce((sum, one, i) => sum + (one - x) * (ys[i] - y), 0);
  const below = xs.reduce((sum, one) => sum + (one - x) ** 2, 0);
  return above / below;
}
