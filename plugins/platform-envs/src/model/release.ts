import {
  OverviewCell,
  Reading,
  Release,
} from '@fairway/plugin-platform-envs-common';

/** The tag in GitOps of a component that was never released to an environment. */
const UNRELEASED = 'unreleased';

/** A digest short enough to read aloud, e.g. `9f2c81d0a7be`. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** The name of a Git author, without the address. */
export function authorName(author: string): string {
  return author.replace(/\s*<[^>]*>\s*$/, '') || author;
}

/** A Git revision as people write it. */
export function shortRevision(revision: string): string {
  return revision.slice(0, 7);
}

/** What to call a release: its version, else its digest; undefined when nothing was ever released. */
export function releaseName(release?: Release): string | undefined {
  if (!release || release.version === UNRELEASED) return undefined;
  return (
    release.version ??
    (release.digest ? shortDigest(release.digest) : undefined)
  );
}

/** The name of the release in a reading, or undefined when it cannot be had. */
export function readingName(reading: Reading<Release>): string | undefined {
  return reading.status === 'ok' ? releaseName(reading.value) : undefined;
}

/** What to call what stands in a cell of a grid; undefined when nothing does, or it cannot be had. */
export function cellVersion(
  cell: Pick<OverviewCell, 'version' | 'digest'>,
): string | undefined {
  return cell.version === UNRELEASED ? undefined : cell.version ?? cell.digest;
}
