import { World } from '../../types';
import type { ImageRegistry } from '../ImageRegistry';
import { expiredImages } from './lifecyclePolicy';

// ECR expires images within 24 hours; here it looks every hour.
const EXPIRY_MS = 60 * 60 * 1000;

/** Lets lifecycle policies remove images, from now on. */
export function startImageExpiry(
  registry: ImageRegistry,
  world: Pick<World, 'clock' | 'schedule'>,
): void {
  world.schedule(EXPIRY_MS, () => {
    startImageExpiry(registry, world);
    const now = world.clock.now();
    for (const repository of registry.repositories.all()) {
      const { name, lifecyclePolicy } = repository;
      if (lifecyclePolicy) {
        expiredImages(
          lifecyclePolicy,
          registry.listImages(repository, name),
          now,
        ).forEach(({ image }) =>
          registry.removeImage(repository, name, image.digest),
        );
      }
    }
  });
}
