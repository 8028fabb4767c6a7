import { createHash } from 'node:crypto';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

const LAYERS = 3;

const COMMIT = /^[0-9a-f]{40}$/;

/** One part of an image as a manifest names it. */
export interface ImagePart {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
}

/** An image that nobody ever built, though everything about it can be asked. */
export interface PlayedImage {
  /** Of the manifest. */
  digest: string;
  manifest: string;
  /** The configuration, which the manifest names by its digest. */
  config: string;
  /** Sum of all layers, between 20 and 120 MB. */
  sizeBytes: number;
}

/** `sha256:` and the digest of a text or of bytes, in hexadecimal. */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/**
 * The image of a build: configuration, layers and manifest, always the same for
 * the same words. The bytes of its layers do not exist.
 *
 * One that was built from a commit says so in the label that pipelines set
 * (`org.opencontainers.image.revision`); one of before CI set it does not.
 *
 * @param content - what was built, such as `sample-backend:1.8.0`, or
 * `sample-backend:` and the 40 hex digits of the commit that it was built from
 * @see https://github.com/opencontainers/image-spec/blob/main/annotations.md
 */
export function playedImage(content: string): PlayedImage {
  const layers = Array.from({ length: LAYERS }, (_, index): ImagePart => {
    const seed = createHash('sha256').update(`${content}/${index}`).digest();
    return {
      mediaType: OCI_LAYER,
      digest: `sha256:${seed.toString('hex')}`,
      size: Math.round((20_000_000 + (seed.readUInt32BE(0) % 1e8)) / LAYERS),
    };
  });
  const [title, source] = content.split(':');
  const config = JSON.stringify({
    architecture: 'arm64',
    os: 'linux',
    config: {
      User: '65532',
      Labels: {
        'org.opencontainers.image.title': title,
        ...(COMMIT.test(source) && {
          'org.opencontainers.image.revision': source,
        }),
      },
    },
    rootfs: {
      type: 'layers',
      diff_ids: layers.map(({ digest }) => digestOf(`unpacked ${digest}`)),
    },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: {
      mediaType: OCI_CONFIG,
      digest: digestOf(config),
      size: Buffer.byteLength(config),
    },
    layers,
  });
  return {
    digest: digestOf(manifest),
    manifest,
    config,
    sizeBytes: layers.reduce((sum, { size }) => sum + size, 0),
  };
}
