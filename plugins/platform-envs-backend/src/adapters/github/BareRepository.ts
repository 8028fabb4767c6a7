import {
  CommitDifference,
  GitChange,
  GitCommit,
  GitFile,
  GitFileSelection,
  MAX_GIT_FILE_BYTES,
} from '@fairway/plugin-platform-envs-node';
import { NotFoundError } from '@backstage/errors';
import { randomUUID } from 'node:crypto';
import { access, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  COMMIT_FORMAT,
  commitMessage,
  parseBatch,
  parseChanges,
  parseCommits,
  parseTags,
  parseTree,
  textOf,
  TreeEntry,
} from './gitFormats';
import { GitOutput, GitRun, runGit } from './runGit';

/** Commits that are remembered to be there, which saves a process each. */
const MAX_SEEN = 10_000;

/** In so many commits the last changes of most files are found. */
const RECENT_COMMITS = 2_000;

/** More are asked for by the folder that holds them all. */
const MAX_PATHS = 20;

/**
 * A bare repository in a folder of this machine. It knows nothing of any
 * remote: what it is asked for must be here.
 */
export class BareRepository {
  #ready = false;
  /** Commits that were seen here: nothing is removed while this is one repository. */
  readonly #seen = new Set<string>();

  constructor(
    private readonly options: { directory: string; timeoutMs: number },
  ) {}

