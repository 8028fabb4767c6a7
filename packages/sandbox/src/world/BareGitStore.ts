import { EventEmitter } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError, runGit } from './runGit';
import {
  Clock,
  GitCommitInfo,
  GitFileChange,
  GitPush,
  GitRef,
  GitStore,
} from './types';

const NO_COMMIT = '0'.repeat(40);
const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_.-]+$/;

function removeLocks(repository: string) {
  const refs = readdirSync(join(repository, 'refs'), { recursive: true });
  const left = [
    ...refs.map(name => join('refs', String(name))),
    ...readdirSync(repository),
  ].filter(name => name.endsWith('.lock'));
  left.forEach(name => rmSync(join(repository, name), { force: true }));
}

/** A ref had moved since the caller looked. */
export class RefMovedError extends Error {}

/**
 * Refuses what branch protection refuses. The list of refused refs is written
 * by {@link BareGitStore.setProtectedRefs}; git runs this for each ref of a push.
 */
const UPDATE_HOOK = `#!/bin/sh
ref=$1 old=$2 new=$3
refuse() {
  echo "error: GH006: Protected branch update failed for $ref." >&2
  echo "error: $1" >&2
  exit 1
}
if [ -f "$GIT_DIR/protected-refs" ]; then
  while read -r name reason; do
    [ "$name" = "$ref" ] && refuse "$reason"
  done <"$GIT_DIR/protected-refs"
fi
[ -f "$GIT_DIR/steady-refs" ] || exit 0
grep -qxF -- "$ref" "$GIT_DIR/steady-refs" || exit 0
case $new in *[!0]*) ;; *) refuse "Cannot delete this branch" ;; esac
case $old in
*[!0]*) git merge-base --is-ancestor "$old" "$new" || refuse "Cannot force-push to this branch" ;;
esac
exit 0
`;

/**
 * Bare repositories below `<dataDir>/git/<owner>/<name>.git`.
 *
 * Refs are remembered, so asking for a branch costs no process; {@link sync}
 * compares them with git after anything that may have moved them and emits
 * `push` once for each that did.
 */
export class BareGitStore implements GitStore {
  readonly events = new EventEmitter();
  private readonly known = new Map<string, Map<string, GitRef>>();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly blobs = new Map<string, string | undefined>();

