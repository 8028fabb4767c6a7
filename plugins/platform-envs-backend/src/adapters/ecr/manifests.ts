import { ServiceUnavailableError } from '@backstage/errors';
import { z } from 'zod';

/** What may be answered: images and indexes, of OCI and of Docker. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

const texts = z.record(z.string(), z.string()).nullish();

const manifestSchema = z.looseObject({
  annotations: texts,
  config: z.looseObject({ digest: z.string() }).optional(),
  manifests: z
    .array(
      z.looseObject({
        digest: z.string(),
        platform: z
          .looseObject({ os: z.string(), architecture: z.string() })
          .nullish(),
      }),
    )
    .optional(),
});

const configSchema = z.looseObject({
  config: z.looseObject({ Labels: texts }).nullish(),
});

/** A manifest or index, as far as it is read. */
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws ServiceUnavailableError - it is no manifest. */
export function parseManifest(text: string): Manifest {
  return parse(manifestSchema, text, 'manifest');
}

/** The labels in an image's configuration. @throws ServiceUnavailableError - it is none. */
export function parseConfig(text: string): Record<string, string> {
  return parse(configSchema, text, 'configuration').config?.Labels ?? {};
}

/**
 * Digest of one image of an index; undefined for the manifest of an image. All
 * are built from the same commit, so any will do; attestations, which say that
 * they are for no platform, are not images.
 */
export function chooseImage({ manifests }: Manifest): string | undefined {
  const images = manifests?.filter(m => m.platform?.os !== 'unknown');
  return images?.[0]?.digest;
}

function parse<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new ServiceUnavailableError(`its ${what} cannot be understood`);
  }
}
