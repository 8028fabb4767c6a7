import { z } from 'zod';

/** `GET /repos/{owner}/{repo}/actions/runs`, the fields that are read. */
export const runsSchema = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.number(),
      name: z.string().nullish(),
      head_sha: z.string(),
      html_url: z.string(),
      status: z.string().nullish(),
      conclusion: z.string().nullish(),
      created_at: z.string(),
      updated_at: z.string(),
      run_started_at: z.string().nullish(),
    }),
  ),
});

/** `GET /repos/{owner}/{repo}/actions/runs/{id}/jobs`, the fields that are read. */
export const jobsSchema = z.object({
  jobs: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      conclusion: z.string().nullish(),
      check_run_url: z.string().nullish(),
      steps: z
        .array(z.object({ name: z.string(), conclusion: z.string().nullish() }))
        .nullish(),
    }),
  ),
});

/** `GET /repos/{owner}/{repo}/check-runs/{id}/annotations`, the fields that are read. */
export const annotationsSchema = z.array(
  z.object({
    annotation_level: z.string().nullish(),
    message: z.string().nullish(),
  }),
);
