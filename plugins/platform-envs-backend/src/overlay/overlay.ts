import { Release } from '@fairway/plugin-platform-envs-common';
import { parseDocument } from 'yaml';
import {
  LocatedScalar,
  locateImageEntry,
  locateJsonKeys,
} from './locateScalars';
import { OverlayError } from './OverlayError';

/** A file as it stands in the repository. */
export interface OverlayFile {
  path: string;
  content: string;
}

/**
 * Where a release stands in a file.
 *
 * - `kustomize`: the entry of that name below `images` of a kustomization.
 * - `tfvars`: the keys `image_repository`, `image_tag` and `image_digest` of a
 *   `.tfvars.json` file.
 */
export type OverlayTarget =
  | { format: 'kustomize'; imageName: string }
  | { format: 'tfvars' };

/** One line that changes. Texts are without line ending; `line` is 1-based. */
export interface OverlayLineChange {
  line: number;
  before: string;
  after: string;
}

/** The tag of an overlay to which nothing was released yet. */
export const UNRELEASED = 'unreleased';

const VERSION = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * What a file says should run; undefined when nothing was released there yet.
 *
 * @throws OverlayError (InputError) - it cannot be told without guessing.
 */
export function readOverlay(
  file: OverlayFile,
  target: OverlayTarget,
): Release | undefined {
  return target.format === 'kustomize'
    ? readKustomize(file, target.imageName)
    : readTfvars(file);
}

/**
 * The file with another release, and the lines that differ. Everything but the
 * values themselves stays as it is, byte for byte: comments, anchors, quoting,
 * order, line endings.
 *
 * @throws OverlayError (InputError) - it cannot be done without guessing.
 */
export function editOverlay(
  file: OverlayFile,
  target: OverlayTarget,
  release: Release,
): { content: string; changes: OverlayLineChange[] } {
  checkRelease(file.path, release);
  const edits =
    target.format === 'kustomize'
      ? kustomizeEdits(file, target.imageName, release)
      : tfvarsEdits(file, release);
  // From the end, so that earlier offsets stay right.
  const content = [...edits]
    .sort((a, b) => b.scalar.start - a.scalar.start)
    .reduce(
      (text, { scalar, value }) =>
        text.slice(0, scalar.start) +
        write(value, scalar.quote) +
        text.slice(scalar.end),
      file.content,
    );
  const [oldLines, newLines] = [splitLines(file.content), splitLines(content)];
  const changes = oldLines.flatMap((before, index) =>
    before === newLines[index]
      ? []
      : [{ line: index + 1, before, after: newLines[index] }],
  );
  return { content, changes };
}

type Edit = { scalar: LocatedScalar; value: string };

function kustomizeEdits(
  file: OverlayFile,
  imageName: string,
  release: Release,
): Edit[] {
  const entry = locateImageEntry(file, imageName);
  const { tag, digest } = tagAndDigest(file, entry, imageName);
  if (digest) {
    if (!release.digest) {
      throw new OverlayError(
        file.path,
        digest.line,
        'pins a digest, but the release has none.',
      );
    }
    return [{ scalar: digest, value: release.digest }];
  }
  const value = [release.version, release.digest].filter(Boolean).join('@');
  if (!release.version) {
    throw new OverlayError(
      file.path,
      tag!.line,
      'takes a tag, but the release has only a digest.',
    );
  }
  return [{ scalar: tag!, value }];
}

function readKustomize(
  file: OverlayFile,
  imageName: string,
): Release | undefined {
  const entry = locateImageEntry(file, imageName);
  const { tag, digest } = tagAndDigest(file, entry, imageName);
  const image = entry.get('newName')?.value ?? imageName;
  if (digest) return { image, digest: checkedDigest(file, digest) };
  if (tag!.value === UNRELEASED) return undefined;
  const [version, pinned] = tag!.value.split('@', 2);
  return {
    image,
    version,
    ...(pinned !== undefined && {
      digest: checkedDigest(file, { ...tag!, value: pinned }),
    }),
  };
}

function tagAndDigest(
  file: OverlayFile,
  entry: Map<string, LocatedScalar>,
  imageName: string,
) {
  const tag = entry.get('newTag');
  const digest = entry.get('digest');
  if (tag && digest) {
    throw new OverlayError(
      file.path,
      digest.line,
      `the image "${imageName}" has both newTag and digest. Keep newTag as "version@sha256:…".`,
    );
  }
  if (!tag && !digest) {
    throw new OverlayError(
      file.path,
      entry.values().next().value?.line,
      `the image "${imageName}" has no newTag.`,
    );
  }
  return { tag, digest };
}

function tfvarsEdits(file: OverlayFile, release: Release): Edit[] {
  const { tag, digest } = tfvarsKeys(file, locateJsonKeys(file));
  if (!release.version || !release.digest) {
    throw new OverlayError(
      file.path,
      tag.line,
      'takes a tag and a digest; the release does not have both.',
    );
  }
  return [
    { scalar: tag, value: release.version },
    { scalar: digest, value: release.digest },
  ].filter(edit => edit.scalar.value !== edit.value);
}

function readTfvars(file: OverlayFile): Release | undefined {
  const keys = locateJsonKeys(file);
  const { tag, digest } = tfvarsKeys(file, keys);
  if (tag.value === UNRELEASED) return undefined;
  const image = keys.get('image_repository')?.value;
  if (!image) {
    throw new OverlayError(file.path, undefined, 'has no "image_repository".');
  }
  return {
    image,
    version: tag.value,
    ...(digest.value && { digest: checkedDigest(file, digest) }),
  };
}

function tfvarsKeys(file: OverlayFile, keys: Map<string, LocatedScalar>) {
  const require = (key: string) => {
    const scalar = keys.get(key);
    if (scalar?.quote !== 'double') {
      throw new OverlayError(
        file.path,
        scalar?.line,
        `"${key}" must be there and be a string.`,
      );
    }
    return scalar;
  };
  return { tag: require('image_tag'), digest: require('image_digest') };
}

function checkedDigest(file: OverlayFile, scalar: LocatedScalar): string {
  if (!DIGEST.test(scalar.value)) {
    throw new OverlayError(
      file.path,
      scalar.line,
      `"${scalar.value}" is not a digest (sha256: and 64 hex digits).`,
    );
  }
  return scalar.value;
}

function checkRelease(path: string, release: Release) {
  if (release.version !== undefined && !VERSION.test(release.version)) {
    throw new OverlayError(
      path,
      undefined,
      `"${release.version}" is not an image tag.`,
    );
  }
  if (release.digest !== undefined && !DIGEST.test(release.digest)) {
    throw new OverlayError(
      path,
      undefined,
      `"${release.digest}" is not a digest (sha256: and 64 hex digits).`,
    );
  }
}

function write(value: string, quote: LocatedScalar['quote']): string {
  if (quote === 'single') return `'${value}'`;
  if (quote === 'double') return `"${value}"`;
  return isPlainString(value) ? value : `"${value}"`;
}

/** Whether an unquoted value is a string under YAML 1.1 and 1.2 alike. */
function isPlainString(value: string): boolean {
  return (['1.1', '1.2'] as const).every(version => {
    const document = parseDocument(`[ ${value} ]`, { version });
    if (document.errors.length > 0) return false;
    const parsed = document.toJS();
    return Array.isArray(parsed) && parsed.length === 1 && parsed[0] === value;
  });
}

function splitLines(content: string): string[] {
  return content.split(/\r\n|\n|\r/);
}
