import { StoredImage } from '../../types';
import type { ImageRegistry } from '../ImageRegistry';
import { manifestOf, mediaTypeOf } from './manifests';
import { SIGNATURE_TYPE, signatureOf } from './signatures';
import { repositoryUri } from './types';

/**
 * Puts the CI's signature of an image beside it, as an artifact that refers to
 * it.
 *
 * @param at - the moment to pretend; then nothing is replicated
 * @throws Error - nobody told what the image is made of.
 */
export function signImage(
  registry: ImageRegistry,
  image: StoredImage,
  at?: Date,
): void {
  const { accountId, region, repository, digest } = image;
  const known = registry.getImage(image, repository, { digest });
  const manifest = manifestOf(known);
  if (manifest === undefined) {
    throw new Error(`the content of ${digest} is not known`);
  }
  const signature = signatureOf(repositoryUri(image, repository), {
    mediaType: mediaTypeOf(known),
    digest,
    size: Buffer.byteLength(manifest),
  });
  const artifact = {
    accountId,
    region,
    repository,
    digest: signature.digest,
    tags: [],
    manifest: signature.manifest,
    artifactType: SIGNATURE_TYPE,
    subject: digest,
    sizeBytes: signature.sizeBytes,
  };
  for (const blob of Object.values(signature.blobs)) {
    registry.layers.add(image, repository, Buffer.from(blob));
  }
  if (at) {
    registry.place({ ...artifact, pushedAt: at });
  } else {
    registry.push(artifact);
  }
}
