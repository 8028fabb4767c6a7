import { Release } from '@fairway/plugin-platform-envs-common';

/**
 * What images say of themselves, according to their registry.
 *
 * @public
 */
export interface ImageLabelSource {
  /** Whether an image (repository without tag or digest) is kept in a registry that can be asked. */
  handles(image: string): boolean;
  /**
   * Labels of an image's configuration, and annotations of its manifest where a
   * label of that name is missing; empty when it has none. Of an image for
   * several architectures, those of one of them. What an image with a digest
   * says never changes, so ask once.
   *
   * @throws NotFoundError - the registry has no such image.
   * @throws NotAllowedError - we may not read it.
   * @throws ServiceUnavailableError - the registry cannot be reached, throttles
   * us or answers nonsense. Trying again may help.
   */
  readLabels(release: Release): Promise<Record<string, string>>;
}
