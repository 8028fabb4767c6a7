import { ImageStore } from '../types';
import { pullImage } from './imageReference';
import { RolloutRevision } from './pods';
import { templateImages } from './workloads';

/** What the kubelets of a cluster find in the registries, and what a scenario keeps from them. */
export class ImagePuller {
  /** Image repositories that a scenario took away, as in `sample-backend`. */
  private readonly hidden = new Set<string>();

  constructor(private readonly images: ImageStore) {}

  /** Lets the images of a repository no longer be found, in whatever registry. */
  hide(repository: string): void {
    this.hidden.add(repository);
  }

  /** Gives back everything that was hidden. */
  showAll(): void {
    this.hidden.clear();
  }

  /** Notes the digests of the images that are found; true when all are. */
  pull(revision: RolloutRevision, at: Date): boolean {
    const images = templateImages(revision.template);
    for (const image of images) {
      const digest = this.isHidden(image)
        ? undefined
        : pullImage(this.images, image);
      if (digest) {
        revision.digests[image] = digest;
      }
    }
    if (images.every(image => revision.digests[image])) {
      revision.pulledAt = at.toISOString();
      return true;
    }
    return false;
  }

  private isHidden(image: string): boolean {
    return [...this.hidden].some(repository =>
      new RegExp(`(^|/)${escapeRegExp(repository)}([:@]|$)`).test(image),
    );
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
