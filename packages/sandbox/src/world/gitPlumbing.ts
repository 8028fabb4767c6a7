import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs git in one bare repository. */
export type GitRunner = (
  args: string[],
  options?: { input?: string | Buffer; env?: Record<string, string> },
) => Promise<Buffer>;

/** Who made a commit, and when. */
export interface Signature {
  name: string;
  email: string;
  date: Date;
}

/** A file of a new tree. */
export interface TreeChange {
  path: string;
  content?: string | Buffer;
  /** An object that is there already, instead of `content`. */
  blob?: string;
  /** Kept as it is, or 100644, unless told; 040000 grafts the tree `blob`. */
  mode?: string;
}

/** A commit that is to be written. */
export interface NewCommit {
  tree: string;
  parents: string[];
  message: string;
  author: Signature;
  committer: Signature;
}

/** What git takes for no object. */
export const NO_OBJECT = '0'.repeat(40);

/** Writes a tree: the tree of `base` (a commit or tree) with the files changed. */
export async function writeTree(
  run: GitRunner,
  base: string | undefined,
  files: TreeChange[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-index-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    await run(base ? ['read-tree', base] : ['read-tree', '--empty'], { env });
    const known = base
      ? await modes(
          run,
          base,
          files.map(file => file.path),
        )
      : new Map<string, string>();
    const blobs = await writeBlobs(run, folder, files);
    const lines: string[] = [];
    for (const file of files) {
      if (file.mode === '040000' && file.blob) {
        await run(
          ['rm', '-r', '-q', '--cached', '--ignore-unmatch', '--', file.path],
          { env },
        );
        await run(['read-tree', `--prefix=${file.path}/`, file.blob], { env });
      } else if (file.content === undefined && file.blob === undefined) {
        lines.push(`0 ${NO_OBJECT}\t${file.path}`);
      } else {
        const blob = file.blob ?? blobs.get(file);
        const mode = file.mode ?? known.get(file.path) ?? '100644';
        lines.push(`${mode} ${blob}\t${file.path}`);
      }
    }
    await run(['update-index', '--replace', '-z', '--index-info'], {
      env,
      input: lines.map(line => `${line}\0`).join(''),
    });
    return (await run(['write-tree'], { env })).toString().trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stores the contents of all that have one, by one process; their SHAs by file. */
async function writeBlobs(
  run: GitRunner,
  folder: string,
  files: TreeChange[],
): Promise<Map<TreeChange, string>> {
  const changed = files.filter(
    ({ content, blob }) => content !== undefined && blob === undefined,
  );
  if (changed.length === 0) return new Map();
  const paths = changed.map((_, index) => join(folder, `blob-${index}`));
  await Promise.all(
    changed.map(({ content }, index) => writeFile(paths[index], content!)),
  );
  const out = await run(
    ['hash-object', '-w', '--no-filters', '--stdin-paths'],
    { input: paths.map(path => `${path}\n`).join('') },
  );
  const shas = out.toString().trim().split('\n');
  return new Map(changed.map((file, index) => [file, shas[index]]));
}

/** Stores content; returns the blob's SHA. */
export async function writeBlob(
  run: GitRunner,
  content: string | Buffer,
): Promise<string> {
  const out = await run(['hash-object', '-w', '--stdin'], {
    input: content,
  });
  return out.toString().trim();
}

/** Stores a commit that no ref points to yet; returns its SHA. */
export async function writeCommit(
  run: GitRunner,
  commit: NewCommit,
): Promise<string> {
  const seconds = (date: Date) => `@${Math.floor(date.getTime() / 1000)} +0000`;
  const out = await run(
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

async function modes(run: GitRunner, base: string, paths: string[]) {
  const out = await run([
    'ls-tree',
    '-r',
    '-z',
    base,
    // More names than a command line takes: all of them.
    ...(paths.length > 500 ? [] : ['--', ...paths]),
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

/** What a git that was killed leaves behind would refuse every later change. */
export function removeLocks(repository: string): void {
  const refs = readdirSync(join(repository, 'refs'), { recursive: true });
  const left = [
    ...refs.map(name => join('refs', String(name))),
    ...readdirSync(repository),
  ].filter(name => name.endsWith('.lock'));
  left.forEach(name => rmSync(join(repository, name), { force: true }));
}
