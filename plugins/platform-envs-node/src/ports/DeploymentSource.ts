import {
  ApplicationManager,
  ApplicationOrigin,
  DeploymentEvent,
  EnvironmentSummary,
  HealthStatus,
  SourceState,
  SyncStatus,
  SyncWindowState,
} from '@fairway/plugin-platform-envs-common';
import { Audience } from '../audience';

/** A Kubernetes object, as JSON. Secrets may be in it: whoever shows it masks them. @public */
export interface KubernetesDocument {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** One object of a deployment. @public */
export interface ManagedObject {
  live?: KubernetesDocument;
  desired?: KubernetesDocument;
}

/** A resource that belongs to a deployment. @public */
export interface DeploymentResource {
  kind: string;
  name: string;
  namespace?: string;
  sync?: SyncStatus;
  health?: HealthStatus;
  message?: string;
}

/** One past deployment. @public */
export interface DeploymentHistoryEntry {
  id?: number;
  /** Commit of the desired state; with several sources the one that carries the overlay. */
  revision?: string;
  /** Full reference of the image, where the source knows that instead of a commit. */
  image?: string;
  /** ISO 8601 UTC. */
  deployStartedAt?: string;
  /** ISO 8601 UTC. */
  deployedAt?: string;
  /** Who asked, in the words of the deployment system. */
  initiatedBy?: string;
}

/**
 * One thing that a deployment system keeps in line with Git: an Argo CD
 * application, or a service of Amazon ECS.
 *
 * Fields that the source has not told yet are absent. A document that could
 * not be understood has `problem` and nothing but its name to rely on.
 *
 * @public
 */
export interface Deployment {
  /** Key of the deployment source. */
  instance: string;
  name: string;
  /** Namespace of the application object itself; the cluster of an ECS service. */
  namespace: string;
  project?: string;
  labels: Record<string, string>;
  source?: {
    repoURL: string;
    path?: string;
    targetRevision?: string;
    /** 1-based, where the deployment has several sources and this is the one with the overlay. */
    position?: number;
  };
  /** Everything that it is rendered from, in order; absent where that is no question. */
  sources?: ApplicationOrigin[];
  /** What made it, as far as its own document tells. */
  managedBy?: ApplicationManager;
  /** Applications and sets of them that it holds (app of apps). */
  children?: Array<ApplicationManager & { namespace?: string }>;
  /** Absent when no window concerns it, or windows may not be seen. */
  syncWindow?: SyncWindowState;
  destination?: { cluster?: string; namespace?: string };
  /** Whether the deployment system syncs on its own. */
  automated: boolean;
  sync: SyncStatus;
  /** ISO 8601 UTC time at which the source saw `sync` change to what it is; absent when it was so at first sight. */
  syncSince?: string;
  health: HealthStatus;
  healthMessage?: string;
  /** ISO 8601 UTC time since when the present health holds. */
  healthSince?: string;
  /** Commit that was last compared or synced. */
  revision?: string;
  /** Images that run, as full references; empty when nothing runs. */
  images: string[];
  resources: DeploymentResource[];
  conditions: Array<{ type: string; message: string; at?: string }>;
  /** What happened lately, newest first, where the source tells. */
  events?: DeploymentEvent[];
  operation?: {
    phase: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    revision?: string;
  };
  /** Oldest first. Absent until the source has told. */
  history?: DeploymentHistoryEntry[];
  /** ISO 8601 UTC; set while it is being deleted. */
  deletedAt?: string;
  /** Page in the deployment system's own UI. */
  url?: string;
  /** Why the document could not be used. */
  problem?: string;
}

/** How far a source can be relied on. @public */
export interface SourceCondition {
  state: SourceState;
  /** ISO 8601 UTC time of the last word from upstream. */
  observedAt?: string;
  /** Why the state is not `live`, for a person. */
  message?: string;
}

/** A deployment in a list from the feed. @public */
export interface ListedDeployment extends Deployment {
  /** Of its source, while that gives no fresh answer: the rest is what it said last. */
  condition?: SourceCondition;
}

/** Everything a source knows at one moment. @public */
export interface DeploymentSnapshot extends SourceCondition {
  /** By environment ref, of a source that asks for each on its own. */
  environments?: Record<string, SourceCondition>;
  /** In no particular order. */
  deployments: Deployment[];
}

/** Author, time and message of a commit of the desired state. @public */
export interface RevisionMetadata {
  author?: string;
  /** ISO 8601. */
  date?: string;
  message?: string;
}

/**
 * What runs, according to a deployment system.
 *
 * A source feeds itself: `getSnapshot` never calls upstream and never throws.
 * An upstream that fails, is throttled or answers nonsense changes `state`
 * and `message`; the deployments of the last good answer stay.
 *
 * @public
 */
export interface DeploymentSource {
  /** Key under which the source was added; part of every {@link Deployment}. */
  readonly instance: string;
  /** For people, e.g. `Argo CD main`. */
  readonly title: string;
  /** Of the environments that it reports on. */
  readonly runtime: 'eks' | 'ecs';
  /**
   * Tells which environments there are, at first and after each change. Only
   * a source that must be told where to look has this.
   */
  follow?(environments: EnvironmentSummary[]): void;
  /**
   * Tells who looks, once, before it starts. Only a source that asks upstream
   * less often while nobody looks has this.
   */
  attend?(audience: Audience): void;
  /** Begins to feed. Returns at once; the first snapshot comes later. */
  start(): void;
  /** Ends all calls and timers. */
  stop(): Promise<void>;
  getSnapshot(): DeploymentSnapshot;
  /** Puts back what was known before a restart; it counts as stale until upstream answers. */
  restore(snapshot: DeploymentSnapshot): void;
  /** Calls back after each visible change. Returns the way to stop that. */
  onChange(listener: () => void): () => void;
  /**
   * Has upstream look at Git again, and returns what it then says. The
   * namespace tells applications of the same name apart.
   *
   * @throws NotFoundError - no such application, or it may not be seen.
   * @throws ServiceUnavailableError - upstream cannot be reached or throttles.
   */
  refresh(name: string, options?: { namespace?: string }): Promise<Deployment>;
  /**
   * Asks for a sync to a revision (a commit SHA; the tracked one when absent).
   * Returns when the request is accepted, not when it is done. Asking again
   * while a sync runs is a ConflictError.
   *
   * @throws NotFoundError | ConflictError | NotAllowedError | ServiceUnavailableError
   */
  sync(
    name: string,
    options?: { revision?: string; namespace?: string },
  ): Promise<Deployment>;
  /**
   * Author, time and message of a revision. Answers are kept, since a commit
   * does not change.
   *
   * @throws NotFoundError | ServiceUnavailableError
   */
  getRevisionMetadata(
    name: string,
    revision: string,
  ): Promise<RevisionMetadata>;
  /** The same, but only what is already known. */
  peekRevisionMetadata(
    name: string,
    revision: string,
  ): RevisionMetadata | undefined;
  /**
   * The objects that would be applied, in the order of upstream. Upstream
   * renders them anew, so this is for a person who asked and not for a page.
   *
   * @param options.revision - commit of the desired state; the tracked one when absent
   * @throws NotFoundError | NotAllowedError | ServiceUnavailableError
   */
  getRenderedObjects?(
    name: string,
    options: { namespace?: string; revision?: string },
  ): Promise<KubernetesDocument[]>;
  /**
   * Each object of a deployment as it runs and as it would be after a sync,
   * both without what means no difference. Neither is there for an object that
   * is missing, or that is not wanted any more.
   *
   * @throws NotFoundError | NotAllowedError | ServiceUnavailableError
   */
  getManagedObjects?(
    name: string,
    options: { namespace?: string },
  ): Promise<ManagedObject[]>;
}
