import type { ImageRegistry } from '../ImageRegistry';
import { manifestOf, readManifest } from './manifests';
import { playedImage } from './playedImage';
import { RegistryRef } from './types';

/**
 * A layer of a repository: one that was pushed, or that an image names.
 * Undefined when it is not there; size in bytes.
 *
 * @throws AwsError - RepositoryNotFoundException
 */
export function findLayer(
  store: ImageRegistry,
  registry: RegistryRef,
  name: string,
  digest: string,
): { size: number; mediaType?: string } | undefined {
  for (const image of store.listImages(registry, name)) {
    const manifest = manifestOf(image);
    const part =
      manifest &&
      readManifest(manifest, image.mediaType).parts.find(
        candidate => candidate.digest === digest,
      );
    if (part) {
      return part;
    }
  }
  const size = store.layers.sizeOf(registry, name, digest);
  return size === undefined ? undefined : { size };
}

/**
 * The bytes of a layer or configuration; undefined for the layers of images
 * that CI is said to have built, which have none.
 */
export function readLayer(
  store: ImageRegistry,
  registry: RegistryRef,
  name: string,
  digest: string,
): Buffer | undefined {
  if (store.layers.sizeOf(registry, name, digest) !== undefined) {
    return store.layers.read(digest);
  }
  for (const { content } of store.listImages(registry, name)) {
    if (content !== undefined) {
      const { config, manifest } = playedImage(content);
      if (JSON.parse(manifest).config.digest === digest) {
        return Buffer.from(config);
      }
    }
  }
  return undefined;
}
