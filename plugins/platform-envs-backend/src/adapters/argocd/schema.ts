import {
  Deployment,
  DeploymentHistoryEntry,
} from '@fairway/plugin-platform-envs-node';
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

const text = z
  .string()
  .nullish()
  .transform(value => value || undefined);

const syncStatus = z.enum(['Synced', 'OutOfSync', 'Unknown']).catch('Unknown');

const healthStatus = z
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

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(value => value ?? []);

const history = z.object({
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
      syncResult: z.object({ revision: text }).nullish(),
    })
    .nullish(),
  history: z.array(history).nullish(),
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
      kind: z.string(),
      name: z.string(),
      namespace: text,
      status: syncStatus.optional(),
      health: health.nullish(),
      hook: z.boolean().optional(),
    }),
  ),
});

const application = z.object({
  metadata: z.object({
    name: z.string().min(1),
    namespace: text,
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

const identity = z.object({
  metadata: z.object({ name: z.string().min(1), namespace: text }),
});

/** The envelope of a list; its items are looked at one by one. */
export const listSchema = z.object({
  metadata: z.object({ resourceVersion: text }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

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

/** Namespace of applications that do not say theirs. */
const DEFAULT_NAMESPACE = 'argocd';

/**
 * Reads one application. A document that names itself but cannot be
 * understood gives a deployment with `problem`; undefined when it does not
 * even have a name.
 */
export function parseApplication(
  instance: string,
  document: unknown,
  url: (namespace: string, name: string) => string,
): Deployment | undefined {
  const parsed = application.safeParse(document);
  if (parsed.success) return toDeployment(instance, parsed.data, url);
  const named = identity.safeParse(document);
  if (!named.success) return undefined;
  const { name, namespace = DEFAULT_NAMESPACE } = named.data.metadata;
  const issue = parsed.error.issues[0];
  return {
    instance,
    name,
    namespace,
    labels: {},
    automated: false,
    sync: 'Unknown',
    health: 'Unknown',
    images: [],
    resources: [],
    conditions: [],
    url: url(namespace, name),
    problem: `Argo CD's answer about ${name} cannot be read: ${issue.path.join(
      '.',
    )}: ${issue.message}`,
  };
}

function toDeployment(
  instance: string,
  app: z.infer<typeof application>,
  url: (namespace: string, name: string) => string,
): Deployment {
  const { name, namespace = DEFAULT_NAMESPACE } = app.metadata;
  const sources = app.spec?.sources.length
    ? app.spec.sources
    : [app.spec?.source].filter(s => !!s);
  const index = overlaySource(sources);
  const operation = app.status?.operationState;
  const automated = app.spec?.syncPolicy?.automated;
  return dropUndefined({
    instance,
    name,
    namespace,
    project: app.spec?.project,
    labels: app.metadata.labels,
    source:
      sources[index] &&
      dropUndefined({
        repoURL: sources[index].repoURL,
        path: sources[index].path,
        targetRevision: sources[index].targetRevision,
        position: sources.length > 1 ? index + 1 : undefined,
      }),
    destination: app.spec?.destination
      ? dropUndefined({
          cluster: app.spec.destination.name ?? app.spec.destination.server,
          namespace: app.spec.destination.namespace,
        })
      : undefined,
    automated: !!automated && automated.enabled !== false,
    sync: app.status?.sync?.status ?? 'Unknown',
    health: app.status?.health?.status ?? 'Unknown',
    healthMessage: app.status?.health?.message,
    healthSince: app.status?.health?.lastTransitionTime,
    revision: app.status?.sync?.revisions[index] ?? app.status?.sync?.revision,
    images: app.status?.summary?.images ?? [],
    resources: (app.status?.resources ?? [])
      .filter(r => !r.hook)
      .map(r =>
        dropUndefined({
          kind: r.kind,
          name: r.name,
          namespace: r.namespace,
          sync: r.status,
          health: r.health?.status,
          message: r.health?.message,
        }),
      ),
    conditions: (app.status?.conditions ?? []).map(c =>
      dropUndefined({
        type: c.type,
        message: c.message,
        at: c.lastTransitionTime,
      }),
    ),
    operation: operation?.phase
      ? dropUndefined({
          phase: operation.phase,
          message: operation.message,
          startedAt: operation.startedAt,
          finishedAt: operation.finishedAt,
          revision: operation.syncResult?.revision,
        })
      : undefined,
    history: app.status?.history?.map(entry => toHistory(entry, index)),
    deletedAt: app.metadata.deletionTimestamp,
    url: url(namespace, name),
  });
}

function toHistory(
  entry: z.infer<typeof history>,
  index: number,
): DeploymentHistoryEntry {
  return dropUndefined({
    id: entry.id,
    revision: entry.revisions[index] ?? entry.revision,
    deployStartedAt: entry.deployStartedAt,
    deployedAt: entry.deployedAt,
    initiatedBy: entry.initiatedBy?.automated
      ? 'Argo CD'
      : entry.initiatedBy?.username,
  });
}

/** With several sources, the one that renders manifests from a folder; else the first. */
function overlaySource(sources: z.infer<typeof source>[]): number {
  const index = sources.findIndex(s => s.path && !s.chart);
  return Math.max(index, 0);
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, v]) => v !== undefined),
  ) as T;
}
