import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitRunner } from './gitPlumbing';
import { GitCommitInfo, GitRef } from './types';

/** Which commits of a history are read. */
export interface LogOptions {
  /** Only those that touch this file or folder. */
  path?: string;
  /** 100 unless told. */
  limit?: number;
  skip?: number;
  since?: Date;
  until?: Date;
  /** Only those that this commit does not lead to. */
  not?: string;
}

/** Commits that a commit leads to, itself included, newest first. */
export async function readLog(
  run: GitRunner,
  sha: string,
  options: LogOptions,
): Promise<GitCommitInfo[]> {
  const out = await run([
    'log',
    '-z',
    `--max-count=${options.limit ?? 100}`,
    `--skip=${options.skip ?? 0}`,
    ...(options.since ? [`--since=${options.since.toISOString()}`] : []),
    ...(options.until ? [`--until=${options.until.toISOString()}`] : []),
    '--format=%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%T%x1f%B',
    sha,
    ...(options.not ? [`^${options.not}`] : []),
    ...(options.path
      ? ['--', `:(literal)${options.path.replace(/^\/+/, '')}`]
      : []),
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

/** All refs of a repository, by full name. */
export async function readRefs(run: GitRunner): Promise<Map<string, GitRef>> {
  const out = await run([
    'for-each-ref',
    '--format=%(refname) %(objectname) %(objecttype) %(*objectname)',
  ]);
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

/** Writes the files of a commit below a folder. */
export async function checkoutTree(
  run: GitRunner,
  sha: string,
  targetFolder: string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-index-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    mkdirSync(targetFolder, { recursive: true });
    await run(['read-tree', sha], { env });
    await run(
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
