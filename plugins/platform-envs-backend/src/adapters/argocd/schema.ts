import { z } from 'zod';

/**
 * The fields of the list that are used. Argo CD lets a list be narrowed to
 * exactly these keys (and a few that are not needed); any other key is
 * dropped without a word. What is missing here (revision, history, conditions,
 * messages of operations) comes with whole documents.
 *
 * @see https://github.com/argoproj/argo-cd/blob/master/pkg/apiclient/application/forwarder_overwrite.go
 */
export const LIST_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.deletionTimestamp',
  'spec',
  'status.sync.status',
  'status.health',
  'status.summary',
  'status.resources',
  'status.operationState.phase',
  'status.operationState.startedAt',
  'status.operationState.finishedAt',
];

/** Text, where empty means absent. */
export const text = z
  .string()
  .nullish()
  .transform(value => value || undefined);

const syncStatus = z.enum(['Synced', 'OutOfSync', 'Unknown']).catch('Unknown');

/** A word that a newer Argo CD may have invented is not known here. */
export const healthStatus = z
  .enum([
    'Healthy',
    'Progressing',
    'Degraded',
    'Suspended',
    'Missing',
    'Unknown',
  ])
  .catch('Unknown');

const health = z.object({
  status: healthStatus,
  message: text,
  lastTransitionTime: text,
});

const source = z.object({
  repoURL: z.string(),
  path: text,
  targetRevision: text,
  chart: text,
  ref: text,
});

/** Go leaves empty lists out, or writes them as null. */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(value => value ?? []);

const historyEntry = z.object({
  id: z.number().optional(),
  revision: text,
  revisions: list(z.string()),
  deployStartedAt: text,
  deployedAt: text,
  initiatedBy: z
    .object({ username: text, automated: z.boolean().optional() })
    .nullish(),
});

const status = z.object({
  sync: z
    .object({
      status: syncStatus,
      revision: text,
      revisions: list(z.string()),
    })
    .nullish(),
  health: health.nullish(),
  summary: z.object({ images: list(z.string()) }).nullish(),
  operationState: z
    .object({
      phase: text,
      message: text,
      startedAt: text,
      finishedAt: text,
      syncResult: z
        .object({ revision: text, revisions: list(z.string()) })
        .nullish(),
    })
    .nullish(),
  history: z.array(historyEntry).nullish(),
  conditions: z
    .array(
      z.object({
        type: z.string(),
        message: z.string().default(''),
        lastTransitionTime: text,
      }),
    )
    .nullish(),
  resources: list(
    z.object({
      group: text,
      kind: z.string(),
      name: z.string(),
      namespace: text,
      status: syncStatus.optional(),
      health: health.nullish(),
      hook: z.boolean().optional(),
    }),
  ),
});

/** One application, whole or as a list narrows it. */
export const applicationSchema = z.object({
  metadata: z.object({
    name: z.string().min(1),
    namespace: text,
    ownerReferences: list(z.object({ kind: z.string(), name: z.string() })),
    labels: z
      .record(z.string(), z.string())
      .nullish()
      .transform(value => value ?? {}),
    deletionTimestamp: text,
  }),
  spec: z
    .object({
      project: text,
      source: source.nullish(),
      sources: list(source),
      sourceHydrator: z
        .object({
          drySource: z.object({ repoURL: z.string() }),
          syncSource: z.object({ targetBranch: text, path: text }),
        })
        .nullish(),
      destination: z
        .object({ name: text, server: text, namespace: text })
        .nullish(),
      syncPolicy: z
        .object({
          automated: z.object({ enabled: z.boolean().nullish() }).nullish(),
        })
        .nullish(),
    })
    .optional(),
  status: status.nullish(),
});

/** The least that a document must have, so that its cell can be told. */
export const identitySchema = z.object({
  metadata: z.object({ name: z.string().min(1), namespace: text }),
});

/** The envelope of a list; its items are looked at one by one. */
export const listSchema = z.object({
  metadata: z.object({ resourceVersion: text }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

/** Whether the token may do something, by Argo CD's policy. */
export const canISchema = z.object({ value: z.enum(['yes', 'no']) });

/** One message of the stream. */
export const streamMessageSchema = z.object({
  result: z.object({ type: z.string(), application: z.unknown() }).optional(),
  error: z
    .object({ message: text, http_status: text, grpc_code: z.unknown() })
    .nullish(),
});

export const revisionMetadataSchema = z.object({
  author: text,
  date: text,
  message: text,
});
