/** Rules of a protected branch, as `PUT .../protection` takes them. */
export interface BranchProtection {
  requiredStatusChecks?: { strict: boolean; contexts: string[] };
  enforceAdmins: boolean;
  requiredReviews?: {
    requiredApprovingReviewCount: number;
    requireCodeOwnerReviews: boolean;
    dismissStaleReviews: boolean;
    requireLastPushApproval: boolean;
    /** Logins that may push past the reviews. */
    bypassUsers: string[];
    /** Slugs of teams whose members may do so, too. */
    bypassTeams?: string[];
  };
  /** Absent: anyone with write access may push. */
  restrictions?: { users: string[]; teams: string[]; apps: string[] };
  requiredLinearHistory: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
  requiredConversationResolution: boolean;
  blockCreations: boolean;
  requiredSignatures: boolean;
}

export interface CommitStatus {
  id: number;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description?: string;
  targetUrl?: string;
  createdAt: string;
}

export interface CheckRun {
  id: number;
  name: string;
  headSha: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion?: string;
  startedAt: string;
  completedAt?: string;
  title?: string;
  summary?: string;
  detailsUrl?: string;
  externalId?: string;
}

export interface WorkflowRun {
  id: number;
  runNumber: number;
  name: string;
  path: string;
  event: string;
  headBranch: string;
  headSha: string;
  title: string;
  actor: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion?: 'success' | 'failure' | 'cancelled';
  createdAt: string;
  updatedAt: string;
  /** What the run printed, one line each. */
  log: string[];
}

export interface PullRequest {
  id: number;
  number: number;
  title: string;
  body?: string;
  /** Branch names. */
  head: string;
  base: string;
  /** Repository that the head branch is in; absent: this one. */
  headRepositoryId?: number;
  draft: boolean;
  state: 'open' | 'closed';
  user: string;
  createdAt: string;
  updatedAt: string;
  closedAt?: string;
  mergedAt?: string;
  mergedBy?: string;
  mergeCommitSha?: string;
  /** Where head and base stood when it closed. */
  headSha?: string;
  baseSha?: string;
  labels: string[];
  assignees: string[];
  requestedReviewers: string[];
  requestedTeams: string[];
  reviews: Array<{
    id: number;
    user: string;
    state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
    body: string;
    commitId: string;
    submittedAt: string;
  }>;
  comments: Array<{
    id: number;
    user: string;
    body: string;
    createdAt: string;
  }>;
  /** Conversations about lines of the diff. */
  threads: ReviewThread[];
}

/** A review of a pull request. */
export type PullReview = PullRequest['reviews'][number];

/** A conversation about one line; the first comment opened it. */
export interface ReviewThread {
  id: number;
  path: string;
  line?: number;
  /** Commit that was commented on. */
  commitId: string;
  resolved: boolean;
  resolvedBy?: string;
  comments: Array<{
    id: number;
    user: string;
    body: string;
    createdAt: string;
  }>;
}

/** A deployment as somebody announced it; GitHub deploys nothing itself. */
export interface Deployment {
  id: number;
  ref: string;
  sha: string;
  task: string;
  environment: string;
  description?: string;
  payload: unknown;
  creator: string;
  createdAt: string;
  updatedAt: string;
  transient: boolean;
  production: boolean;
  /** Newest first. */
  statuses: Array<{
    id: number;
    state: string;
    description: string;
    environmentUrl: string;
    logUrl: string;
    creator: string;
    createdAt: string;
  }>;
}

/** One attempt to send an event to a webhook. */
export interface HookDelivery {
  id: number;
  guid: string;
  deliveredAt: string;
  redelivery: boolean;
  /** Seconds. */
  duration: number;
  /** As in the API: `OK`, the reason phrase, or what went wrong. */
  status: string;
  /** 0 when nobody answered. */
  statusCode: number;
  event: string;
  action?: string;
  request: { headers: Record<string, string>; payload: object };
  response: { headers: Record<string, string>; payload: string };
}

export interface Webhook {
  id: number;
  name: string;
  active: boolean;
  events: string[];
  config: {
    url: string;
    content_type?: string;
    secret?: string;
    insecure_ssl?: string;
  };
  createdAt: string;
  /** The last ones, newest first. */
  deliveries: HookDelivery[];
  /** How the last delivery ended. */
  lastResponse?: {
    code: number | null;
    status: string;
    message: string | null;
  };
}

/** What GitHub keeps about a repository beside its git history. */
export interface GithubRepository {
  id: number;
  /** `owner/name`, as it was spelled at creation. */
  fullName: string;
  private: boolean;
  description?: string;
  homepage?: string;
  topics: string[];
  defaultBranch: string;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  /** Switches of the settings page, by API name: `has_issues`, `allow_squash_merge`... */
  settings: Record<string, unknown>;
  /** By branch name. */
  protection: Record<string, BranchProtection>;
  /** Permission by login. */
  collaborators: Record<string, string>;
  /** Permission by team slug. */
  teams: Record<string, string>;
  variables: Record<string, { value: string; createdAt: string }>;
  /** Names only: values are sealed for GitHub and never read back. */
  secrets: Record<string, { createdAt: string }>;
  /** What tokens of workflows say they are for; absent: as GitHub words it. */
  oidcSubject?: { useDefault: boolean; claimKeys: string[] };
  /** Who else may use its workflows; absent: nobody. */
  workflowAccess?: 'none' | 'user' | 'organization';
  environments: Record<string, { id: number; createdAt: string }>;
  statuses: Record<string, CommitStatus[]>;
  checkRuns: CheckRun[];
  runs: WorkflowRun[];
  pulls: PullRequest[];
  hooks: Webhook[];
  deployments: Deployment[];
  /** Repository that this one was forked from. */
  parentId?: number;
}

/** A person or an organisation. */
export interface GithubAccount {
  id: number;
  login: string;
  type: 'User' | 'Organization';
  name?: string;
  email?: string;
  /** Of an organisation: role by login. */
  members?: Record<string, 'admin' | 'member'>;
}

/** A team of an organisation. */
export interface GithubTeam {
  id: number;
  org: string;
  slug: string;
  name: string;
  description?: string;
  /** Slug of the team that this one is part of. */
  parent?: string;
  /** Logins. */
  members: string[];
}
