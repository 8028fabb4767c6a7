import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The only token the sandbox accepts, and who it belongs to. */
export const GITHUB_TOKEN = 'sandbox-github-token';
/** Login of the token's owner. */
export const GITHUB_LOGIN = 'fairway-portal';

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
  /** Branch names; forks are not played. */
  head: string;
  base: string;
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
    state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
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
  environments: Record<string, { id: number; createdAt: string }>;
  statuses: Record<string, CommitStatus[]>;
  checkRuns: CheckRun[];
  runs: WorkflowRun[];
  pulls: PullRequest[];
  hooks: Webhook[];
}

/** A person or an organisation. */
export interface GithubAccount {
  id: number;
  login: string;
  type: 'User' | 'Organization';
  name?: string;
  email?: string;
}

interface Data {
  nextId: number;
  accounts: Record<string, GithubAccount>;
  repositories: Record<string, GithubRepository>;
  /** Teams by `org/slug`. */
  teams: Record<string, { id: number; name: string }>;
}

const empty = (): Data => ({
  nextId: 1001,
  accounts: {},
  repositories: {},
  teams: {},
});

/**
 * GitHub's own knowledge, kept in `<dataDir>/github.json`. Logins and
 * repository names are found whatever their case, as on GitHub.
 */
export class GithubState {
  private data: Data;
  private pending: NodeJS.Immediate | undefined;

  static open(dataDir: string): GithubState {
    return new GithubState(join(dataDir, 'github.json'));
  }

  private constructor(private readonly file: string) {
    this.data = existsSync(file)
      ? { ...empty(), ...JSON.parse(readFileSync(file, 'utf8')) }
      : empty();
  }

  nextId(): number {
    const id = this.data.nextId;
    this.data.nextId += 1;
    return id;
  }

  repositories(): GithubRepository[] {
    return Object.values(this.data.repositories);
  }

  repository(fullName: string): GithubRepository | undefined {
    return this.data.repositories[fullName.toLowerCase()];
  }

  addRepository(
    repository: Pick<GithubRepository, 'fullName' | 'createdAt'> &
      Partial<GithubRepository>,
  ): GithubRepository {
    const added: GithubRepository = {
      id: this.nextId(),
      private: true,
      topics: [],
      defaultBranch: 'main',
      updatedAt: repository.createdAt,
      archived: false,
      settings: {},
      protection: {},
      collaborators: {},
      teams: {},
      variables: {},
      secrets: {},
      environments: {},
      statuses: {},
      checkRuns: [],
      runs: [],
      pulls: [],
      hooks: [],
      ...repository,
    };
    this.data.repositories[added.fullName.toLowerCase()] = added;
    this.save();
    return added;
  }

  removeRepository(fullName: string): void {
    delete this.data.repositories[fullName.toLowerCase()];
    this.save();
  }

  account(login: string): GithubAccount | undefined {
    return this.data.accounts[login.toLowerCase()];
  }

  accountByEmail(email: string): GithubAccount | undefined {
    return Object.values(this.data.accounts).find(
      account => account.email === email,
    );
  }

  addAccount(account: Omit<GithubAccount, 'id'>): GithubAccount {
    const added = { ...account, id: this.nextId() };
    this.data.accounts[account.login.toLowerCase()] = added;
    this.save();
    return added;
  }

  team(org: string, slug: string): { id: number; name: string } | undefined {
    return this.data.teams[`${org}/${slug}`.toLowerCase()];
  }

  addTeam(org: string, slug: string, name: string): void {
    this.data.teams[`${org}/${slug}`.toLowerCase()] = {
      id: this.nextId(),
      name,
    };
    this.save();
  }

  /** Call after changing anything that was handed out. */
  save(): void {
    this.pending ??= setImmediate(() => this.flush());
  }

  /** Writes to disk now what {@link save} has announced. */
  flush(): void {
    if (!this.pending) {
      return;
    }
    clearImmediate(this.pending);
    this.pending = undefined;
    mkdirSync(dirname(this.file), { recursive: true });
    const unfinished = `${this.file}.new`;
    writeFileSync(unfinished, JSON.stringify(this.data));
    renameSync(unfinished, this.file);
  }

  /** Forgets everything. */
  clear(): void {
    this.data = empty();
    this.save();
  }
}
