import { StoredImage } from '../../types';
import { AwsError } from '../AwsError';
import { checkDigest, checkTag, isImmutable } from './imageRules';
import { ImagePush, RegistryImage, Repository } from './types';

/**
 * Whether an image may have its names in a repository.
 *
 * @param images - those of the repository, by digest
 * @throws AwsError - InvalidParameterException; ImageTagAlreadyExistsException
 *   when a tag of an immutable repository would move.
 */
export function checkNewNames(
  image: Pick<StoredImage, 'digest' | 'tags'>,
  repository: Repository,
  images: Map<string, RegistryImage>,
): void {
  checkDigest(image.digest);
  for (const tag of image.tags) {
    checkTag(tag);
    const holder = [...images.values()].find(({ tags }) => tags.includes(tag));
    if (
      holder &&
      holder.digest !== image.digest &&
      isImmutable(repository, tag)
    ) {
      throw new AwsError(
        'ImageTagAlreadyExistsException',
        `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable.`,
      );
    }
  }
}

/** Puts an image among those of a repository and takes its tags from those that had them. */
export function shelve(
  image: ImagePush,
  facts: Pick<StoredImage, 'pushedAt' | 'sizeBytes'>,
  images: Map<string, RegistryImage>,
): RegistryImage {
  for (const other of images.values()) {
    if (other.digest !== image.digest) {
      other.tags = other.tags.filter(tag => !image.tags.includes(tag));
    }
  }
  const known = images.get(image.digest);
  const stored: RegistryImage = {
    accountId: image.accountId,
    region: image.region,
    repository: image.repository,
    digest: image.digest,
    tags: [...new Set([...(known?.tags ?? []), ...image.tags])],
    pushedAt: facts.pushedAt,
    sizeBytes: facts.sizeBytes,
    content: image.content ?? known?.content,
    manifest: image.manifest ?? known?.manifest,
    mediaType: image.mediaType ?? known?.mediaType,
    artifactType: image.artifactType ?? known?.artifactType,
    subject: image.subject ?? known?.subject,
    replications: known?.replications ?? [],
    scanStartedAt: known?.scanStartedAt,
    lastPulledAt: known?.lastPulledAt,
  };
  images.set(image.digest, stored);
  return stored;
}
