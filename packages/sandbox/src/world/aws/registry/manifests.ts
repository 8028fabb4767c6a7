import { AwsError } from '../AwsError';
import { ImagePart, OCI_MANIFEST, playedImage } from './playedImage';
import { RegistryImage } from './types';

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** What a registry reads in a manifest. */
export interface ReadManifest {
  mediaType: string;
  artifactType: string | undefined;
  /** Configuration and layers; empty for an index. */
  parts: ImagePart[];
  /** Digests of the images of an index. */
  images: string[];
  subject: string | undefined;
  /** Sum of the layers, bytes. */
  sizeBytes: number;
}

function refuse(reason: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: '${reason}'`,
  );
}

/**
 * Reads an image manifest or index, of Docker or OCI.
 *
 * @param given - media type that came with the call; the manifest's own must agree
 * @throws AwsError - InvalidParameterException
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export function readManifest(
  text: string,
  given: string | undefined,
): ReadManifest {
  let manifest: any;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw refuse('Invalid JSON syntax');
  }
  if (manifest?.schemaVersion !== 2) {
    throw refuse('Unsupported manifest schema version');
  }
  const mediaType =
    manifest.mediaType ??
    given ??
    (Array.isArray(manifest.manifests) ? INDEX_TYPES[0] : OCI_MANIFEST);
  if (given && manifest.mediaType && given !== manifest.mediaType) {
    throw refuse(
      `manifest mediaType in body does not match the imageManifestMediaType`,
    );
  }
  const subject = manifest.subject?.digest;
  if (INDEX_TYPES.includes(mediaType)) {
    if (!Array.isArray(manifest.manifests)) {
      throw refuse('manifests must be a list');
    }
    return {
      mediaType,
      artifactType: manifest.artifactType,
      parts: [],
      images: manifest.manifests.map((part: ImagePart) => part.digest),
      subject,
      sizeBytes: Buffer.byteLength(text),
    };
  }
  if (![OCI_MANIFEST, DOCKER_MANIFEST].includes(mediaType)) {
    throw refuse(`Unsupported media type ${mediaType}`);
  }
  const layers: ImagePart[] = manifest.layers;
  if (
    !manifest.config?.digest ||
    !Array.isArray(layers) ||
    layers.some(({ digest }) => typeof digest !== 'string')
  ) {
    throw refuse('config and layers are required');
  }
  return {
    mediaType,
    artifactType: manifest.artifactType ?? manifest.config.mediaType,
    parts: [manifest.config, ...layers],
    images: [],
    subject,
    sizeBytes: layers.reduce((sum, { size }) => sum + (Number(size) || 0), 0),
  };
}

/** The manifest of an image; undefined for one whose content nobody told. */
export function manifestOf(image: RegistryImage): string | undefined {
  return (
    image.manifest ??
    (image.content === undefined
      ? undefined
      : playedImage(image.content).manifest)
  );
}

/** Media type of an image's manifest. */
export function mediaTypeOf(image: RegistryImage): string {
  return image.mediaType ?? OCI_MANIFEST;
}
