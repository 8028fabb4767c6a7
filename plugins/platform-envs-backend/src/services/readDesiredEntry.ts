import { Release } from '@fairway/plugin-platform-envs-common';
import { GitCommit, GitFile } from '@fairway/plugin-platform-envs-node';
import { OverlayTarget, readOverlay, readReplicas } from '../overlay';

/** What one file of a GitOps repository says. */
export interface DesiredEntry {
  path: string;
  blobSha: string;
  /** Absent when nothing was released yet, and when there is a problem. */
  release?: Release;
  /** How many copies it asks for; absent where it leaves that to its base. */
  replicas?: number;
  /** Why the file cannot be understood, with file and line. */
  problem?: string;
  /** The last commit that touched it. */
  change?: {
    commit: string;
    author: string;
    committedAt: string;
    message: string;
  };
}

/** How pipelines that write the desired state name the commit they have built. */
const SOURCE_COMMIT =
  /^(?:source-commit|source-revision):[ \t]*(?:\S+@)?([0-9a-f]{40})[ \t]*$/im;

/** What a file says, or why it cannot be understood. */
export function readDesiredEntry(
  file: GitFile,
  target: OverlayTarget,
): DesiredEntry {
  return withoutSlices(readFile(file, target));
}

/**
 * The same in strings of its own. A piece of a longer string holds on to the whole of
 * it: two thousand services would keep the texts of all of their overlays.
 */
function withoutSlices<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function readFile(file: GitFile, target: OverlayTarget): DesiredEntry {
  const base = { path: file.path, blobSha: file.blobSha };
  if (file.content === undefined) {
    return {
      ...base,
      problem: `${file.path} has ${file.sizeBytes} bytes, which is too large for an overlay.`,
    };
  }
  const overlay = { path: file.path, content: file.content };
  try {
    const release = readOverlay(overlay, target);
    const replicas = readReplicas(overlay, target);
    return {
      ...base,
      ...(release && { release }),
      ...(replicas !== undefined && { replicas }),
    };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...base, problem };
  }
}

/**
 * Adds the last commit of an entry's file. Where that commit says in a trailer
 * from which commit of the application it comes (`Source-Commit: <sha>`), that
 * is the revision of the release.
 */
export function addLastChange(entry: DesiredEntry, commit: GitCommit): void {
  entry.change = withoutSlices({
    commit: commit.sha,
    author: commit.author.name,
    committedAt: commit.committedAt,
    message: commit.subject,
  });
  const [, revision] = SOURCE_COMMIT.exec(commit.body) ?? [];
  if (revision && entry.release) {
    entry.release = withoutSlices({ ...entry.release, revision });
  }
}
