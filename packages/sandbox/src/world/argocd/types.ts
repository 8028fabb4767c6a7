import { KubeMetadata } from '../kubernetes/KubeObject';

export type SyncStatusCode = 'Synced' | 'OutOfSync' | 'Unknown';

export type HealthStatusCode =
  | 'Healthy'
  | 'Suspended'
  | 'Progressing'
  | 'Missing'
  | 'Degraded'
  | 'Unknown';

export type OperationPhase =
  | 'Running'
  | 'Terminating'
  | 'Succeeded'
  | 'Failed'
  | 'Error';

export interface HealthStatus {
  status: HealthStatusCode;
  message?: string;
  lastTransitionTime?: string;
}

/** How a chart is rendered; see `helm template --help`. */
export interface HelmSource {
  releaseName?: string;
  /** Below the chart, or `$<ref>/path` in another source. */
  valueFiles?: string[];
  ignoreMissingValueFiles?: boolean;
  /** YAML. */
  values?: string;
  valuesObject?: Record<string, unknown>;
  parameters?: Array<{ name: string; value: string; forceString?: boolean }>;
  skipCrds?: boolean;
  namespace?: string;
  [field: string]: unknown;
}

export interface ApplicationSource {
  repoURL: string;
  path?: string;
  chart?: string;
  targetRevision?: string;
  /** Name by which value files of other sources reach this one. */
  ref?: string;
  name?: string;
  directory?: { recurse?: boolean };
  helm?: HelmSource;
  [field: string]: unknown;
}

export interface SyncWindow {
  kind: 'allow' | 'deny';
  /** Five-field cron expression. */
  schedule: string;
  /** Go duration, such as `8h`. */
  duration: string;
  applications?: string[];
  namespaces?: string[];
  clusters?: string[];
  manualSync?: boolean;
  timeZone?: string;
  description?: string;
  [field: string]: unknown;
}

/** A kind of resource; both parts may be globs. */
export interface GroupKind {
  group: string;
  kind: string;
}

/** Rights that a project hands out; tokens are known by the time they were made. */
export interface ProjectRole {
  name: string;
  description?: string;
  /** Lines such as `p, proj:shop:ci, applications, sync, shop/*, allow`. */
  policies?: string[];
  groups?: string[];
  jwtTokens?: Array<{ iat: number; exp?: number; id?: string }>;
}

export interface AppProject {
  metadata: KubeMetadata;
  spec: {
    description?: string;
    sourceRepos?: string[];
    destinations?: Array<Record<string, string>>;
    clusterResourceWhitelist?: GroupKind[];
    clusterResourceBlacklist?: GroupKind[];
    namespaceResourceWhitelist?: GroupKind[];
    namespaceResourceBlacklist?: GroupKind[];
    roles?: ProjectRole[];
    syncWindows?: SyncWindow[];
    [field: string]: unknown;
  };
  status: Record<string, unknown>;
}

export interface OperationInitiator {
  username?: string;
  automated?: boolean;
}

export interface SyncOperation {
  revision?: string;
  prune?: boolean;
  dryRun?: boolean;
  resources?: Array<{
    group?: string;
    kind: string;
    name: string;
    namespace?: string;
  }>;
  syncStrategy?: { apply?: { force?: boolean }; hook?: { force?: boolean } };
  syncOptions?: string[];
  source?: ApplicationSource;
  /** With several sources, in their order; these count, not `revision`. */
  revisions?: string[];
  sources?: ApplicationSource[];
}

/** Durations in Go's words, such as `5s`. */
export interface RetryStrategy {
  /** Attempts after the first; negative: without end. */
  limit?: number;
  backoff?: { duration?: string; factor?: number; maxDuration?: string };
  [field: string]: unknown;
}

export interface Operation {
  sync?: SyncOperation;
  initiatedBy?: OperationInitiator;
  info?: Array<{ name: string; value: string }>;
  retry?: RetryStrategy;
}

export interface ResourceResult {
  group: string;
  version: string;
  kind: string;
  namespace: string;
  name: string;
  /** Absent for a hook that was only started. */
  status?: 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';
  message: string;
  hookType?: HookType;
  /** Of a resource as well: `Running` until it is healthy. */
  hookPhase: OperationPhase | '';
  syncPhase: SyncPhase;
  images?: string[];
}

export type SyncPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';
export type HookType = SyncPhase | 'Skip';

export interface OperationState {
  operation: Operation;
  phase: OperationPhase;
  message?: string;
  startedAt: string;
  finishedAt?: string;
  retryCount?: number;
  syncResult?: {
    /** Empty with several sources. */
    revision: string;
    revisions?: string[];
    source?: ApplicationSource;
    sources?: ApplicationSource[];
    resources?: ResourceResult[];
  };
}

export interface RevisionHistory {
  id: number;
  revision?: string;
  revisions?: string[];
  deployStartedAt: string;
  deployedAt: string;
  /** Without a repository where there are several sources, as Go writes an empty struct. */
  source: ApplicationSource;
  sources?: ApplicationSource[];
  initiatedBy: OperationInitiator;
}

export interface ResourceStatus {
  group?: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  /** Absent for a hook. */
  status?: SyncStatusCode;
  health?: HealthStatus;
  requiresPruning?: boolean;
  /** The resource is a hook: not part of the comparison. */
  hook?: boolean;
  syncWave?: number;
  requiresDeletionConfirmation?: boolean;
}

export interface ApplicationCondition {
  type: string;
  message: string;
  lastTransitionTime?: string;
}

/** Differences that do not count, in the resources that the first four fields choose. */
export interface IgnoreDifference {
  group?: string;
  kind: string;
  name?: string;
  namespace?: string;
  jsonPointers?: string[];
  jqPathExpressions?: string[];
  managedFieldsManagers?: string[];
}

export interface ApplicationSpec {
  project: string;
  /** Absent with several sources. */
  source?: ApplicationSource;
  sources?: ApplicationSource[];
  destination: { server?: string; name?: string; namespace?: string };
  syncPolicy?: {
    automated?: {
      enabled?: boolean;
      prune?: boolean;
      selfHeal?: boolean;
      allowEmpty?: boolean;
    };
    syncOptions?: string[];
    retry?: RetryStrategy;
    [field: string]: unknown;
  };
  ignoreDifferences?: IgnoreDifference[];
  revisionHistoryLimit?: number;
  [field: string]: unknown;
}

/** The custom resource as Argo CD's API gives it. */
export interface Application {
  metadata: KubeMetadata & { name: string; namespace: string };
  spec: ApplicationSpec;
  status: {
    sync: {
      status: SyncStatusCode;
      revision?: string;
      revisions?: string[];
      comparedTo: {
        source: ApplicationSource;
        sources?: ApplicationSource[];
        destination: ApplicationSpec['destination'];
        ignoreDifferences?: IgnoreDifference[];
      };
    };
    health: HealthStatus;
    resources?: ResourceStatus[];
    history?: RevisionHistory[];
    conditions?: ApplicationCondition[];
    operationState?: OperationState;
    reconciledAt?: string;
    sourceType?: string;
    sourceTypes?: string[];
    summary: { images?: string[]; isAppOfApps?: boolean };
    controllerNamespace?: string;
  };
  operation?: Operation;
}

/** What a watch sends. */
export interface ApplicationEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  application: Application;
}

/** Whether an application syncs on its own. */
export function isAutomated(spec: ApplicationSpec): boolean {
  return (
    spec.syncPolicy?.automated !== undefined &&
    spec.syncPolicy.automated.enabled !== false
  );
}
