import { GitChange, GitCommit } from '@fairway/plugin-platform-envs-node';
import { GitOutput } from './runGit';

/** An object as `ls-tree -l` lists it. */
export interface TreeEntry {
  mode: string;
  blobSha: string;
  sizeBytes: number;
  path: string;
}

/** What `git log -z` is asked to print of a commit, for {@link parseCommits}. */
export const COMMIT_FORMAT = ['%H', '%an', '%ae', '%cI', '%s', '%b'].join(
  '%x1f',
);

/** What a command printed, without the line end. */
export function textOf(output: GitOutput): string {
  return output.stdout.toString('utf8').trim();
}

/** The commits of `git log -z --format=COMMIT_FORMAT`, in the order printed. */
export function parseCommits({ stdout }: GitOutput): GitCommit[] {
  return stdout.toString('utf8').split('\0').filter(Boolean).map(parseCommit);
}

/** A commit, and what became of the files that it changed. */
export interface CommitChanges {
  commit: GitCommit;
  files: Array<{ path: string; blobSha: string }>;
}

/**
 * The commits of `git log -z -c --raw --no-abbrev --format=COMMIT_FORMAT`, in
 * the order printed. Of each changed file `:<modes> <blobs> <status>` and the
 * path; a merge has one mode and blob more for each parent, the last is its own.
 *
 * @see https://git-scm.com/docs/git-diff-tree#_raw_output_format
 */
export function parseChanges({ stdout }: GitOutput): CommitChanges[] {
  const parts = stdout.toString('utf8').split('\0');
  const found: CommitChanges[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at].replace(/^\n+/, '');
    if (part.startsWith(':')) {
      at += 1;
      const blobSha = part.split(' ').at(-2)!;
      found.at(-1)!.files.push({ path: parts[at], blobSha });
    } else if (part) {
      found.push({ commit: parseCommit(part), files: [] });
    }
  }
  return found;
}

/**
 * Commits by tag, of `git for-each-ref` lines that hold name, object, peeled
 * object and the types of both; tags of anything but a commit are left out.
 */
export function parseTags({ stdout }: GitOutput): Map<string, string> {
  const tags = new Map<string, string>();
  for (const line of stdout.toString('utf8').split('\n')) {
    const [name, object, peeled, type, peeledType] = line.split('\0');
    if (type === 'commit') tags.set(name, object);
    if (peeledType === 'commit') tags.set(name, peeled);
  }
  return tags;
}

/** The files of `git ls-tree -l -z`; symbolic links and submodules are left out. */
export function parseTree({ stdout }: GitOutput): TreeEntry[] {
  return stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map(parseTreeEntry)
    .filter(isRegularFile);
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

/** The blobs of `git cat-file --batch`: `<sha> blob <size>\n<content>\n`, repeated. */
export function parseBatch(stdout: Buffer): Map<string, string> {
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