  /** Opens what is on disk. */
  static async open(dataDir: string, clock: Clock): Promise<BareGitStore> {
    const store = new BareGitStore(join(dataDir, 'git'), clock);
    mkdirSync(store.root, { recursive: true });
    for (const owner of readdirSync(store.root)) {
      for (const folder of readdirSync(join(store.root, owner))) {
        if (folder.endsWith('.git')) {
          const name = `${owner}/${folder.slice(0, -'.git'.length)}`;
          removeLocks(join(store.root, owner, folder));
          store.known.set(name, await store.readRefs(name));
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
    return [...this.known.keys()].sort();
  }

  has(repository: string): boolean {
    return this.known.has(repository);
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
    if (existsSync(path)) {
      throw new Error(`repository ${repository} exists already`);
    }
    const unfinished = `${path}.new`;
    mkdirSync(unfinished, { recursive: true });
    await runGit(
      ['init', '--quiet', '--bare', '--template=', '-b', 'main', unfinished],
      {},
    );
    for (const [key, value] of [
      ['http.receivepack', 'true'],
      ['uploadpack.allowAnySHA1InWant', 'true'],
      ['uploadpack.allowFilter', 'true'],
    ]) {
      await runGit(['config', key, value], { cwd: unfinished });
    }
    mkdirSync(join(unfinished, 'hooks'));
    const hook = join(unfinished, 'hooks', 'update');
    writeFileSync(hook, UPDATE_HOOK);
    chmodSync(hook, 0o755);
    await rename(unfinished, path);
    this.known.set(repository, new Map());
  }

  /** Deletes a repository and its history. */
  async remove(repository: string): Promise<void> {
    await rm(this.path(repository), { recursive: true, force: true });
    this.known.delete(repository);
    for (const key of this.blobs.keys()) {
      if (key.startsWith(`${repository}\n`)) {
        this.blobs.delete(key);
      }
    }
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
    return [...(this.known.get(repository)?.values() ?? [])];
  }

  async resolve(repository: string, ref: string): Promise<string | undefined> {
    const refs = this.known.get(repository);
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
    try {
      const sha = await this.run(repository, [
        'rev-parse',
        '--verify',
        '--quiet',
        `${ref}^{commit}`,
      ]);
      return sha.toString().trim();
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
    const key = `${repository}\n${sha}\n${path}`;
    if (!this.blobs.has(key)) {
      const content = await this.run(repository, [
        'cat-file',
        'blob',
        `${sha}:${path}`,
      ]).then(
        bytes => bytes.toString('utf8'),
        error => {
          if (error instanceof GitError && error.exitCode !== null) {
            return undefined;
          }
          throw error;
        },
      );
      if (this.blobs.size >= 2000) {
        this.blobs.delete(this.blobs.keys().next().value!);
      }
      this.blobs.set(key, content);
    }
    return this.blobs.get(key);
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
    return this.exclusive(repository, async () => {
      const ref = `refs/heads/${change.branch}`;
      await this.refresh(repository);
      const parent = this.known.get(repository)?.get(ref)?.commit;
      if (
        change.expectedHead !== undefined &&
        change.expectedHead !== (parent ?? NO_COMMIT)
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
      await this.moveRef(repository, ref, sha, parent);
      return sha;
    });
  }

  /** Writes a tree: the tree of `base` (a commit or tree) with the files changed. */
  async writeTree(
    repository: string,
    base: string | undefined,
    files: Array<{
      path: string;
      content?: string | Buffer;
      /** A blob that is there already, instead of `content`. */
      blob?: string;
      /** Kept as it is, or 100644, unless told. */
      mode?: string;
    }>,
  ): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-index-'));
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    try {
      await this.run(
        repository,
        base ? ['read-tree', base] : ['read-tree', '--empty'],
        { env },
      );
      const modes = base
        ? await this.modes(
            repository,
            base,
            files.map(file => file.path),
          )
        : new Map<string, string>();
      const lines: string[] = [];
      for (const file of files) {
        if (file.content === undefined && file.blob === undefined) {
          lines.push(`0 ${NO_COMMIT}\t${file.path}`);
        } else {
          const blob =
            file.blob ?? (await this.writeBlob(repository, file.content!));
          const mode = file.mode ?? modes.get(file.path) ?? '100644';
          lines.push(`${mode} ${blob}\t${file.path}`);
        }
      }
      await this.run(repository, ['update-index', '-z', '--index-info'], {
        env,
        input: lines.map(line => `${line}\0`).join(''),
      });
      return (await this.run(repository, ['write-tree'], { env }))
        .toString()
        .trim();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Stores content; returns the blob's SHA. */
  async writeBlob(
    repository: string,
    content: string | Buffer,
  ): Promise<string> {
    const out = await this.run(repository, ['hash-object', '-w', '--stdin'], {
      input: content,
    });
    return out.toString().trim();
  }

  /** Stores a commit that no ref points to yet; returns its SHA. */
  async writeCommit(
    repository: string,
    commit: {
      tree: string;
      parents: string[];
      message: string;
      author: { name: string; email: string; date: Date };
      committer: { name: string; email: string; date: Date };
    },
  ): Promise<string> {
    const seconds = (date: Date) =>
      `@${Math.floor(date.getTime() / 1000)} +0000`;
    const out = await this.run(
      repository,
      [
        'commit-tree',
        commit.tree,
        ...commit.parents.flatMap(parent => ['-p', parent]),
      ],
      {
        input: commit.message.endsWith('\n')
          ? commit.message
          : `${commit.message}\n`,
        env: {
          GIT_AUTHOR_NAME: commit.author.name,
          GIT_AUTHOR_EMAIL: commit.author.email,
          GIT_AUTHOR_DATE: seconds(commit.author.date),
          GIT_COMMITTER_NAME: commit.committer.name,
          GIT_COMMITTER_EMAIL: commit.committer.email,
          GIT_COMMITTER_DATE: seconds(commit.committer.date),
        },
      },
    );
    return out.toString().trim();
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
    return this.exclusive(repository, () =>
      this.moveRef(repository, ref, after, before),
    );
  }

  async log(
    repository: string,
    ref: string,
    options: {
      path?: string;
      limit?: number;
      skip?: number;
      since?: Date;
      until?: Date;
    } = {},
  ): Promise<GitCommitInfo[]> {
    const sha = await this.resolve(repository, ref);
    if (!sha) {
      return [];
    }
    const out = await this.run(repository, [
      'log',
      '-z',
      `--max-count=${options.limit ?? 100}`,
      `--skip=${options.skip ?? 0}`,
      ...(options.since ? [`--since=${options.since.toISOString()}`] : []),
      ...(options.until ? [`--until=${options.until.toISOString()}`] : []),
      '--format=%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%T%x1f%B',
      sha,
      ...(options.path ? ['--', options.path.replace(/^\/+/, '')] : []),
    ]);
    return out
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map(record => {
        const [hash, parents, an, ae, ad, cn, ce, cd, tree, ...message] =
          record.split('\x1f');
        return {
          sha: hash.trim(),
          parents: parents.split(' ').filter(Boolean),
          author: { name: an, email: ae, date: ad },
          committer: { name: cn, email: ce, date: cd },
          tree,
          message: message.join('\x1f').trimEnd(),
        };
      });
  }

  async checkout(
    repository: string,
    sha: string,
    targetFolder: string,
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-index-'));
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    try {
      mkdirSync(targetFolder, { recursive: true });
      await this.run(repository, ['read-tree', sha], { env });
      await this.run(
        repository,
        [
          `--work-tree=${targetFolder}`,
          'checkout-index',
          '--all',
          '--force',
          `--prefix=${targetFolder}/`,
        ],
        { env },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /**
   * What pushes may not do: `refused` refs may not move at all (with the reason
   * that is shown), `steady` refs may neither be deleted nor forced.
   */
  setProtectedRefs(
    repository: string,
    rules: { refused: Record<string, string>; steady: string[] },
  ): void {
    const folder = this.path(repository);
    writeFileSync(
      join(folder, 'protected-refs'),
      Object.entries(rules.refused)
        .map(([ref, reason]) => `${ref} ${reason}\n`)
        .join(''),
    );
    writeFileSync(
      join(folder, 'steady-refs'),
      rules.steady.map(ref => `${ref}\n`).join(''),
    );
  }

  sync(repository: string): Promise<void> {
    return this.exclusive(repository, () => this.refresh(repository));
  }

  /** Everything that moves refs of one repository, one after the other. */
  private exclusive<T>(
    repository: string,
    action: () => Promise<T>,
  ): Promise<T> {
    const previous = this.queues.get(repository) ?? Promise.resolve();
    const next = previous.then(action, action);
    this.queues.set(
      repository,
      next.catch(() => {}),
    );
    return next;
  }

  private async moveRef(
    repository: string,
    ref: string,
    after: string | undefined,
    before: string | undefined,
  ) {
    try {
      await this.run(
        repository,
        after === undefined
          ? ['update-ref', '-d', ref, before ?? NO_COMMIT]
          : ['update-ref', ref, after, before ?? NO_COMMIT],
      );
    } catch (error) {
      if (
        error instanceof GitError &&
        /but expected|reference already exists|cannot lock ref/.test(
          error.stderr,
        )
      ) {
        await this.refresh(repository);
        throw new RefMovedError(`${ref} of ${repository} has moved`);
      }
      throw error;
    }
    await this.refresh(repository);
  }

  private async refresh(repository: string) {
    const before = this.known.get(repository);
    if (!before) {
      throw new Error(`there is no repository ${repository}`);
    }
    const after = await this.readRefs(repository);
    if (this.known.get(repository) !== before) {
      return;
    }
    this.known.set(repository, after);
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const push: GitPush = {
        repository,
        ref: name,
        before: before.get(name)?.commit,
        after: after.get(name)?.commit,
      };
      if (push.before !== push.after) {
        this.events.emit('push', push);
      }
    }
  }

  private async readRefs(repository: string): Promise<Map<string, GitRef>> {
    const out = await runGit(
      [
        'for-each-ref',
        '--format=%(refname) %(objectname) %(objecttype) %(*objectname)',
      ],
      { cwd: this.path(repository) },
    );
    return new Map(
      out
        .toString('utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => {
          const [name, object, type, peeled] = line.split(' ');
          return [
            name,
            {
              name,
              object,
              type: type as GitRef['type'],
              commit: peeled || object,
            },
          ];
        }),
    );
  }

  private async modes(repository: string, base: string, paths: string[]) {
    const out = await this.run(repository, [
      'ls-tree',
      '-r',
      '-z',
      base,
      '--',
      ...paths,
    ]);
    return new Map(
      out
        .toString('utf8')
        .split('\0')
        .filter(Boolean)
        .map(line => {
          const [meta, path] = line.split('\t');
          return [path, meta.split(' ')[0]];
        }),
    );
  }
}