  /** Makes the folder a repository, unless it is one. */
  async prepare(): Promise<void> {
    if (this.#ready) return;
    const { directory, timeoutMs } = this.options;
    await mkdir(directory, { recursive: true });
    const exists = await access(path.join(directory, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (!exists) {
      await runGit({
        args: ['init', '--quiet', '--bare', directory],
        timeoutMs,
      });
    }
    this.#ready = true;
  }

  /** Removes everything; it is made anew when it is next prepared. */
  async discard(): Promise<void> {
    this.#ready = false;
    this.#seen.clear();
    await rm(this.options.directory, { recursive: true, force: true });
  }

  async isEmpty(): Promise<boolean> {
    if (this.#seen.size > 0) return false;
    return !textOf(await this.run({ args: ['for-each-ref', '--count=1'] }));
  }

  /** The commit that a full ref points at, through annotated tags. */
  async commitOf(ref: string): Promise<string | undefined> {
    await this.prepare();
    const output = await this.run({
      args: ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`],
      acceptExitCodes: [1, 128],
    });
    const commit = output.exitCode === 0 ? textOf(output) : '';
    if (commit) this.remember(commit);
    return commit || undefined;
  }

  /** The commits that all tags point at, by name, through annotated tags. */
  async tags(): Promise<Map<string, string>> {
    await this.prepare();
    const output = await this.run({
      args: [
        'for-each-ref',
        '--format=%(refname:lstrip=2)%00%(objectname)%00%(*objectname)%00%(objecttype)%00%(*objecttype)',
        'refs/tags',
      ],
    });
    return parseTags(output);
  }

  async setBranch(branch: string, sha: string): Promise<void> {
    await this.run({ args: ['update-ref', `refs/heads/${branch}`, sha] });
  }

  async has(commit: string): Promise<boolean> {
    if (this.#seen.has(commit)) return true;
    await this.prepare();
    const { exitCode } = await this.run({
      args: ['cat-file', '-e', `${commit}^{commit}`],
      acceptExitCodes: [1, 128],
    });
    if (exitCode === 0) this.remember(commit);
    return exitCode === 0;
  }

  async readFiles(
    commit: string,
    selection: GitFileSelection,
  ): Promise<Map<string, GitFile>> {
    const paths =
      'paths' in selection
        ? selection.paths
        : [`${selection.folder.replace(/\/+$/, '')}/`].filter(p => p !== '/');
    if ('paths' in selection && paths.length === 0) return new Map();
    const listed = await this.#listTree(commit, paths);
    const entries =
      'paths' in selection
        ? listed.filter(entry => paths.includes(entry.path))
        : listed;
    const small = entries.filter(e => e.sizeBytes <= MAX_GIT_FILE_BYTES);
    const contents = await this.#readBlobs(small.map(e => e.blobSha));
    return new Map(
      entries.map(({ path: name, blobSha, sizeBytes }) => {
        const content = contents.get(blobSha);
        const file: GitFile = { path: name, blobSha, sizeBytes };
        if (content !== undefined) file.content = content;
        return [name, file];
      }),
    );
  }

  /** Commits that `git log` finds for these arguments, newest first. */
  async log(
    args: string[],
    env?: Record<string, string>,
  ): Promise<GitCommit[]> {
    return parseCommits(
      await this.run({
        args: ['log', '-z', `--format=${COMMIT_FORMAT}`, ...args],
        ...(env && { env }),
      }),
    );
  }

  /** @see GitHost.lastChanges */
  async lastChanges(
    head: string,
    files: Array<Pick<GitFile, 'path' | 'blobSha'>>,
  ): Promise<Map<string, GitCommit>> {
    const missing = new Map(files.map(f => [f.path, f.blobSha]));
    const found = new Map<string, GitCommit>();
    // most are young; all of history is walked through for those that are not
    for (const most of [RECENT_COMMITS, Infinity]) {
      if (missing.size === 0) break;
      const output = await this.run({
        args: [
          'log',
          '-z',
          '-c',
          '--raw',
          '--no-abbrev',
          '--no-renames',
          `--format=${COMMIT_FORMAT}`,
          ...(most === Infinity ? [] : [`--max-count=${most}`]),
          head,
          '--',
          ...pathspecOf([...missing.keys()]),
        ],
      });
      const changes = parseChanges(output);
      for (const { commit, files: changed } of changes) {
        for (const { path: name, blobSha } of changed) {
          if (missing.get(name) !== blobSha) continue;
          missing.delete(name);
          found.set(name, commit);
        }
      }
      if (changes.length < most) break;
    }
    return found;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    const { exitCode } = await this.run({
      args: ['merge-base', '--is-ancestor', ancestor, descendant],
      acceptExitCodes: [1],
    });
    return exitCode === 0;
  }

  /** @see GitHost.compareCommits */
  async compare(
    base: string,
    head: string,
    options: { folder?: string; without?: string[]; limit: number },
  ): Promise<CommitDifference> {
    const { folder, without = [], limit } = options;
    const range = [
      '--no-merges',
      `${base}...${head}`,
      '--',
      ...(folder ? [`:(top,literal)${folder}`] : []),
      ...without.map(name => `:(exclude,top,literal)${name}`),
    ];
    // each of these says of itself that it is literal
    const env = { GIT_LITERAL_PATHSPECS: '0' };
    const counted = await this.run({
      args: ['rev-list', '--left-right', '--count', ...range],
      env,
    });
    const [onlyBase, onlyHead] = textOf(counted).split(/\s+/).map(Number);
    const list = (side: string, count: number) =>
      count > 0
        ? this.log([side, `--max-count=${limit}`, ...range], env)
        : Promise.resolve([]);
    return {
      onlyBase: await list('--left-only', onlyBase),
      onlyHead: await list('--right-only', onlyHead),
      totals: { onlyBase, onlyHead },
    };
  }

  /** Writes a commit on top of `change.base`; no branch points at it yet. */
  async writeCommit(change: GitChange): Promise<string> {
    const listed = await this.#listTree(
      change.base,
      change.files.map(f => f.path),
    );
    const index = path.join(this.options.directory, `index-${randomUUID()}`);
    const env = { GIT_INDEX_FILE: index };
    try {
      await this.run({ args: ['read-tree', change.base], env });
      for (const { path: name, content } of change.files) {
        const entry = listed.find(e => e.path === name);
        if (!entry) {
          throw new NotFoundError(
            `${change.repository} has no file ${name} on ${change.branch}`,
          );
        }
        const blob = await this.run({
          args: ['hash-object', '-w', '--stdin'],
          input: content,
        });
        const info = `${entry.mode},${textOf(blob)},${name}`;
        await this.run({ args: ['update-index', '--cacheinfo', info], env });
      }
      const tree = textOf(await this.run({ args: ['write-tree'], env }));
      return textOf(
        await this.run({
          args: ['commit-tree', tree, '-p', change.base, '-F', '-'],
          input: commitMessage(change),
          env: {
            GIT_AUTHOR_NAME: change.author.name,
            GIT_AUTHOR_EMAIL: change.author.email,
            GIT_COMMITTER_NAME: change.author.name,
            GIT_COMMITTER_EMAIL: change.author.email,
          },
        }),
      );
    } finally {
      await rm(index, { force: true });
    }
  }

  /** Notes that a commit is here: what came with a fetch need not be looked for. */
  remember(commit: string): void {
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.add(commit);
  }

  /** Any command on this repository. */
  run(
    run: Omit<GitRun, 'gitDir' | 'timeoutMs'> & { timeoutMs?: number },
  ): Promise<GitOutput> {
    return runGit({
      timeoutMs: this.options.timeoutMs,
      ...run,
      gitDir: this.options.directory,
    });
  }

  async #listTree(commit: string, paths: string[]): Promise<TreeEntry[]> {
    return parseTree(
      await this.run({
        args: [
          'ls-tree',
          '-r',
          '-l',
          '-z',
          '--full-tree',
          commit,
          '--',
          ...paths,
        ],
      }),
    );
  }

  async #readBlobs(shas: string[]): Promise<Map<string, string>> {
    const wanted = [...new Set(shas)];
    if (wanted.length === 0) return new Map();
    const { stdout } = await this.run({
      args: ['cat-file', '--batch'],
      input: `${wanted.join('\n')}\n`,
    });
    return parseBatch(stdout);
  }
}

function pathspecOf(paths: string[]): string[] {
  if (paths.length <= MAX_PATHS) return paths;
  const [first, ...others] = paths.map(name => name.split('/').slice(0, -1));
  const shared = others.reduce((common, parts) => {
    const end = common.findIndex((part, at) => part !== parts[at]);
    return end < 0 ? common : common.slice(0, end);
  }, first);
  return shared.length ? [shared.join('/')] : [];
}
