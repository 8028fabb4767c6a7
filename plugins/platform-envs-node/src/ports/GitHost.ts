import { ConflictError, NotAllowedError } from '@backstage/errors';

/**
 * Files over this size (bytes) are listed without their content: no overlay is
 * that large, and a parser fed with one would stall the process.
 *
 * @public
 */
export const MAX_GIT_FILE_BYTES = 1024 * 1024;

/** A file at a commit. @public */
export interface GitFile {
  /** Path within the repository, with forward slashes and none in front. */
  path: string;
  /** Git object id of the content, 40 hex digits. */
  blobSha: string;
  sizeBytes: number;
  /** UTF-8 text. Absent when the file is over {@link MAX_GIT_FILE_BYTES}. */
  content?: string;
}

/** A commit as people read it. @public */
export interface GitCommit {
  sha: string;
  author: { name: string; email: string };
  /** ISO 8601 UTC, committer date. */
  committedAt: string;
  /** First line. */
  subject: string;
  /** Everything after the first line, trailers included. */
  body: string;
}

/** How two commits of one repository differ; merges do not count. @public */
export interface CommitDifference {
  /** Commits that only `base` has, newest first, at most as many as asked for. */
  onlyBase: GitCommit[];
  /** Commits that only `head` has, newest first, at most as many as asked for. */
  onlyHead: GitCommit[];
  /** How many there are, listed or not. */
  totals: { onlyBase: number; onlyHead: number };
}

/** Which files to read: exact paths, or everything below a folder. @public */
export type GitFileSelection = { paths: string[] } | { folder: string };

/** One commit to be made on top of a known one. @public */
export interface GitChange {
  /** `owner/name`. */
  repository: string;
  branch: string;
  /** The commit that the branch must still point at. */
  base: string;
  /** Whole new contents. Every path must exist at `base`. */
  files: Array<{ path: string; content: string }>;
  /** First line of the message. */
  subject: string;
  /** Paragraphs below it, without trailers. */
  body?: string;
  /** Written as `Key: value` lines at the end, in this order. */
  trailers: Array<{ key: string; value: string }>;
  author: { name: string; email: string };
}

/** What a person can look at on the Git host. @public */
export type GitWebTarget =
  | { commit: string }
  | { branch: string; path: string }
  | { base: string; head: string };

/** The branch does not point at the expected commit any more; nothing was written. @public */
export class BranchMovedError extends ConflictError {}

/** The Git host does not let this identity write to the branch; nothing was written. @public */
export class BranchProtectedError extends NotAllowedError {}

/**
 * The host of the repositories that hold the desired state.
 *
 * Every method may take seconds, for it may talk to the host. All of them:
 * - @throws NotFoundError - no such repository, branch or commit.
 * - @throws ServiceUnavailableError - the host cannot be reached, is too slow or
 *   refuses our credentials. Trying again may help.
 *
 * @public
 */
export interface GitHost {
  /** Where a branch points now (asked anew each time): 40 hex digits. */
  head(repository: string, branch: string): Promise<string>;

  /**
   * Takes a commit that a push told of for where a branch points: what
   * {@link GitHost.head} does, without asking where that is. With a host that
   * cannot, the branch is asked for.
   *
   * @param commit - 40 hex digits; its objects are here afterwards
   */
  follow?(repository: string, branch: string, commit: string): Promise<void>;

  /**
   * Files at a commit or branch, by path. A path or folder that does not exist
   * is absent from the map; that is not an error. For a branch the answer is
   * that of the last {@link GitHost.head} or later.
   */
  readFiles(
    repository: string,
    ref: string,
    selection: GitFileSelection,
  ): Promise<Map<string, GitFile>>;

  /**
   * The newest commit on a branch, or before a commit, that made each file what it is, by path; one
   * that no commit made so is absent. Asked for many files at once, since each
   * question walks through history.
   */
  lastChanges(
    repository: string,
    ref: string,
    files: Array<Pick<GitFile, 'path' | 'blobSha'>>,
  ): Promise<Map<string, GitCommit>>;

  /** Commits on a branch that touched a path, newest first. */
  history(
    repository: string,
    branch: string,
    path: string,
    limit: number,
  ): Promise<GitCommit[]>;

  /**
   * Whether a commit is the other one or one of its ancestors. A commit that
   * the repository does not have is the ancestor of none.
   */
  isAncestor(
    repository: string,
    ancestor: string,
    descendant: string,
  ): Promise<boolean>;

  /**
   * Brings the default branch and the tags of a repository up to date, so that
   * {@link GitHost.findTag} and {@link GitHost.compareCommits} know them. A host
   * that has none of the three cannot tell how far two releases are apart.
   */
  update?(repository: string): Promise<void>;

  /**
   * The commit of the first of these tags that the repository has, as of the
   * last {@link GitHost.update}; undefined when it has none of them.
   */
  findTag?(repository: string, names: string[]): Promise<string | undefined>;

  /**
   * How two commits (40 hex digits) of a repository differ.
   *
   * @param options.folder - count only commits that touch something below it
   * @param options.without - do not count commits that only touch these folders
   * @param options.limit - at most so many of either side are listed
   */
  compareCommits?(
    repository: string,
    base: string,
    head: string,
    options: { folder?: string; without?: string[]; limit: number },
  ): Promise<CommitDifference>;

  /**
   * Makes one commit and moves the branch to it, or does neither.
   *
   * @returns the new commit's SHA.
   * @throws BranchMovedError - the branch is not at `base`.
   * @throws BranchProtectedError - the host's rules refuse the push.
   */
  commitChange(change: GitChange): Promise<{ sha: string }>;

  /**
   * The newest commit on a branch that carries a trailer with exactly this
   * value, looked for anew at the host.
   *
   * @param since - commit to stop at (not included); all history without it.
   */
  findCommitByTrailer(
    repository: string,
    branch: string,
    trailer: { key: string; value: string },
    since?: string,
  ): Promise<GitCommit | undefined>;

  /** Where a person sees a commit, a file or the difference of two commits in a browser. */
  webUrl(repository: string, target: GitWebTarget): string;
}
