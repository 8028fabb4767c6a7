import { z } from 'zod';

/**
 * Answer of `query_range`.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
 */
export const matrixSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    // thousands of `Series`, which are looked at one by one
    result: z.array(z.unknown()),
  }),
});

/**
 * One series over time: its labels, and pairs of seconds since 1970 and value.
 * Of the pairs there are hundreds of thousands, which are looked at when they are
 * taken over: {@link isSample}.
 */
export interface Series {
  metric: Record<string, string>;
  values: unknown[];
}

/**
 * Whether something of an answer is one. Thousands come each minute: a schema
 * would copy each of them, and take twice as long as all the rest.
 */
export function isSeries(one: unknown): one is Series {
  const { metric, values } = (one ?? {}) as Partial<Series>;
  return (
    Array.isArray(values) &&
    typeof metric === 'object' &&
    metric !== null &&
    Object.values(metric).every(label => typeof label === 'string')
  );
}

/** One value of a series. */
export type Sample = [seconds: number, value: string];

/** Whether something of an answer is one. */
export function isSample(pair: unknown): pair is Sample {
  return (
    Array.isArray(pair) &&
    pair.length === 2 &&
    typeof pair[0] === 'number' &&
    typeof pair[1] === 'string'
  );
}
