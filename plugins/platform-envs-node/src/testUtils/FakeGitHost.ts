import { NotFoundError } from '@backstage/errors';
import { createHash } from 'node:crypto';
import {
  BranchMovedError,
  CommitDifference,
  GitChange,
  GitCommit,
  GitFile,
  GitFileSelection,
  GitHost,
  GitWebTarget,
  MAX_GIT_FILE_BYTES,
} from '../ports/GitHost';

type Tree = Map<string, string>;
type StoredCommit = GitCommit & { parent?: string; tree: Tree };

/**
 * A Git host in memory: one line of history per branch, real blob ids.
 *
 * Tests move branches with {@link FakeGitHost.push} and
 * {@link FakeGitHost.rewrite}, and break calls with `failNext`.
 *
 * @public
 */
export class FakeGitHost implements GitHost {
  /** Thrown by the next call of the method of that name, once each, in order. */
  readonly failNext: Array<{ method: keyof GitHost; error: Error }> = [];

  /** Runs before the next commits are accepted: how another writer comes first. */
  readonly beforeCommit: Array<() => void | Promise<void>> = [];

  readonly #commits = new Map<string, StoredCommit>();
  readonly #branches = new Map<string, string>();
  readonly #tags = new Map<string, string>();
  readonly #newTags: Array<[key: string, sha: string]> = [];
  #clock = Date.UTC(2026, 0, 1);

