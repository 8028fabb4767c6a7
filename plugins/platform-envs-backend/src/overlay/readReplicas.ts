import { parse } from 'yaml';
import { z } from 'zod';
import { OverlayFile, OverlayTarget } from './overlay';

const kustomize = z.object({
  replicas: z.array(
    z.looseObject({
      name: z.string(),
      count: z.coerce.number().int().nonnegative(),
    }),
  ),
});

const tfvars = z.looseObject({ desired_count: z.number().int().nonnegative() });

/** The key `replicas` with everything that belongs to it, up to the next key. */
const REPLICAS = /^replicas:.*(?:\r?\n(?:[ \t-].*|[ \t]*(?=\r?\n|$)|#.*))*/m;

/**
 * How many copies a file asks for; undefined where it does not say, and where
 * what it says is no number of copies.
 *
 * - `kustomize`: the entry of the image's name below `replicas`.
 * - `tfvars`: the key `desired_count`.
 */
export function readReplicas(
  file: OverlayFile,
  target: OverlayTarget,
): number | undefined {
  try {
    if (target.format === 'tfvars') {
      return tfvars.parse(JSON.parse(file.content)).desired_count;
    }
    // a board has thousands of overlays, so only the part that matters is parsed
    const [part] = REPLICAS.exec(file.content) ?? [];
    return part === undefined
      ? undefined
      : kustomize
          .parse(parse(part))
          .replicas.find(({ name }) => name === target.imageName)?.count;
  } catch {
    return undefined;
  }
}
