import { LoggerService } from '@backstage/backend-plugin-api';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { GitFile, GitHost } from '@fairway/plugin-platform-envs-node';
import { folderOf, targetOf } from './desiredFiles';
import type { RepositoryState } from './DesiredState';
import {
  addLastChange,
  DesiredEntry,
  readDesiredEntry,
} from './readDesiredEntry';

/** A branch went from a commit to one that has it in its history. Full SHAs. */
export interface BranchMove {
  before: string;
  after: string;
}

type Entries = Record<string, DesiredEntry>;

/**
 * Where a branch is, with its objects here. The host is not asked where, if the
 * branch is known to have moved on from where it was known to be.
 */
export async function readHead(
  gitHost: GitHost,
  { repository, branch, head: known }: RepositoryState,
  move?: BranchMove,
): Promise<{
  head: string;
  /** It has what was known before in its history. */
  isNext: boolean;
}> {
  if (gitHost.follow && move && move.before === known) {
    try {
      await gitHost.follow(repository, branch, move.after);
      return { head: move.after, isNext: true };
    } catch {
      // whatever it was, the question meets it too, and says so
    }
  }
  return { head: await gitHost.head(repository, branch), isNext: false };
}

/** What the files of environments say at a commit. */
export async function readEntries(
  gitHost: GitHost,
  known: RepositoryState,
  at: { head: string; isNext: boolean; environments: EnvironmentSummary[] },
): Promise<{
  entries: Entries;
  /** Those whose last commit is to be found. */
  changed: DesiredEntry[];
}> {
  const { repository, branch, changesAt } = known;
  const { head, isNext } = at;
  const environments = at.environments.filter(
    e => e.gitops?.repository === repository && e.gitops.branch === branch,
  );
  const folders = [...new Set(environments.map(folderOf))];
  // each of these is a process or more: somebody waits for all of them
  const [isOneHistory, ...found] = await Promise.all([
    // after history was rewritten the same file has another last commit
    (isNext && changesAt === known.head) ||
      (changesAt !== undefined &&
        gitHost.isAncestor(repository, changesAt, head)),
    ...folders.map(folder => gitHost.readFiles(repository, head, { folder })),
  ]);
  const files = new Map<string, GitFile>(found.flatMap(one => [...one]));
  const entries: Entries = {};
  const changed: DesiredEntry[] = [];
  for (const file of files.values()) {
    const target = targetOf(file.path, environments);
    if (!target) continue;
    const before = known.entries[file.path];
    if (isOneHistory && before?.blobSha === file.blobSha && before.change) {
      entries[file.path] = before;
    } else {
      entries[file.path] = readDesiredEntry(file, target);
      changed.push(entries[file.path]);
    }
  }
  return { entries, changed };
}

/** Who changed the files last, by path. That this is missing does not make the release unknown. */
export async function withLastChanges(
  gitHost: GitHost,
  entries: DesiredEntry[],
  at: { repository: string; head: string; logger: LoggerService },
): Promise<Entries> {
  const { repository, head, logger } = at;
  const complete: Entries = {};
  for (const entry of entries) complete[entry.path] = { ...entry };
  try {
    const commits = await gitHost.lastChanges(repository, head, entries);
    for (const [path, commit] of commits) {
      addLastChange(complete[path], commit);
    }
  } catch (error) {
    logger.debug('The last commits of files are not known', {
      repository,
      reason: String(error),
    });
  }
  return complete;
}
