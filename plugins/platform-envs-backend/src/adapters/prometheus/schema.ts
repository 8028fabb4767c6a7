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
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

export type Matrix = z.infer<typeof matrixSchema>['data']['result'];
