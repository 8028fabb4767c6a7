import { EventEmitter } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GitBlobs } from './gitBlobs';
import { installUpdateHook, PushRules, writePushRules } from './gitHooks';
import {
  GitRunner,
  NewCommit,
  NO_OBJECT,
  removeLocks,
  TreeChange,
  writeBlob,
  writeCommit,
  writeTree,
} from './gitPlumbing';
import { checkoutTree, LogOptions, readLog, readRefs } from './gitReading';
import { RefBook, RefMovedError } from './RefBook';
import { runGit } from './runGit';
import { Clock, GitCommitInfo, GitFileChange, GitRef, GitStore } from './types';

const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_.-]+$/;

/** Written at once: four calls of git would take longer than all else. */
const CONFIG = `[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	# Heads of pull requests can be fetched, not pushed.
	hideRefs = refs/pull
`;

/**
 * Bare repositories below `<dataDir>/git/<owner>/<name>.git`.
 *
 * Refs are remembered, so asking for a branch costs no process; {@link sync}
 * compares them with git after anything that may have moved them.
 */
export class BareGitStore implements GitStore {
  /** `push`, once for each ref that moved. */
  readonly events = new EventEmitter();
  private readonly book = new RefBook(
    name => this.runner(name),
    push => this.events.emit('push', push),
  );
  private readonly blobs = new GitBlobs(repository => this.runner(repository));
  /** Commits that were found, by repository: they do not go away. */
  private readonly commits = new Map<string, Set<string>>();

  /** Opens what is on disk. */
  static async open(dataDir: string, clock: Clock): Promise<BareGitStore> {
    const store = new BareGitStore(join(dataDir, 'git'), clock);
    mkdirSync(store.root, { recursive: true });
    for (const owner of readdirSync(store.root)) {
      for (const folder of readdirSync(join(store.root, owner))) {
        if (folder.endsWith('.git')) {
          const name = `${owner}/${folder.slice(0, -'.git'.length)}`;
          removeLocks(join(store.root, owner, folder));
          store.book.add(
            name,
            await readRefs(args => runGit(args, { cwd: store.path(name) })),
          );
          installUpdateHook(store.path(name));
        } else if (folder.endsWith('.git.new')) {
          rmSync(join(store.root, owner, folder), { recursive: true });
        }
      }
    }
    return store;
  }

  private constructor(readonly root: string, private readonly clock: Clock) {
    this.events.setMaxListeners(0);
  }

  list(): string[] {
    return this.book.repositories();
  }

  has(repository: string): boolean {
    return this.book.has(repository);
  }

  path(repository: string): string {
    if (!REPOSITORY_NAME.test(repository) || /\.git$|\/\.+$/.test(repository)) {
      throw new Error(
        `"${repository}" is not a repository name of the form owner/name`,
      );
    }
    return join(this.root, `${repository}.git`);
  }

  async create(repository: string): Promise<void> {
    const path = this.path(repository);
    if (this.has(repository) || existsSync(path)) {
      throw new Error(`repository ${repository} exists already`);
    }
    const unfinished = `${path}.new`;
    mkdirSync(unfinished, { recursive: true });
    await runGit(
      ['init', '--quiet', '--bare', '--template=', '-b', 'main', unfinished],
      {},
    );
    appendFileSync(join(unfinished, 'config'), CONFIG);
    installUpdateHook(unfinished);
    await rename(unfinished, path);
    this.book.add(repository, new Map());
  }

  /** Deletes a repository and its history. */
  async remove(repository: string): Promise<void> {
    await rm(this.path(repository), { recursive: true, force: true });
    this.book.remove(repository);
    this.blobs.forget(repository);
    this.commits.delete(repository);
  }

  /** Gives a repository another name; nothing is pushed by that. */
  async rename(repository: string, name: string): Promise<void> {
    const target = this.path(name);
    mkdirSync(dirname(target), { recursive: true });
    await rename(this.path(repository), target);
    this.book.rename(repository, name);
  }

  run(
    repository: string,
    args: string[],
    options: { input?: string | Buffer; env?: Record<string, string> } = {},
  ): Promise<Buffer> {
    if (!this.has(repository)) {
      return Promise.reject(new Error(`there is no repository ${repository}`));
    }
    return runGit(args, { ...options, cwd: this.path(repository) });
  }

  refs(repository: string): GitRef[] {
    return [...(this.book.refs(repository)?.values() ?? [])];
  }

