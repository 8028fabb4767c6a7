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
    // thousands of `seriesSchema`, which are looked at one by one
    result: z.array(z.unknown()),
  }),
});

/** One series over time: its labels, and pairs of seconds since 1970 and value. */
export const seriesSchema = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.string()])),
});

export type Series = z.infer<typeof seriesSchema>;