  /** Puts a commit on a branch as somebody else would; `undefined` deletes a file. */
  push(
    repository: string,
    branch: string,
    files: Record<string, string | undefined>,
    message = 'Change by hand',
    author = { name: 'Somebody', email: 'somebody@example.com' },
  ): string {
    const parent = this.#branches.get(`${repository}#${branch}`);
    const tree: Tree = new Map(parent ? this.#commits.get(parent)!.tree : []);
    for (const [path, content] of Object.entries(files)) {
      if (content === undefined) tree.delete(path);
      else tree.set(path, content);
    }
    return this.#store(repository, branch, parent, tree, message, author);
  }

  /** Replaces a branch by one commit without history, as a force push would. */
  rewrite(
    repository: string,
    branch: string,
    files: Record<string, string>,
  ): string {
    const tree: Tree = new Map(Object.entries(files));
    return this.#store(repository, branch, undefined, tree, 'Rewritten', {
      name: 'Somebody',
      email: 'somebody@example.com',
    });
  }

  /** All commits of a branch, newest first. */
  log(repository: string, branch: string): GitCommit[] {
    return [...this.#walk(this.#branches.get(`${repository}#${branch}`))];
  }

  async head(repository: string, branch: string): Promise<string> {
    this.#mayFail('head');
    return this.#resolve(repository, branch);
  }

  async follow(
    repository: string,
    _branch: string,
    commit: string,
  ): Promise<void> {
    this.#mayFail('follow');
    this.#resolve(repository, commit);
  }

  async readFiles(
    repository: string,
    ref: string,
    selection: GitFileSelection,
  ): Promise<Map<string, GitFile>> {
    this.#mayFail('readFiles');
    const { tree } = this.#commits.get(this.#resolve(repository, ref))!;
    const wanted = (path: string) =>
      'paths' in selection
        ? selection.paths.includes(path)
        : path.startsWith(
            selection.folder ? `${selection.folder.replace(/\/+$/, '')}/` : '',
          );
    return new Map(
      [...tree]
        .filter(([path]) => wanted(path))
        .map(([path, content]) => {
          const sizeBytes = Buffer.byteLength(content);
          return [
            path,
            {
              path,
              sizeBytes,
              blobSha: blobSha(content),
              ...(sizeBytes <= MAX_GIT_FILE_BYTES && { content }),
            },
          ];
        }),
    );
  }

  async lastChanges(
    repository: string,
    branch: string,
    files: Array<Pick<GitFile, 'path' | 'blobSha'>>,
  ): Promise<Map<string, GitCommit>> {
    const found = new Map<string, GitCommit>();
    for (const { path, blobSha: wanted } of files) {
      const commits = await this.history(repository, branch, path, Infinity);
      const commit = commits.find(({ sha }) => {
        const content = this.#commits.get(sha)!.tree.get(path);
        return content !== undefined && blobSha(content) === wanted;
      });
      if (commit) found.set(path, commit);
    }
    return found;
  }

  async history(
    repository: string,
    branch: string,
    path: string,
    limit: number,
  ): Promise<GitCommit[]> {
    this.#mayFail('history');
    const touched = [...this.#walk(this.#resolve(repository, branch))].filter(
      commit => {
        const before = commit.parent
          ? this.#commits.get(commit.parent)!.tree
          : new Map<string, string>();
        const paths = new Set([...before.keys(), ...commit.tree.keys()]);
        return [...paths].some(
          p =>
            (p === path || p.startsWith(`${path}/`)) &&
            before.get(p) !== commit.tree.get(p),
        );
      },
    );
    return touched.slice(0, limit);
  }

  async isAncestor(
    _repository: string,
    ancestor: string,
    descendant: string,
  ): Promise<boolean> {
    this.#mayFail('isAncestor');
    return [...this.#walk(descendant)].some(c => c.sha === ancestor);
  }

  async commitChange(change: GitChange): Promise<{ sha: string }> {
    await this.beforeCommit.shift()?.();
    this.#mayFail('commitChange');
    const head = this.#resolve(change.repository, change.branch);
    if (head !== change.base) {
      throw new BranchMovedError(
        `${change.repository} ${change.branch} is at ${head}, not at ${change.base}`,
      );
    }
    const tree = new Map(this.#commits.get(head)!.tree);
    for (const { path, content } of change.files) {
      if (!tree.has(path)) {
        throw new NotFoundError(`${path} is not in ${change.repository}`);
      }
      tree.set(path, content);
    }
    const trailers = change.trailers.map(t => `${t.key}: ${t.value}`);
    const message = [change.subject, change.body, trailers.join('\n')]
      .filter(Boolean)
      .join('\n\n');
    return {
      sha: this.#store(
        change.repository,
        change.branch,
        head,
        tree,
        message,
        change.author,
      ),
    };
  }

  async findCommitByTrailer(
    repository: string,
    branch: string,
    trailer: { key: string; value: string },
    since?: string,
  ): Promise<GitCommit | undefined> {
    this.#mayFail('findCommitByTrailer');
    for (const commit of this.#walk(this.#resolve(repository, branch))) {
      if (commit.sha === since) return undefined;
      const line = `${trailer.key}: ${trailer.value}`;
      if (commit.body.split('\n').includes(line)) return commit;
    }
    return undefined;
  }

  /** Puts a tag on a commit as somebody else would; it is seen after the next update. */
  tag(repository: string, name: string, sha: string): void {
    this.#newTags.push([`${repository}#${name}`, sha]);
  }

  async update(repository: string): Promise<void> {
    this.#mayFail('update');
    for (const [key, sha] of this.#newTags) {
      if (key.startsWith(`${repository}#`)) this.#tags.set(key, sha);
    }
  }

  async findTag(
    repository: string,
    names: string[],
  ): Promise<string | undefined> {
    this.#mayFail('findTag');
    return names
      .map(name => this.#tags.get(`${repository}#${name}`))
      .find(sha => sha);
  }

  async compareCommits(
    repository: string,
    base: string,
    head: string,
    options: { folder?: string; without?: string[]; limit: number },
  ): Promise<CommitDifference> {
    this.#mayFail('compareCommits');
    const bases = [...this.#walk(this.#resolve(repository, base))];
    const heads = [...this.#walk(this.#resolve(repository, head))];
    const below = (folder: string) => (path: string) =>
      path.startsWith(`${folder}/`);
    const counts = (commit: StoredCommit) =>
      this.#changedPaths(commit).some(
        path =>
          (!options.folder || below(options.folder)(path)) &&
          !options.without?.some(folder => below(folder)(path)),
      );
    const onlyIn = (own: StoredCommit[], other: StoredCommit[]) =>
      own.filter(c => !other.includes(c) && counts(c));
    const onlyBase = onlyIn(bases, heads);
    const onlyHead = onlyIn(heads, bases);
    return {
      onlyBase: onlyBase.slice(0, options.limit),
      onlyHead: onlyHead.slice(0, options.limit),
      totals: { onlyBase: onlyBase.length, onlyHead: onlyHead.length },
    };
  }

  webUrl(repository: string, target: GitWebTarget): string {
    const base = `https://git.example.com/${repository}`;
    if ('commit' in target) return `${base}/commit/${target.commit}`;
    return 'base' in target
      ? `${base}/compare/${target.base}...${target.head}`
      : `${base}/blob/${target.branch}/${target.path}`;
  }

  #changedPaths({ parent, tree }: StoredCommit): string[] {
    const before: Tree = parent ? this.#commits.get(parent)!.tree : new Map();
    return [...new Set([...before.keys(), ...tree.keys()])].filter(
      path => before.get(path) !== tree.get(path),
    );
  }

  #resolve(repository: string, ref: string): string {
    const sha =
      this.#branches.get(`${repository}#${ref}`) ??
      (this.#commits.has(ref) ? ref : undefined);
    if (!sha) throw new NotFoundError(`No ${ref} in ${repository}`);
    return sha;
  }

  *#walk(sha: string | undefined): Generator<StoredCommit> {
    let next = sha;
    while (next) {
      const commit = this.#commits.get(next);
      if (!commit) return;
      yield commit;
      next = commit.parent;
    }
  }

  #store(
    repository: string,
    branch: string,
    parent: string | undefined,
    tree: Tree,
    message: string,
    author: { name: string; email: string },
  ): string {
    this.#clock += 60_000;
    const sha = createHash('sha1')
      .update(JSON.stringify([repository, branch, parent, message, [...tree]]))
      .update(String(this.#clock))
      .digest('hex');
    const [subject, ...rest] = message.split('\n');
    this.#commits.set(sha, {
      sha,
      parent,
      tree,
      author,
      committedAt: new Date(this.#clock).toISOString(),
      subject,
      body: rest.join('\n').trim(),
    });
    this.#branches.set(`${repository}#${branch}`, sha);
    return sha;
  }

  #mayFail(method: keyof GitHost) {
    const index = this.failNext.findIndex(f => f.method === method);
    if (index >= 0) throw this.failNext.splice(index, 1)[0].error;
  }
}

function blobSha(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');
}
