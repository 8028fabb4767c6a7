import { join } from 'node:path';
import { platformRegions } from './aws/accounts';
import { ImageRegistry } from './aws/ImageRegistry';
import { playedImage } from './aws/registry/playedImage';
import { signImage } from './aws/registry/signImage';
import { SeedPlatform, SeedService } from './platforms';
import { previousVersion, seedReleases } from './seed/releases';
import { World } from './types';

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDER_VERSIONS = 2;
const DAYS_BETWEEN_RELEASES = 6;

const LIFECYCLE_POLICY = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'Keep the last 100 images',
      selection: {
        tagStatus: 'any',
        countType: 'imageCountMoreThan',
        countNumber: 100,
      },
      action: { type: 'expire' },
    },
  ],
});

/**
 * Opens the image registries: as they were left on disk, else as the platforms
 * seed them. They are written when the world closes and seeded anew when it is
 * reset.
 *
 * Every service of a platform has a repository in the platform's shared account
 * and first region, replicated to its second region where it has one, with an
 * image for each release that stands somewhere and a few older ones.
 */
export function createImageStore(
  world: Pick<
    World,
    'clock' | 'schedule' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
  >,
): ImageRegistry {
  const registry = new ImageRegistry(
    world,
    join(world.dataDir, 'aws', 'registry.json'),
  );
  const seed = () =>
    world.platforms.forEach(platform =>
      seedPlatform(registry, platform, world.clock.now()),
    );
  if (!registry.load()) {
    seed();
  }
  world.onReset(() => {
    registry.clear();
    seed();
  });
  world.onClose(() => registry.flush());
  return registry;
}

function seedPlatform(
  registry: ImageRegistry,
  platform: SeedPlatform,
  now: Date,
): void {
  const accountId = platform.sharedAccountId;
  const [primary, secondary] = platformRegions(platform);
  if (!primary) {
    return;
  }
  const regions = secondary ? [primary, secondary] : [primary];
  if (secondary) {
    registry.setReplicationRules({ accountId, region: primary }, [
      { destinations: [{ accountId, region: secondary }], prefixes: [] },
    ]);
  }
  for (const service of platform.services) {
    for (const region of regions) {
      registry.repositories.create({ accountId, region }, service.name, {
        tagMutability: 'IMMUTABLE',
        scanOnPush: true,
        lifecyclePolicy: LIFECYCLE_POLICY,
        policy: pullPolicy(platform),
        tags: { System: platform.system, Component: service.name },
      });
      for (const release of releases(platform, service, now)) {
        const image = {
          accountId,
          region,
          repository: service.name,
          ...release,
        };
        registry.place(image);
        signImage(registry, image, release.pushedAt);
      }
    }
  }
}

/** The platform's accounts may pull; nobody else's. */
function pullPolicy(platform: SeedPlatform): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PullFromEnvironments',
        Effect: 'Allow',
        Principal: {
          AWS: platform.environments
            .filter(({ accountId }) => accountId)
            .map(({ accountId }) => `arn:aws:iam::${accountId}:root`),
        },
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:DescribeImages',
          'ecr:GetDownloadUrlForLayer',
        ],
      },
    ],
  });
}

/** Images of all releases that the git history tells of, and a few before them. */
function releases(platform: SeedPlatform, service: SeedService, now: Date) {
  const known = seedReleases(platform, service);
  const older: typeof known = [];
  let [oldest] = known;
  for (let index = 0; oldest && index < OLDER_VERSIONS; index += 1) {
    oldest = {
      version: previousVersion(oldest.version),
      builtDaysAgo: oldest.builtDaysAgo + DAYS_BETWEEN_RELEASES,
    };
    older.push(oldest);
  }
  return [...older, ...known].map(({ version, builtDaysAgo }) => {
    const content = `${service.name}:${version}`;
    const { digest, sizeBytes } = playedImage(content);
    return {
      content,
      digest,
      sizeBytes,
      tags: [version],
      pushedAt: new Date(now.getTime() - builtDaysAgo * DAY_MS),
    };
  });
}
