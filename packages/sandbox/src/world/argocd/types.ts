import { KubeMetadata } from '../clusterTypes';

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

export interface ApplicationSource {
  repoURL: string;
  path?: string;
  targetRevision?: string;
  directory?: { recurse?: boolean };
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

export interface AppProject {
  metadata: KubeMetadata;
  spec: {
    description?: string;
    sourceRepos?: string[];
    destinations?: Array<Record<string, string>>;
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
  syncStrategy?: unknown;
  syncOptions?: string[];
  source?: ApplicationSource;
}

export interface Operation {
  sync?: SyncOperation;
  initiatedBy?: OperationInitiator;
  info?: Array<{ name: string; value: string }>;
  retry?: Record<string, unknown>;
}

export interface ResourceResult {
  group: string;
  version: string;
  kind: string;
  namespace: string;
  name: string;
  status: 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';
  message: string;
  hookPhase: string;
  syncPhase: string;
  images?: string[];
}

export interface OperationState {
  operation: Operation;
  phase: OperationPhase;
  message?: string;
  startedAt: string;
  finishedAt?: string;
  retryCount?: number;
  syncResult?: {
    revision: string;
    source?: ApplicationSource;
    resources?: ResourceResult[];
  };
}

export interface RevisionHistory {
  id: number;
  revision: string;
  deployStartedAt: string;
  deployedAt: string;
  source: ApplicationSource;
  initiatedBy: OperationInitiator;
}

export interface ResourceStatus {
  group?: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  status: SyncStatusCode;
  health?: HealthStatus;
  requiresPruning?: boolean;
}

export interface ApplicationCondition {
  type: string;
  message: string;
  lastTransitionTime?: string;
}

export interface ApplicationSpec {
  project: string;
  source: ApplicationSource;
  destination: { server?: string; name?: string; namespace?: string };
  syncPolicy?: {
    automated?: {
      enabled?: boolean;
      prune?: boolean;
      selfHeal?: boolean;
      allowEmpty?: boolean;
    };
    syncOptions?: string[];
    [field: string]: unknown;
  };
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
      comparedTo: {
        source: ApplicationSource;
        destination: ApplicationSpec['destination'];
      };
    };
    health: HealthStatus;
    resources?: ResourceStatus[];
    history?: RevisionHistory[];
    conditions?: ApplicationCondition[];
    operationState?: OperationState;
    reconciledAt?: string;
    sourceType?: string;
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
