import {
  BranchMovedError,
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
import { GitCommandError, GitOutput, GitRun, runGit } from './runGit';

/** How a mirror reaches its remote. */
export interface GitRemote {
  url: string;
  /** Environment that carries the credentials, made anew for each call. */
  env(): Promise<Record<string, string>>;
}

/** An object as `ls-tree -l` lists it. */
interface TreeEntry {
  mode: string;
  blobSha: string;
  sizeBytes: number;
  path: string;
}

const FORMAT = ['%H', '%an', '%ae', '%cI', '%s', '%b'].join('%x1f');

/**
 * A bare repository on this machine that follows one at a host. Knows git and
 * nothing of any vendor.
 *
 * What talks to the remote goes one after the other; reading does not wait.
 */
export class GitMirror {
  #queue: Promise<unknown> = Promise.resolve();
  #ready = false;

  constructor(
    private readonly options: {
      repository: string;
      directory: string;
      remote: GitRemote;
      timeoutMs: number;
      /** For the first fetch, which brings all of history. */
      cloneTimeoutMs: number;
    },
  ) {}

  /** Where the branch points at the remote now; its objects are here afterwards. */
  head(branch: string): Promise<string> {
    return this.#exclusively(() => this.#follow(branch));
  }

  /** The commit that a SHA, or a branch as it was last seen, stands for. */
  async resolve(ref: string): Promise<string> {
    const isSha = /^[0-9a-f]{40}$/.test(ref);
    if (!isSha) {
      return (await this.#localBranch(ref)) ?? this.head(ref);
    }
    if (await this.#has(ref)) return ref;
    await this.#exclusively(() => this.#fetch(ref)).catch(() => {});
    if (await this.#has(ref)) return ref;
    throw new NotFoundError(
      `${this.options.repository} has no commit ${ref.slice(0, 12)}`,
    );
  }

  async readFiles(
    ref: string,
    selection: GitFileSelection,
  ): Promise<Map<string, GitFile>> {
    const commit = await this.resolve(ref);
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

  async history(
    ref: string,
    file: string | undefined,
    limit: number,
  ): Promise<GitCommit[]> {
    const commit = await this.resolve(ref);
    return this.#log([
      `--max-count=${limit}`,
      commit,
      '--',
      ...(file ? [file] : []),
    ]);
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    await this.resolve(descendant);
    if (!(await this.#has(ancestor))) return false;
    const { exitCode } = await this.#local({
      args: ['merge-base', '--is-ancestor', ancestor, descendant],
      acceptExitCodes: [1],
    });
    return exitCode === 0;
  }

  async findByTrailer(
    branch: string,
    trailer: { key: string; value: string },
    since?: string,
  ): Promise<GitCommit | undefined> {
    const head = await this.head(branch);
    const line = `${trailer.key}: ${trailer.value}`;
    const stop = since && (await this.#has(since)) ? [`^${since}`] : [];
    const candidates = await this.#log([
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
      const sha = await this.#writeCommit(change);
      await this.#remoteCall({
        args: [
          'push',
          '--porcelain',
          `--force-with-lease=refs/heads/${change.branch}:${change.base}`,
          this.options.remote.url,
          `${sha}:refs/heads/${change.branch}`,
        ],
      });
      await this.#setLocalBranch(change.branch, sha);
      return { sha };
    });
  }

  async #writeCommit(change: GitChange): Promise<string> {
    const listed = await this.#listTree(
      change.base,
      change.files.map(f => f.path),
    );
    const index = path.join(this.options.directory, `index-${randomUUID()}`);
    const env = { GIT_INDEX_FILE: index };
    try {
      await this.#local({ args: ['read-tree', change.base], env });
      for (const { path: name, content } of change.files) {
        const entry = listed.find(e => e.path === name);
        if (!entry) {
          throw new NotFoundError(
            `${change.repository} has no file ${name} on ${change.branch}`,
          );
        }
        const blob = await this.#local({
          args: ['hash-object', '-w', '--stdin'],
          input: content,
        });
        await this.#local({
          args: [
            'update-index',
            '--cacheinfo',
            `${entry.mode},${text(blob)},${name}`,
          ],
          env,
        });
      }
      const tree = text(await this.#local({ args: ['write-tree'], env }));
      return text(
        await this.#local({
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

  /** Asks the remote where the branch is, and brings what is missing. */
  async #follow(branch: string): Promise<string> {
    await this.#prepare();
    const ref = `refs/heads/${branch}`;
    const listed = text(
      await this.#remoteCall({
        args: ['ls-remote', this.options.remote.url, ref],
      }),
    );
    const sha = listed
      .split('\n')
      .map(line => line.split('\t'))
      .find(([, name]) => name === ref)?.[0];
    if (!sha) {
      throw new NotFoundError(
        `${this.options.repository} has no branch "${branch}"`,
      );
    }
    if ((await this.#localBranch(branch)) !== sha) {
      await this.#fetch(`+${ref}:${ref}`);
    }
    return (await this.#localBranch(branch)) ?? sha;
  }

  async #fetch(refspec: string) {
    await this.#prepare();
    const first = text(
      await this.#local({ args: ['for-each-ref', '--count=1'] }),
    );
    await this.#remoteCall({
      args: [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        this.options.remote.url,
        refspec,
      ],
      ...(!first && { timeoutMs: this.options.cloneTimeoutMs }),
    });
  }

  async #prepare() {
    if (this.#ready) return;
    await mkdir(this.options.directory, { recursive: true });
    const exists = await access(path.join(this.options.directory, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (!exists) {
      await runGit({
        args: ['init', '--quiet', '--bare', this.options.directory],
        timeoutMs: this.options.timeoutMs,
      });
    }
    this.#ready = true;
  }

  async #localBranch(branch: string): Promise<string | undefined> {
    await this.#prepare();
    const output = await this.#local({
      args: ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`],
      acceptExitCodes: [1],
    });
    return text(output) || undefined;
  }

  async #setLocalBranch(branch: string, sha: string) {
    await this.#local({ args: ['update-ref', `refs/heads/${branch}`, sha] });
  }

  async #has(commit: string): Promise<boolean> {
    await this.#prepare();
    const { exitCode } = await this.#local({
      args: ['cat-file', '-e', `${commit}^{commit}`],
      acceptExitCodes: [1, 128],
    });
    return exitCode === 0;
  }

  async #listTree(commit: string, paths: string[]): Promise<TreeEntry[]> {
    const output = await this.#local({
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
    });
    return output.stdout
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map(parseTreeEntry)
      .filter(isRegularFile);
  }

  async #readBlobs(shas: string[]): Promise<Map<string, string>> {
    const wanted = [...new Set(shas)];
    if (wanted.length === 0) return new Map();
    const { stdout } = await this.#local({
      args: ['cat-file', '--batch'],
      input: `${wanted.join('\n')}\n`,
    });
    return parseBatch(stdout);
  }

  async #log(args: string[]): Promise<GitCommit[]> {
    const { stdout } = await this.#local({
      args: ['log', '-z', `--format=${FORMAT}`, ...args],
    });
    return stdout.toString('utf8').split('\0').filter(Boolean).map(parseCommit);
  }

  #local(run: Omit<GitRun, 'gitDir' | 'timeoutMs'>): Promise<GitOutput> {
    return runGit({
      ...run,
      gitDir: this.options.directory,
      timeoutMs: this.options.timeoutMs,
    });
  }

  async #remoteCall(
    run: Omit<GitRun, 'gitDir' | 'timeoutMs' | 'env'> & { timeoutMs?: number },
  ): Promise<GitOutput> {
    return runGit({
      timeoutMs: this.options.timeoutMs,
      ...run,
      gitDir: this.options.directory,
      env: await this.options.remote.env(),
    });
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(task).catch(async error => {
      if (isBrokenMirror(error)) await this.#discard();
      throw error;
    });
    this.#queue = run.catch(() => {});
    return run;
  }

  /** A mirror that was left half written by a crash is made anew next time. */
  async #discard() {
    this.#ready = false;
    await rm(this.options.directory, { recursive: true, force: true });
  }
}

function isBrokenMirror(error: unknown): boolean {
  return (
    error instanceof GitCommandError &&
    /\.lock': File exists|not a git repository|object file .* is empty|loose object .* is corrupt|bad object|packfile .* (is|cannot)/.test(
      error.stderr,
    )
  );
}

/** Subject, body and trailers as Git expects them: trailers are the last paragraph. */
export function commitMessage(
  change: Pick<GitChange, 'subject' | 'body' | 'trailers'>,
): string {
  const trailers = change.trailers.map(
    ({ key, value }) => `${key}: ${value.replace(/\s+/g, ' ')}`,
  );
  return `${[
    change.subject.replace(/\s+/g, ' '),
    change.body,
    trailers.join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')}\n`;
}

function text(output: GitOutput): string {
  return output.stdout.toString('utf8').trim();
}

/** `<mode> <type> <sha> <size>\t<path>` */
function parseTreeEntry(line: string): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode, , blobSha, size] = line.slice(0, tab).split(/ +/);
  return { mode, blobSha, sizeBytes: Number(size), path: line.slice(tab + 1) };
}

/** Symbolic links and submodules are not files of the repository's own. */
function isRegularFile(entry: TreeEntry): boolean {
  return entry.mode === '100644' || entry.mode === '100755';
}

/** `<sha> blob <size>\n<content>\n`, repeated. */
function parseBatch(stdout: Buffer): Map<string, string> {
  const blobs = new Map<string, string>();
  let offset = 0;
  while (offset < stdout.length) {
    const end = stdout.indexOf(10, offset);
    const [sha, type, size] = stdout.toString('utf8', offset, end).split(' ');
    offset = end + 1;
    if (type !== 'blob') continue;
    const length = Number(size);
    blobs.set(sha, stdout.toString('utf8', offset, offset + length));
    offset += length + 1;
  }
  return blobs;
}

function parseCommit(record: string): GitCommit {
  const [sha, name, email, committed, subject, body] = record.split('\x1f');
  return {
    sha: sha.trim(),
    author: { name, email },
    committedAt: new Date(committed).toISOString(),
    subject,
    body: (body ?? '').trim(),
  };
}
