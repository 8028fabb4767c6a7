import { z } from 'zod';

/*
 * What is read of Grafana's answers; everything else may change.
 */

const texts = z.record(z.string(), z.string());

/** One of `GET /api/search`. @see https://grafana.com/docs/grafana/latest/developers/http_api/folder_dashboard_search/ */
export const searchHitSchema = z.object({
  uid: z.string().min(1),
  title: z.string(),
  url: z.string(),
  tags: z.array(z.string()).nullish(),
  folderTitle: z.string().nullish(),
  folderUrl: z.string().nullish(),
});

const instanceSchema = z.object({
  labels: texts.nullish(),
  annotations: texts.nullish(),
  state: z.string(),
  activeAt: z.string().nullish(),
});

/** A rule of `GET /api/prometheus/grafana/api/v1/rules`. */
export const ruleSchema = z.object({
  uid: z.string().optional(),
  name: z.string(),
  state: z.string().optional(),
  health: z.string().optional(),
  type: z.string().optional(),
  labels: texts.nullish(),
  annotations: texts.nullish(),
  alerts: z.array(instanceSchema).nullish(),
  isPaused: z.boolean().optional(),
});

/** The envelope; groups and rules are read one by one, so that a bad one spoils no other. */
export const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        file: z.string().optional(),
        rules: z.array(z.unknown()),
      }),
    ),
  }),
});

export type GrafanaRule = z.infer<typeof ruleSchema>;
