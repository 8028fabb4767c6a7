import { join } from 'node:path';
import { platformRegions } from './aws/accounts';
import { ImageRegistry } from './aws/ImageRegistry';
import { noise, seedOf } from './aws/noise';
import { seedDigest, SeedPlatform, SeedService } from './platforms';
import { World } from './types';

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDER_VERSIONS = 4;
const DAYS_BETWEEN_RELEASES = 6;

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
      registry.createRepository({ accountId, region }, service.name, {
        tagMutability: 'IMMUTABLE',
        scanOnPush: true,
        lifecyclePolicy: LIFECYCLE_POLICY,
        policy: pullPolicy(platform),
        tags: { System: platform.system, Component: service.name },
      });
      for (const release of releases(service, now)) {
        registry.place({
          accountId,
          region,
          repository: service.name,
          ...release,
        });
      }
    }
  }
}

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

function releases(service: SeedService, now: Date) {
  const standing = [...new Set(Object.values(service.versions))].sort(
    compareVersions,
  );
  const versions = [
    ...new Set([...standing, ...olderVersions(standing[standing.length - 1])]),
  ];
  return versions.map((version, index) => {
    const seed = seedOf(`${service.name}:${version}`);
    const daysAgo = 1 + index * DAYS_BETWEEN_RELEASES + noise(seed, 0) * 4;
    return {
      digest: seedDigest(service.name, version),
      tags: [version],
      pushedAt: new Date(now.getTime() - daysAgo * DAY_MS),
      sizeBytes: Math.round(20_000_000 + noise(seed, 1) * 100_000_000),
    };
  });
}

/** Newest first. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number));
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) {
      return right[index] - left[index];
    }
  }
  return 0;
}

/** The releases before one: patch by patch, then minor by minor. */
function olderVersions(version: string | undefined): string[] {
  if (!version) {
    return [];
  }
  let [major, minor, patch] = version.split('.').map(Number);
  const older: string[] = [];
  while (older.length < OLDER_VERSIONS) {
    if (patch > 0) {
      patch -= 1;
    } else if (minor > 0) {
      minor -= 1;
      patch = 2;
    } else if (major > 0) {
      major -= 1;
      minor = 9;
      patch = 2;
    } else {
      break;
    }
    older.push(`${major}.${minor}.${patch}`);
  }
  return older;
}
