import { z } from 'zod/v3';

/** `GET /v2/tasks` of the scaffolder, the fields that are read. */
export const tasksSchema = z.object({
  tasks: z.array(
    z.object({
      id: z.string(),
      createdAt: z.string(),
      lastHeartbeatAt: z.string().nullish(),
      spec: z
        .object({
          parameters: z.record(z.unknown()).nullish(),
          steps: z
            .array(
              z.object({
                id: z.string(),
                name: z.string(),
                action: z.string(),
              }),
            )
            .nullish(),
          templateInfo: z
            .object({
              entity: z
                .object({
                  metadata: z
                    .object({ name: z.string(), title: z.string().nullish() })
                    .nullish(),
                })
                .nullish(),
            })
            .nullish(),
        })
        .nullish(),
    }),
  ),
});

/** `GET /v2/tasks/:id/events` of the scaffolder, the fields that are read. */
export const taskEventsSchema = z.array(
  z.object({
    body: z
      .object({ stepId: z.string().nullish(), status: z.string().nullish() })
      .nullish(),
  }),
);

/** A run of a template that failed and waits for somebody. */
export interface StoppedRun {
  taskId: string;
  /** What it was to make: the name in the form, else the template. */
  subject: string;
  /** Name of the step that failed; absent where the run does not say. */
  step?: string;
  /** ISO 8601. */
  at: string;
}

/** Waits elsewhere on the screen: the portal itself follows what this step followed. */
const FOLLOWED_ACTION = 'fairway:delivery:track';

/** Longer ago than this nobody will retry it. */
export const STOPPED_RUN_DAYS = 3;

/** What to say of a failed run; undefined when it is old, or shown elsewhere. */
export function toStoppedRun(
  task: z.infer<typeof tasksSchema>['tasks'][number],
  events: z.infer<typeof taskEventsSchema>,
  nowMs: number,
): StoppedRun | undefined {
  const at = task.lastHeartbeatAt ?? task.createdAt;
  if (nowMs - Date.parse(at) > STOPPED_RUN_DAYS * 86_400_000) return undefined;
  const failed = events.find(({ body }) => body?.status === 'failed')?.body;
  const step = task.spec?.steps?.find(({ id }) => id === failed?.stepId);
  if (step?.action === FOLLOWED_ACTION) return undefined;
  const { name } = task.spec?.parameters ?? {};
  const template = task.spec?.templateInfo?.entity?.metadata;
  return {
    taskId: task.id,
    subject:
      typeof name === 'string' && name
        ? name
        : template?.title ?? template?.name ?? task.id.slice(0, 8),
    ...(step && { step: step.name }),
    at,
  };
}
