import {
  ApplicationManager,
  ApplicationOrigin,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentHistoryEntry,
  DeploymentResource,
} from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { applicationSchema, identitySchema } from './schema';

type Application = z.infer<typeof applicationSchema>;
type Spec = NonNullable<Application['spec']>;
type Status = NonNullable<Application['status']>;

/** Namespace of applications that do not say theirs. */
const DEFAULT_NAMESPACE = 'argocd';

/** Kinds whose health Argo CD judges by itself: where it does not tell that, it is not known. */
const JUDGED_KINDS = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'argoproj.io/Rollout',
  'batch/Job',
  '/Pod',
]);

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
  const parsed = applicationSchema.safeParse(document);
  if (parsed.success) return toDeployment(instance, parsed.data, url);
  const named = identitySchema.safeParse(document);
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

/**
 * A reader of the applications of one instance. Those that live in other
 * namespaces than the wanted ones count as none.
 */
export function applicationParser({
  instance,
  url,
  frontendUrl = url,
  namespaces = [],
}: {
  instance: string;
  url: string;
  /** For the page of each. Default: `url`. */
  frontendUrl?: string;
  /** Empty: all. */
  namespaces?: string[];
}): (document: unknown) => Deployment | undefined {
  const pageOf = (namespace: string, name: string) =>
    `${frontendUrl}/applications/${encodeURIComponent(
      namespace,
    )}/${encodeURIComponent(name)}`;
  return document => {
    const deployment = parseApplication(instance, document, pageOf);
    if (!deployment || namespaces.length === 0) return deployment;
    return namespaces.includes(deployment.namespace) ? deployment : undefined;
  };
}

function toDeployment(
  instance: string,
  { metadata, spec, status }: Application,
  url: (namespace: string, name: string) => string,
): Deployment {
  const { name, namespace = DEFAULT_NAMESPACE } = metadata;
  const sources = sourcesOf(spec, status);
  const index = overlaySource(sources);
  const overlay = sources[index];
  const children = childrenOf(status);
  const automated = spec?.syncPolicy?.automated;
  return dropUndefined({
    instance,
    name,
    namespace,
    project: spec?.project,
    labels: metadata.labels,
    source:
      overlay &&
      dropUndefined({
        repoURL: overlay.repoURL,
        path: overlay.path,
        targetRevision: overlay.targetRevision,
        position: sources.length > 1 ? index + 1 : undefined,
      }),
    sources: sources.length ? sources : undefined,
    managedBy: managerOf(metadata),
    children: children.length ? children : undefined,
    destination: spec?.destination
      ? dropUndefined({
          cluster: spec.destination.name ?? spec.destination.server,
          namespace: spec.destination.namespace,
        })
      : undefined,
    automated: !!automated && automated.enabled !== false,
    sync: status?.sync?.status ?? 'Unknown',
    health: status?.health?.status ?? 'Unknown',
    healthMessage: status?.health?.message,
    healthSince: status?.health?.lastTransitionTime,
    revision: overlay?.revision ?? status?.sync?.revision,
    images: status?.summary?.images ?? [],
    resources: (status?.resources ?? [])
      .filter(resource => !resource.hook)
      .map(toResource),
    conditions: (status?.conditions ?? []).map(c =>
      dropUndefined({
        type: c.type,
        message: c.message,
        at: c.lastTransitionTime,
      }),
    ),
    operation: operationOf(status, index),
    history: status?.history?.map(entry => toHistory(entry, index)),
    deletedAt: metadata.deletionTimestamp,
    url: url(namespace, name),
  });
}

/** With their revisions, as far as a whole document tells them. */
function sourcesOf(
  spec: Spec | undefined,
  status: Status | null | undefined,
): ApplicationOrigin[] {
  const { revision, revisions = [] } = status?.sync ?? {};
  const hydrator = spec?.sourceHydrator;
  const single =
    spec?.source ??
    (hydrator
      ? {
          repoURL: hydrator.drySource.repoURL,
          path: hydrator.syncSource.path,
          targetRevision: hydrator.syncSource.targetBranch,
        }
      : undefined);
  if (spec?.sources.length) {
    return spec.sources.map((source, i) =>
      dropUndefined({ ...source, revision: revisions[i] || undefined }),
    );
  }
  return single ? [dropUndefined({ ...single, revision })] : [];
}

/** With several sources, the one that renders manifests from a folder; else the first. */
function overlaySource(sources: ApplicationOrigin[]): number {
  const index = sources.findIndex(s => s.path && !s.chart);
  return Math.max(index, 0);
}

/** Who made it, where its owner is named; an app of apps names no owner on its children. */
function managerOf({
  ownerReferences,
}: Application['metadata']): ApplicationManager | undefined {
  const owner = ownerReferences.find(o => o.kind === 'ApplicationSet');
  return owner && { kind: 'ApplicationSet', name: owner.name };
}

function childrenOf(
  status: Status | null | undefined,
): NonNullable<Deployment['children']> {
  return (status?.resources ?? []).flatMap(
    ({ group, kind, name, namespace, hook }) =>
      group === 'argoproj.io' &&
      (kind === 'Application' || kind === 'ApplicationSet') &&
      !hook
        ? [{ kind, name, ...(namespace && { namespace }) }]
        : [],
  );
}

function toResource({
  group = '',
  kind,
  name,
  namespace,
  status,
  health,
}: Status['resources'][number]): DeploymentResource {
  const untold = JUDGED_KINDS.has(`${group}/${kind}`) ? 'Unknown' : undefined;
  return dropUndefined({
    kind,
    name,
    namespace,
    sync: status,
    health: health?.status ?? untold,
    message: health?.message,
  });
}

function operationOf(
  status: Status | null | undefined,
  index: number,
): Deployment['operation'] {
  const operation = status?.operationState;
  if (!operation?.phase) return undefined;
  const { phase, message, startedAt, finishedAt, syncResult } = operation;
  return dropUndefined({
    phase,
    message,
    startedAt,
    finishedAt,
    revision: syncResult?.revisions[index] || syncResult?.revision,
  });
}

function toHistory(
  entry: NonNullable<Status['history']>[number],
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

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, v]) => v !== undefined),
  ) as T;
}
