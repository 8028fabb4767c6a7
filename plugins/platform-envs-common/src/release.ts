/**
 * The fixed thing that is promoted: an image by digest, and the Git revision
 * that it was built from.
 *
 * @public
 */
export interface Release {
  /** Image repository without tag or digest. */
  image: string;
  /** The tag that people read as the version, e.g. `1.8.2`. */
  version?: string;
  /** `sha256:` and 64 hex digits. Absent when the overlay pins only a tag. */
  digest?: string;
  /** Commit of the application's repository, where the image says so. */
  revision?: string;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads a container image reference (`repository[:tag][@digest]`).
 *
 * @throws Error - the digest is not `sha256:` and 64 hex digits.
 * @see https://github.com/distribution/reference/blob/main/reference.go
 * @public
 */
export function parseImageReference(reference: string): Release {
  const [named, digest] = reference.split('@', 2);
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw new Error(
      `Image "${reference}" has the digest "${digest}", which is not sha256: and 64 hex digits`,
    );
  }
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    image: hasTag ? named.slice(0, colon) : named,
    ...(hasTag && { version: named.slice(colon + 1) }),
    ...(digest && { digest }),
  };
}

/** Whether two releases are the same image, by digest; undefined when that cannot be told. @public */
export function isSameRelease(a: Release, b: Release): boolean | undefined {
  if (!a.digest || !b.digest) return undefined;
  return a.digest === b.digest;
}
