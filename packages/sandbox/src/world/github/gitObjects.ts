import { GithubRepository } from './githubTypes';
import { GitError } from '../runGit';
import { World } from '../types';

/** Tree of a repository without files. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export interface TreeEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  /** Bytes; undefined for a tree. */
  size?: number;
  path: string;
}

/** Entries of a tree-ish (`<sha>` or `<sha>:<folder>`); undefined when there is none. */
export async function readTree(
  world: World,
  repository: GithubRepository,
  treeish: string,
  options: { recursive?: boolean } = {},
): Promise<TreeEntry[] | undefined> {
  const out = await readOrUndefined(
    world.git.run(repository.fullName, [
      'ls-tree',
      '-z',
      '-l',
      ...(options.recursive ? ['-r', '-t'] : []),
      treeish,
    ]),
  );
  return out
    ?.toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map(line => {
      const [meta, path] = line.split('\t');
      const [mode, type, sha, size] = meta.split(/\s+/);
      return {
        mode,
        type: type as TreeEntry['type'],
        sha,
        size: size === '-' ? undefined : Number(size),
        path,
      };
    });
}

/** Content of a blob by SHA or `<commit>:<path>`; undefined when there is none. */
export function readBlob(
  world: World,
  repository: GithubRepository,
  object: string,
): Promise<Buffer | undefined> {
  return readOrUndefined(
    world.git.run(repository.fullName, ['cat-file', 'blob', object]),
  );
}

/** Type and SHA of whatever a revision names; undefined when there is none. */
export async function describeObject(
  world: World,
  repository: GithubRepository,
  revision: string,
): Promise<{ type: string; sha: string } | undefined> {
  // A path that leads out of the repository is an error to git.
  const out = await readOrUndefined(
    world.git.run(repository.fullName, ['cat-file', '--batch-check'], {
      input: `${revision}\n`,
    }),
  );
  const [sha, type] = out?.toString('utf8').trim().split(' ') ?? [''];
  return /^[0-9a-f]{40}$/.test(sha) && type !== 'missing'
    ? { sha, type }
    : undefined;
}

export interface ChangedFile {
  sha: string | null;
  filename: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  additions: number;
  deletions: number;
  changes: number;
  patch?: string;
  previous_filename?: string;
}

const STATUS: Record<string, ChangedFile['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** A file that differs, without what differs in it. */
type ChangedName = Pick<
  ChangedFile,
  'sha' | 'filename' | 'status' | 'previous_filename'
>;

/** Files that differ between two tree-ishes, with patches of text files. */
export async function changedFiles(
  world: World,
  repository: GithubRepository,
  base: string,
  head: string,
): Promise<ChangedFile[]> {
  const diff = (format: string[]) =>
    readDiff(world, repository, base, head, format);
  const [names, numbers, patches] = await Promise.all([
    changedNames(world, repository, base, head),
    diff(['--numstat', '-z']),
    diff(['--patch']),
  ]);

  const numberFields = numbers.split('\0').filter(Boolean);
  const bodies = patches
    .split(/^(?=diff --git )/m)
    .filter(Boolean)
    .map(section => {
      const start = section.search(/^@@ /m);
      return start < 0 ? undefined : section.slice(start).trimEnd();
    });
  let numberAt = 0;
  return names.map(({ previous_filename, ...name }, index) => {
    const [added, deleted] = numberFields[numberAt].split('\t');
    const additions = Number(added) || 0;
    const deletions = Number(deleted) || 0;
    numberAt += previous_filename === undefined ? 1 : 3;
    return {
      ...name,
      additions,
      deletions,
      changes: additions + deletions,
      patch: bodies[index],
      ...(previous_filename !== undefined && { previous_filename }),
    };
  });
}

/** The same without patches and counts: one process of git instead of three. */
export async function changedNames(
  world: World,
  repository: GithubRepository,
  base: string,
  head: string,
): Promise<ChangedName[]> {
  const format = ['--raw', '-z', '--abbrev=40'];
  const raw = await readDiff(world, repository, base, head, format);
  const fields = raw.split('\0').filter(Boolean);
  const names: ChangedName[] = [];
  for (let at = 0; at < fields.length; ) {
    const [, , before, after, letter] = fields[at].split(' ');
    const renamed = letter.startsWith('R');
    const status = STATUS[letter[0]] ?? 'changed';
    names.push({
      sha: status === 'removed' ? before : after,
      filename: fields[at + (renamed ? 2 : 1)],
      status,
      ...(renamed ? { previous_filename: fields[at + 1] } : {}),
    });
    at += renamed ? 3 : 2;
  }
  return names;
}

async function readDiff(
  world: World,
  repository: GithubRepository,
  base: string,
  head: string,
  format: string[],
): Promise<string> {
  const out = await world.git.run(repository.fullName, [
    'diff',
    '--no-color',
    '--no-ext-diff',
    '-M',
    ...format,
    base,
    head,
  ]);
  return out.toString('utf8');
}

async function readOrUndefined(
  reading: Promise<Buffer>,
): Promise<Buffer | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== null) {
      return undefined;
    }
    throw error;
  }
}