  async resolve(repository: string, ref: string): Promise<string | undefined> {
    const refs = this.book.refs(repository);
    if (!refs) {
      return undefined;
    }
    const found =
      refs.get(ref) ??
      refs.get(`refs/heads/${ref}`) ??
      refs.get(`refs/tags/${ref}`) ??
      refs.get(`refs/${ref}`) ??
      (ref === 'HEAD' ? refs.get('refs/heads/main') : undefined);
    if (found) {
      return found.commit;
    }
    if (!/^[0-9a-f]{7,40}$/.test(ref)) {
      return undefined;
    }
    const commits = this.commits.get(repository) ?? new Set();
    if (commits.has(ref) || refs.get('refs/heads/main')?.commit === ref) {
      return ref;
    }
    try {
      const sha = await this.run(repository, [
        'rev-parse',
        '--verify',
        '--quiet',
        `${ref}^{commit}`,
      ]);
      const commit = sha.toString().trim();
      this.commits.set(repository, commits.add(commit));
      return commit;
    } catch {
      return undefined;
    }
  }

  async readFile(
    repository: string,
    ref: string,
    path: string,
  ): Promise<string | undefined> {
    const sha = await this.resolve(repository, ref);
    if (!sha) {
      return undefined;
    }
    return this.blobs.read(repository, sha, path);
  }

  async listFiles(
    repository: string,
    ref: string,
    folder = '',
  ): Promise<string[]> {
    const sha = await this.resolve(repository, ref);
    if (!sha) {
      return [];
    }
    const prefix = folder.replace(/^\/+|\/+$/g, '');
    const out = await this.run(repository, [
      'ls-tree',
      '-r',
      '-z',
      '--name-only',
      sha,
      ...(prefix ? ['--', `${prefix}/`] : []),
    ]);
    return out.toString('utf8').split('\0').filter(Boolean);
  }

  commit(
    repository: string,
    change: {
      branch: string;
      message: string;
      author: { name: string; email: string };
      committer?: { name: string; email: string };
      files: GitFileChange[];
      at?: Date;
      /** Refuse unless the branch stands here. */
      expectedHead?: string;
    },
  ): Promise<string> {
    return this.book.exclusive(repository, async () => {
      const ref = `refs/heads/${change.branch}`;
      await this.book.refresh(repository);
      const parent = this.book.refs(repository)?.get(ref)?.commit;
      if (
        change.expectedHead !== undefined &&
        change.expectedHead !== (parent ?? NO_OBJECT)
      ) {
        throw new RefMovedError(
          `${change.branch} of ${repository} is at ${parent}, not at ${change.expectedHead}`,
        );
      }
      const tree = await this.writeTree(repository, parent, change.files);
      const at = change.at ?? this.clock.now();
      const sha = await this.writeCommit(repository, {
        tree,
        parents: parent ? [parent] : [],
        message: change.message,
        author: { ...change.author, date: at },
        committer: { ...(change.committer ?? change.author), date: at },
      });
      await this.book.move(repository, ref, sha, parent);
      return sha;
    });
  }

  /** Writes a tree: the tree of `base` (a commit or tree) with the files changed. */
  writeTree(
    repository: string,
    base: string | undefined,
    files: TreeChange[],
  ): Promise<string> {
    return writeTree(this.runner(repository), base, files);
  }

  /** Stores content; returns the blob's SHA. */
  writeBlob(repository: string, content: string | Buffer): Promise<string> {
    return writeBlob(this.runner(repository), content);
  }

  /** Stores a commit that no ref points to yet; returns its SHA. */
  writeCommit(repository: string, commit: NewCommit): Promise<string> {
    return writeCommit(this.runner(repository), commit);
  }

  /**
   * Moves, creates (`before` undefined) or deletes (`after` undefined) a ref.
   *
   * @throws RefMovedError - the ref is not at `before`.
   */
  updateRef(
    repository: string,
    ref: string,
    after: string | undefined,
    before: string | undefined,
  ): Promise<void> {
    return this.book.exclusive(repository, () =>
      this.book.move(repository, ref, after, before),
    );
  }

  async log(
    repository: string,
    ref: string,
    options: LogOptions = {},
  ): Promise<GitCommitInfo[]> {
    const sha = await this.resolve(repository, ref);
    if (!sha) {
      return [];
    }
    return readLog(this.runner(repository), sha, options);
  }

  checkout(
    repository: string,
    sha: string,
    targetFolder: string,
  ): Promise<void> {
    return checkoutTree(this.runner(repository), sha, targetFolder);
  }

  /** Says what pushes to a repository may not do. */
  setPushRules(repository: string, rules: PushRules): void {
    writePushRules(this.path(repository), rules);
  }

  sync(repository: string): Promise<void> {
    return this.book.exclusive(repository, () => this.book.refresh(repository));
  }

  private runner(repository: string): GitRunner {
    return (args, options) => this.run(repository, args, options);
  }
}
