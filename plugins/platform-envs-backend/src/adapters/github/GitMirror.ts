import {
  BranchMovedError,
  CommitDifference,
  GitChange,
  GitCommit,
  GitFile,
  GitFileSelection,
} from '@fairway/plugin-platform-envs-node';
import { NotFoundError } from '@backstage/errors';
import { BareRepository } from './BareRepository';
import { GitCommandError, GitOutput, GitRun } from './runGit';

/** How a mirror reaches its remote. */
export interface GitRemote {
  url: string;
  /** Environment that carries the credentials, made anew for each call. */
  env(): Promise<Record<string, string>>;
}

/** Where the remote's default branch is kept; it is nobody's branch here. */
const DEFAULT_BRANCH = 'refs/fairway/default';

/**
 * A bare repository on this machine that follows one at a host. Knows git and
 * nothing of any vendor.
 *
 * What talks to the remote goes one after the other; reading does not wait.
 */
export class GitMirror {
  readonly #local: BareRepository;
  /** As of the last update: releases are looked for by the hundred. */
  #tags?: Promise<Map<string, string>>;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: {
      repository: string;
      directory: string;
      remote: GitRemote;
      timeoutMs: number;
      /** For the first fetch, which brings all of history. */
      cloneTimeoutMs: number;
    },
  ) {
    this.#local = new BareRepository(options);
  }

  /** Where the branch points at the remote now; its objects are here afterwards. */
  head(branch: string): Promise<string> {
    return this.#exclusively(() => this.#follow(branch));
  }

  /** Lets a branch point at a commit of the remote, which is not asked where it has it. */
  follow(branch: string, commit: string): Promise<void> {
    return this.#exclusively(async () => {
      await this.#fetch(`+${commit}:refs/heads/${branch}`);
      this.#local.remember(commit);
    });
  }

  /** Brings the default branch and all tags up to date. */
  update(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#fetch(`+HEAD:${DEFAULT_BRANCH}`, '+refs/tags/*:refs/tags/*');
      this.#tags = undefined;
    });
  }

  /** The commit that a SHA, or a branch as it was last seen, stands for. */
  async resolve(ref: string): Promise<string> {
    const isSha = /^[0-9a-f]{40}$/.test(ref);
    if (!isSha) {
      return (
        (await this.#local.commitOf(`refs/heads/${ref}`)) ?? this.head(ref)
      );
    }
    if (await this.#local.has(ref)) return ref;
    await this.#exclusively(() => this.#fetch(ref)).catch(() => {});
    if (await this.#local.has(ref)) return ref;
    throw new NotFoundError(
      `${this.options.repository} has no commit ${ref.slice(0, 12)}`,
    );
  }

  /** The commit of the first of these tags that is known here. */
  async findTag(names: string[]): Promise<string | undefined> {
    this.#tags ??= this.#local.tags();
    try {
      const tags = await this.#tags;
      return names.map(name => tags.get(name)).find(Boolean);
    } catch (error) {
      this.#tags = undefined;
      throw error;
    }
  }

  async readFiles(
    ref: string,
    selection: GitFileSelection,
  ): Promise<Map<string, GitFile>> {
    return this.#local.readFiles(await this.resolve(ref), selection);
  }

  async history(
    ref: string,
    file: string | undefined,
    limit: number,
  ): Promise<GitCommit[]> {
    const commit = await this.resolve(ref);
    return this.#local.log([
      `--max-count=${limit}`,
      commit,
      '--',
      ...(file ? [file] : []),
    ]);
  }

  async lastChanges(
    ref: string,
    files: Array<Pick<GitFile, 'path' | 'blobSha'>>,
  ): Promise<Map<string, GitCommit>> {
    return this.#local.lastChanges(await this.resolve(ref), files);
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    await this.resolve(descendant);
    if (!(await this.#local.has(ancestor))) return false;
    return this.#local.isAncestor(ancestor, descendant);
  }

  async compare(
    base: string,
    head: string,
    options: { folder?: string; without?: string[]; limit: number },
  ): Promise<CommitDifference> {
    return this.#local.compare(
      await this.resolve(base),
      await this.resolve(head),
      options,
    );
  }

  async findByTrailer(
    branch: string,
    trailer: { key: string; value: string },
    since?: string,
  ): Promise<GitCommit | undefined> {
    const head = await this.head(branch);
    const line = `${trailer.key}: ${trailer.value}`;
    const stop = since && (await this.#local.has(since)) ? [`^${since}`] : [];
    const candidates = await this.#local.log([
      '--fixed-strings',
      `--grep=${line}`,
      head,
      ...stop,
      '--',
    ]);
    return candidates.find(c => c.body.split('\n').includes(line));
  }

  /** @throws BranchMovedError | GitCommandError (push refused) */
  commit(change: GitChange): Promise<{ sha: string }> {
    return this.#exclusively(async () => {
      const head = await this.#follow(change.branch);
      if (head !== change.base) {
        throw new BranchMovedError(
          `${change.repository} ${change.branch} is at ${head}, not at ${change.base}`,
        );
      }
      const sha = await this.#local.writeCommit(change);
      await this.#remoteCall({
        args: [
          'push',
          '--porcelain',
          `--force-with-lease=refs/heads/${change.branch}:${change.base}`,
          this.options.remote.url,
          `${sha}:refs/heads/${change.branch}`,
        ],
      });
      await this.#local.setBranch(change.branch, sha);
      return { sha };
    });
  }

  /** Brings the branch as it is at the remote now: one conversation, also when it did not move. */
  async #follow(branch: string): Promise<string> {
    const ref = `refs/heads/${branch}`;
    try {
      await this.#fetch(`+${ref}:${ref}`);
    } catch (error) {
      if (!isMissingRef(error)) throw error;
      throw new NotFoundError(
        `${this.options.repository} has no branch "${branch}"`,
      );
    }
    const sha = await this.#local.commitOf(ref);
    if (!sha) {
      throw new NotFoundError(
        `${this.options.repository} has no commit on "${branch}"`,
      );
    }
    return sha;
  }

  async #fetch(...refspecs: string[]) {
    await this.#local.prepare();
    const isFirst = await this.#local.isEmpty();
    await this.#remoteCall({
      args: [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        this.options.remote.url,
        ...refspecs,
      ],
      ...(isFirst && { timeoutMs: this.options.cloneTimeoutMs }),
    });
  }

  async #remoteCall(
    run: Omit<GitRun, 'gitDir' | 'timeoutMs' | 'env'> & { timeoutMs?: number },
  ): Promise<GitOutput> {
    return this.#local.run({ ...run, env: await this.options.remote.env() });
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(task).catch(async error => {
      // one that was left half written by a crash is made anew next time
      if (isBrokenMirror(error)) {
        this.#tags = undefined;
        await this.#local.discard();
      }
      throw error;
    });
    this.#queue = run.catch(() => {});
    return run;
  }
}

function isMissingRef(error: unknown): boolean {
  return (
    error instanceof GitCommandError &&
    /couldn't find remote ref/.test(error.stderr)
  );
}

function isBrokenMirror(error: unknown): boolean {
  return (
    error instanceof GitCommandError &&
    /\.lock': File exists|not a git repository|object file .* is empty|loose object .* is corrupt|bad object|packfile .* (is|cannot)/.test(
      error.stderr,
    )
  );
}
