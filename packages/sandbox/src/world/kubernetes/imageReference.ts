import { ImageStore } from '../types';

/** A container image reference, taken apart. */
export interface ImageReference {
  /** Repository with registry, as in `111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/sample-backend`. */
  repository: string;
  tag?: string;
  /** `sha256:<64 hex>` */
  digest?: string;
  /** Present when the registry is an ECR registry. */
  ecr?: { accountId: string; region: string; repository: string };
}

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/;

/** Takes `repo[:tag][@digest]` apart. */
export function parseImage(image: string): ImageReference {
  const [name, digest] = image.split('@');
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  const repository = colon < 0 ? name : name.slice(0, colon);
  const ecr = repository.match(ECR);
  return {
    repository,
    tag: colon < 0 ? undefined : name.slice(colon + 1),
    digest,
    ecr: ecr
      ? { accountId: ecr[1], region: ecr[2], repository: ecr[3] }
      : undefined,
  };
}

/**
 * Looks an image up as a kubelet does: by digest where there is one (the tag
 * is then ignored), else by tag, `latest` where there is none. Returns the
 * digest, or undefined when the registry has no such image. Images of other
 * registries than ECR are taken to exist.
 */
export function pullImage(
  images: ImageStore,
  image: string,
): string | undefined {
  const { ecr, tag, digest, repository } = parseImage(image);
  if (!ecr) {
    return digest ?? `sha256:${fingerprint(`${repository}:${tag}`)}`;
  }
  return images.find(
    digest ? { ...ecr, digest } : { ...ecr, tag: tag ?? 'latest' },
  )?.digest;
}

function fingerprint(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
}
