/** An image that a registry holds. @public */
export interface StoredImage {
  /** `sha256:…`. */
  digest: string;
  /** Never empty. */
  tags: string[];
  /** ISO 8601 UTC. */
  pushedAt: string;
}

/** A copy of an image in another region or account. @public */
export interface ImageReplica {
  region: string;
  accountId: string;
  state: 'copying' | 'copied' | 'failed';
  /** Of a failed one, in the registry's words. */
  reason?: string;
}

/**
 * What a registry holds, and where it copies it to.
 *
 * All of them:
 * - @throws NotFoundError - the registry has no such repository or image.
 * - @throws NotAllowedError - we may not read it.
 * - @throws ServiceUnavailableError - it cannot be reached or throttles us.
 *   Trying again may help.
 *
 * @public
 */
export interface ImageRegistrySource {
  /** Whether an image (repository without tag or digest) is kept in a registry that can be asked. */
  handles(image: string): boolean;
  /** The image with a tag that was pushed last; signatures and attestations do not count. Undefined when there is none. */
  newestImage(image: string): Promise<StoredImage | undefined>;
  /** Copies that the registry makes of an image, by region; empty where it makes none. */
  listReplicas(image: string, digest: string): Promise<ImageReplica[]>;
}
