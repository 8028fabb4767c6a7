import { SeedEnvironment, SeedPlatform, SeedService } from '../platforms';
import { steady } from './releases';

/** How much is generated beside the seeded platforms. */
export interface GeneratedSize {
  /** 1 to 5000. */
  services: number;
  /** Of each platform; 1 to 5. */
  environments: number;
}

/** Services of one platform: as many as one team of teams has. */
const PLATFORM_SERVICES = 100;
/** Services that share a source repository. */
const REPOSITORY_SERVICES = 25;

const ENVIRONMENTS: Record<number, string[]> = {
  1: ['prod'],
  2: ['dev', 'prod'],
  3: ['dev', 'staging', 'prod'],
  4: ['dev', 'test', 'staging', 'prod'],
  5: ['dev', 'test', 'staging', 'canary', 'prod'],
};

const LANGUAGES: Array<SeedService['language']> = [
  'go',
  'typescript',
  'rust',
  'python',
];

const AREAS = [
  'orders',
  'billing',
  'catalog',
  'search',
  'shipping',
  'pricing',
  'identity',
  'stock',
  'returns',
  'reviews',
];
const PARTS = [
  'api',
  'worker',
  'gateway',
  'indexer',
  'importer',
  'notifier',
  'scheduler',
  'cache',
  'audit',
  'web',
];

/**
 * Reads `2000x3`: services and environments.
 *
 * @throws Error - it is not of that form, or beyond what can be generated.
 */
export function parseGeneratedSize(text: string): GeneratedSize {
  const [, services, environments] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size = {
    services: Number(services),
    environments: Number(environments),
  };
  if (
    !(size.services >= 1 && size.services <= 5000) ||
    !(size.environments >= 1 && size.environments <= 5)
  ) {
    throw new Error(
      `--generate takes services and environments, such as 2000x3 (at most 5000x5), not "${text}"`,
    );
  }
  return size;
}

/**
 * Platforms of a hundred services each, the same ones for the same size:
 * `generated-01`, `generated-02`, ... All run on EKS, in accounts of their own.
 */
export function generatePlatforms(size: GeneratedSize): SeedPlatform[] {
  const count = Math.ceil(size.services / PLATFORM_SERVICES);
  return Array.from({ length: count }, (_, index) =>
    platform(
      index + 1,
      Math.min(PLATFORM_SERVICES, size.services - index * PLATFORM_SERVICES),
      ENVIRONMENTS[size.environments],
    ),
  );
}

function platform(
  number: number,
  services: number,
  environments: string[],
): SeedPlatform {
  const system = `generated-${String(number).padStart(2, '0')}`;
  const accounts = `90${String(number).padStart(2, '0')}0000000`;
  const repositories = Math.ceil(services / REPOSITORY_SERVICES);
  const sources = Array.from(
    { length: repositories },
    (_, index) => `${system}/services-${index + 1}`,
  );
  const gitopsRepository = `${system}/platform-infra`;
  return {
    system,
    org: system,
    sharedAccountId: `${accounts}0`,
    gitopsRepository,
    gitopsPath: 'gitops',
    repositories: [gitopsRepository, ...sources],
    environments: environments.map((shortName, index) =>
      environment(system, shortName, `${accounts}${index + 1}`, services),
    ),
    services: Array.from({ length: services }, (_, index) =>
      service(
        system,
        index,
        sources[Math.floor(index / REPOSITORY_SERVICES)],
        environments,
      ),
    ),
  };
}

function environment(
  system: string,
  shortName: string,
  accountId: string,
  services: number,
): SeedEnvironment {
  const isProd = shortName === 'prod';
  return {
    shortName,
    runtime: 'eks',
    accountId,
    regions: ['us-east-1'],
    cluster: `${system}-${shortName}`,
    namespace: system,
    autoSync: shortName === 'dev',
    database: {
      engine: 'postgres',
      engineVersion: '16.6',
      instanceClass: isProd ? 'db.r6g.large' : 'db.t4g.medium',
      clusters: [
        { id: `${system}-${shortName}`, region: 'us-east-1', instances: 1 },
      ],
    },
    monthlyCostUsd: 120 + services * (isProd ? 38 : 9),
  };
}

function service(
  system: string,
  index: number,
  sourceRepository: string,
  environments: string[],
): SeedService {
  const number = Number(system.split('-')[1]);
  const name = `${AREAS[index % 10]}-${
    PARTS[Math.floor(index / 10) % 10]
  }-${String(number).padStart(2, '0')}`;
  const chance = (what: string) => steady(name, what);
  const minor = Math.floor(chance('minor') * 30);
  const patch = 1 + Math.floor(chance('patch') * 3);
  const versions: Record<string, string> = {};
  for (const [position, shortName] of environments.entries()) {
    const isLast = position === environments.length - 1 && position > 0;
    // Some are new and have not come to the last environment yet.
    if (!(isLast && chance('reach') < 0.05)) {
      const behind = chance(`behind ${shortName}`) < 0.3 ? 1 : 0;
      versions[shortName] = `1.${minor}.${
        position === 0 ? patch : Math.max(0, patch - behind)
      }`;
    }
  }
  // A later environment is never ahead of an earlier one.
  environments.slice(1).forEach((shortName, position) => {
    const before = versions[environments[position]];
    if (versions[shortName] && before && versions[shortName] > before) {
      versions[shortName] = before;
    }
  });
  const isWeb = name.includes('-web-');
  return {
    name,
    language: isWeb ? 'typescript' : LANGUAGES[index % LANGUAGES.length],
    kind: isWeb ? 'website' : 'service',
    sourceRepository,
    versions,
    port: isWeb ? 3000 : 8080,
    replicas: Object.fromEntries(
      environments.map(shortName => [shortName, shortName === 'prod' ? 2 : 1]),
    ),
  };
}
