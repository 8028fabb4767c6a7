import { playedImage } from './aws/registry/playedImage';
import { campaign } from './platforms/campaign';
import { cornjacket } from './platforms/cornjacket';
import { mobilytics } from './platforms/mobilytics';
import { sample } from './platforms/sample';
import { SeedPlatform } from './platforms/types';

export type {
  SeedDatabase,
  SeedEnvironment,
  SeedPlatform,
  SeedService,
} from './platforms/types';

/**
 * The four platforms, in the order of the catalog. Everything the sandbox seeds
 * (repositories, registries, clusters, databases, cost) follows from them.
 */
export const PLATFORMS: SeedPlatform[] = [
  sample,
  campaign,
  cornjacket,
  mobilytics,
];

/** The digest of a seeded image: the same for a name and version everywhere. */
export function seedDigest(name: string, version: string): string {
  return playedImage(`${name}:${version}`).digest;
}

/** Image repository URI as overlays name it. */
export function imageUri(platform: SeedPlatform, name: string): string {
  const region = platform.environments.flatMap(e => e.regions)[0];
  return `${platform.sharedAccountId}.dkr.ecr.${region}.amazonaws.com/${name}`;
}
