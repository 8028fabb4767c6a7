/**
 * One of the places that an Argo CD application is rendered from: a folder of
 * a repository, a Helm chart, or only a `ref` that others take values from.
 *
 * @public
 */
export interface ApplicationOrigin {
  repoURL: string;
  path?: string;
  chart?: string;
  /** Name under which other sources use its files. */
  ref?: string;
  /** Branch, tag, commit or range of chart versions that is followed. */
  targetRevision?: string;
  /** What that was at the last comparison: a commit, or a chart version. */
  revision?: string;
}

/**
 * What made an application and keeps it: an ApplicationSet, or another
 * application that holds it in its folder (app of apps).
 *
 * @public
 */
export interface ApplicationManager {
  kind: 'ApplicationSet' | 'Application';
  name: string;
}

/**
 * How the sync windows of its project stand for an application. An
 * application that no window concerns has none of this.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/
 * @public
 */
export interface SyncWindowState {
  /** Kind of the window that decides: an active `deny`, else the `allow` ones. */
  kind: 'allow' | 'deny';
  /** Whether Argo CD may sync on its own now. */
  isOpen: boolean;
  /** ISO 8601 UTC; absent while open, and when no end is in sight. */
  closedUntil?: string;
  /** ISO 8601 UTC; absent while closed, and when no end is in sight. */
  openUntil?: string;
  /** Whether people may sync by hand now. */
  manualSync: boolean;
  /** IANA zone of the window, such as `Australia/Sydney`; absent: UTC. */
  timeZone?: string;
  /** Why the window is there, in the words of whoever made it. */
  description?: string;
}

/** A condition that Argo CD reports on an application, such as `ComparisonError`. @public */
export interface ApplicationCondition {
  type: string;
  message: string;
  /** ISO 8601 UTC time since when it holds. */
  at?: string;
}

/**
 * Something that happened to a deployment, or to an object of it, in the words
 * of Kubernetes or Amazon ECS.
 *
 * @public
 */
export interface DeploymentEvent {
  /** ISO 8601 UTC time at which it happened last. */
  at: string;
  /** Somebody should know. */
  isWarning?: boolean;
  /** One word, such as `BackOff`; Amazon ECS has none. */
  reason?: string;
  message: string;
  /** How often it happened; absent for once. */
  count?: number;
  /** What it happened to, where that is not the deployment itself. */
  object?: { kind: string; name: string };
}

/** What the details of a cell say of its application, as far as its source has told. @public */
export interface ApplicationDetail {
  /** What happened lately, newest first. */
  events?: DeploymentEvent[];
  /** In the order of the application; a revision that is not known is absent. */
  sources?: ApplicationOrigin[];
  managedBy?: ApplicationManager;
  syncWindow?: SyncWindowState;
  conditions?: ApplicationCondition[];
}
