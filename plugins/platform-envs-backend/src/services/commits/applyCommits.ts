import {
  Behind,
  DeliveryCell,
  Release,
  SourceCommit,
} from '@fairway/plugin-platform-envs-common';
import { ComponentSource } from './sourceOf';

/** The commit that a release was built from, or why that cannot be told. */
export type KnownRevision = { revision: string } | { reason: string };

/** What two commits of one source do not have in common, or why that cannot be told. */
export type KnownDifference =
  | {
      /** Commits of the second that the first lacks, newest first, at most 50. */
      missing: SourceCommit[];
      totals: { missing: number; extra: number };
    }
  | { reason: string };

/** What has been found out about releases so far; undefined is what has not. */
export interface KnownCommits {
  /** Grows whenever something was found out. */
  readonly version: number;
  /** Repositories about which something was found out since that version. */
  changedSince(version: number): string[];
  revisionOf(
    source: ComponentSource,
    release: Release,
  ): KnownRevision | undefined;
  differenceOf(
    source: ComponentSource,
    revision: string,
    other: string,
  ): KnownDifference | undefined;
}

/** Two releases that one wants to know the distance of. */
export interface CommitQuestion {
  source: ComponentSource;
  release: Release;
  /** What it is compared with; absent where there is nothing before it. */
  previous?: Release;
}

const NO_SOURCE =
  'its catalog entry names no repository (github.com/project-slug)';

/**
 * The cells of a component with the commit that each release was built from,
 * and by how many commits each is behind the one before it. Pure.
 */
export function applyCommits(
  cells: DeliveryCell[],
  source: ComponentSource | undefined,
  known: KnownCommits,
): DeliveryCell[] {
  return cells.map(cell => {
    const behind =
      cell.behind && countCommits(cell, cells, cell.behind, source, known);
    const desired = source && withRevision(cell.desired, source, known);
    if (!behind && !desired) return cell;
    return {
      ...cell,
      ...(desired && { desired }),
      ...(behind && { behind }),
    };
  });
}

/** What would have to be known for {@link applyCommits} to say everything. */
export function commitQuestions(
  cells: DeliveryCell[],
  source: ComponentSource | undefined,
): CommitQuestion[] {
  if (!source) return [];
  return cells.flatMap(({ desired, behind }) => {
    if (desired.status !== 'ok') return [];
    const previous = behind && releaseIn(cells, behind.environmentRef);
    return [{ source, release: desired.value, ...(previous && { previous }) }];
  });
}

/** The commits that a cell lacks of the one before it, as far as they are known. */
export function missingCommits(
  cells: DeliveryCell[],
  cell: DeliveryCell,
  source: ComponentSource | undefined,
  known: KnownCommits,
): SourceCommit[] | undefined {
  if (!source || !cell.behind) return undefined;
  const difference = differenceBetween(cell, cells, cell.behind, source, known);
  return difference && 'missing' in difference ? difference.missing : undefined;
}

function countCommits(
  cell: DeliveryCell,
  cells: DeliveryCell[],
  behind: Behind,
  source: ComponentSource | undefined,
  known: KnownCommits,
): Behind {
  if (behind.state === 'same' || cell.desired.status !== 'ok') return behind;
  if (!source) return { ...behind, reason: NO_SOURCE };
  const difference = differenceBetween(cell, cells, behind, source, known);
  if (!difference) return behind;
  if ('reason' in difference) return { ...behind, reason: difference.reason };
  const { missing: commits, extra: ahead } = difference.totals;
  if (commits && ahead) return { ...behind, state: 'diverged', commits, ahead };
  if (commits) return { ...behind, state: 'behind', commits };
  if (ahead) return { ...behind, state: 'ahead', ahead };
  return {
    ...behind,
    ...(behind.state === 'behind' && { commits }),
    ...(behind.state === 'ahead' && { ahead }),
    reason: 'both images were built from the same source',
  };
}

function differenceBetween(
  cell: DeliveryCell,
  cells: DeliveryCell[],
  { environmentRef }: Behind,
  source: ComponentSource,
  known: KnownCommits,
): KnownDifference | undefined {
  if (cell.desired.status !== 'ok') return undefined;
  const previous = releaseIn(cells, environmentRef);
  if (!previous) return undefined;
  const here = known.revisionOf(source, cell.desired.value);
  const there = known.revisionOf(source, previous);
  if (!here || !there) return undefined;
  if ('reason' in here) return here;
  if ('reason' in there) return there;
  return known.differenceOf(source, here.revision, there.revision);
}

function releaseIn(
  cells: DeliveryCell[],
  environmentRef: string,
): Release | undefined {
  const other = cells.find(c => c.environmentRef === environmentRef);
  return other?.desired.status === 'ok' ? other.desired.value : undefined;
}

function withRevision(
  desired: DeliveryCell['desired'],
  source: ComponentSource,
  known: KnownCommits,
): DeliveryCell['desired'] | undefined {
  if (desired.status !== 'ok') return undefined;
  const found = known.revisionOf(source, desired.value);
  if (!found || !('revision' in found)) return undefined;
  if (desired.value.revision === found.revision) return undefined;
  return {
    ...desired,
    value: { ...desired.value, revision: found.revision },
  };
}
