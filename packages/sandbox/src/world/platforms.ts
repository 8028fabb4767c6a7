import { playedImage } from './aws/registry/playedImage';

/**
 * What the four platforms consist of, as plain data. Everything the sandbox
 * seeds (repositories, registries, clusters, databases, cost) follows from it.
 */

export interface SeedEnvironment {
  /** As in `overlays/<shortName>`. */
  shortName: string;
  runtime: 'eks' | 'ecs' | 'local';
  accountId?: string;
  /** The first is the primary. */
  regions: string[];
  /** EKS or ECS cluster name. */
  cluster?: string;
  namespace?: string;
  /** Whether Argo CD syncs on its own. */
  autoSync: boolean;
  /** ECS only: services go from blue to green; otherwise they roll. */
  blueGreen?: boolean;
  database?: SeedDatabase;
  /** Roughly what a month costs, whole US dollars, shared parts included. */
  monthlyCostUsd: number;
}

export interface SeedDatabase {
  /** Present for an Aurora Global Database. */
  globalCluster?: string;
  engine: 'aurora-postgresql' | 'postgres';
  engineVersion: string;
  instanceClass: string;
  /** One DB cluster a region, in the order of the regions: the first writes. */
  clusters: Array<{ id: string; region: string; instances: number }>;
}

export interface SeedService {
  /** Component name in the catalog, image repository, GitOps folder. */
  name: string;
  language: 'go' | 'rust' | 'typescript' | 'python';
  kind: 'service' | 'website';
  /** `owner/name` of the repository that holds the source. */
  sourceRepository: string;
  /** Release that stands in each environment; absent: never deployed there. */
  versions: Record<string, string>;
  /** Container port. */
  port: number;
  replicas: Record<string, number>;
  /**
   * `owner/name` of a repository that holds the service's settings below
   * `settings/<environment>`: a second source of its applications.
   */
  settingsRepository?: string;
}

export interface SeedPlatform {
  /** System name in the catalog. */
  system: string;
  /** Organisation on the Git host. */
  org: string;
  /** Account that owns the image registries. */
  sharedAccountId: string;
  /** `owner/name` of the repository with the desired state. */
  gitopsRepository: string;
  gitopsPath: string;
  /** All repositories of the platform, `owner/name`. */
  repositories: string[];
  environments: SeedEnvironment[];
  services: SeedService[];
}

const cluster = (
  id: string,
  region: string,
  instances: number,
): SeedDatabase['clusters'][number] => ({ id, region, instances });

const sample: SeedPlatform = {
  system: 'sample-platform-ai',
  org: 'sample-platform-ai',
  sharedAccountId: '111100000000',
  gitopsRepository: 'sample-platform-ai/sample-platform-ai',
  gitopsPath: 'gitops',
  repositories: ['sample-platform-ai/sample-platform-ai'],
  environments: [
    {
      shortName: 'dev',
      runtime: 'eks',
      accountId: '111100000001',
      regions: ['ap-southeast-2'],
      cluster: 'sample-platform-ai-dev',
      namespace: 'sample-platform-ai',
      autoSync: true,
      database: {
        engine: 'aurora-postgresql',
        engineVersion: '16.6',
        instanceClass: 'db.t4g.medium',
        clusters: [cluster('sample-platform-ai-dev', 'ap-southeast-2', 1)],
      },
      monthlyCostUsd: 310,
    },
    {
      shortName: 'uat',
      runtime: 'eks',
      accountId: '111100000002',
      regions: ['ap-southeast-2', 'ap-southeast-4'],
      cluster: 'sample-platform-ai-uat',
      namespace: 'sample-platform-ai',
      autoSync: false,
      database: {
        globalCluster: 'sample-platform-ai-uat',
        engine: 'aurora-postgresql',
        engineVersion: '16.6',
        instanceClass: 'db.r6g.large',
        clusters: [
          cluster('sample-platform-ai-uat-sydney', 'ap-southeast-2', 1),
          cluster('sample-platform-ai-uat-melbourne', 'ap-southeast-4', 1),
        ],
      },
      monthlyCostUsd: 980,
    },
    {
      shortName: 'prod',
      runtime: 'eks',
      accountId: '111100000003',
      regions: ['ap-southeast-2', 'ap-southeast-4'],
      cluster: 'sample-platform-ai-prod',
      namespace: 'sample-platform-ai',
      autoSync: false,
      database: {
        globalCluster: 'sample-platform-ai-prod',
        engine: 'aurora-postgresql',
        engineVersion: '16.4',
        instanceClass: 'db.r6g.2xlarge',
        clusters: [
          cluster('sample-platform-ai-prod-sydney', 'ap-southeast-2', 2),
          cluster('sample-platform-ai-prod-melbourne', 'ap-southeast-4', 2),
        ],
      },
      monthlyCostUsd: 4150,
    },
  ],
  services: [
    {
      name: 'sample-backend',
      language: 'go',
      kind: 'service',
      sourceRepository: 'sample-platform-ai/sample-platform-ai',
      versions: { dev: '1.8.3', uat: '1.8.2', prod: '1.8.0' },
      port: 8080,
      replicas: { dev: 1, uat: 2, prod: 4 },
    },
    {
      name: 'sample-frontend',
      language: 'typescript',
      kind: 'website',
      sourceRepository: 'sample-platform-ai/sample-platform-ai',
      versions: { dev: '2.4.0', uat: '2.3.1', prod: '2.3.1' },
      port: 3000,
      replicas: { dev: 1, uat: 2, prod: 3 },
    },
  ],
};

const campaignService = (
  name: string,
  language: SeedService['language'],
  repository: string,
  versions: Record<string, string>,
  kind: SeedService['kind'] = 'service',
): SeedService => ({
  name: `campaign-${name}`,
  language,
  kind,
  sourceRepository: `campaign-platform/${repository}`,
  versions,
  port: kind === 'website' ? 3000 : 8080,
  replicas: { dev: 1, staging: 2, prod: 3 },
});

const campaignEnvironment = (
  shortName: string,
  accountId: string,
  autoSync: boolean,
  monthlyCostUsd: number,
): SeedEnvironment => ({
  shortName,
  runtime: 'eks',
  accountId,
  regions: ['us-east-1'],
  cluster: `campaign-lifecycle-platform-${shortName}`,
  namespace: 'platform-apps',
  autoSync,
  database: {
    engine: 'postgres',
    engineVersion: '16.6',
    instanceClass: 'db.r6g.large',
    clusters: [cluster(`campaign-${shortName}`, 'us-east-1', 1)],
  },
  monthlyCostUsd,
});

const campaign: SeedPlatform = {
  system: 'campaign-lifecycle-platform',
  org: 'campaign-platform',
  sharedAccountId: '222200000000',
  gitopsRepository: 'campaign-platform/platform-infrastructure',
  gitopsPath: 'gitops',
  repositories: [
    'campaign-platform/platform-infrastructure',
    'campaign-platform/platform-services-go',
    'campaign-platform/platform-services-rust',
    'campaign-platform/platform-services-ts',
    'campaign-platform/platform-frontend',
    'campaign-platform/platform-shared',
  ],
  environments: [
    campaignEnvironment('dev', '222200000001', true, 423),
    campaignEnvironment('staging', '222200000002', false, 780),
    campaignEnvironment('prod', '222200000003', false, 2890),
  ],
  services: [
    campaignService('auth', 'go', 'platform-services-go', {
      dev: '0.9.4',
      staging: '0.9.4',
      prod: '0.9.2',
    }),
    campaignService('connector', 'go', 'platform-services-go', {
      dev: '0.7.1',
      staging: '0.7.0',
      prod: '0.7.0',
    }),
    campaignService('etl', 'go', 'platform-services-go', {
      dev: '0.6.8',
      staging: '0.6.8',
      prod: '0.6.5',
    }),
    campaignService('analytics', 'go', 'platform-services-go', {
      dev: '0.5.3',
      staging: '0.5.2',
      prod: '0.5.2',
    }),
    campaignService('notification', 'go', 'platform-services-go', {
      dev: '0.4.9',
      staging: '0.4.9',
      prod: '0.4.9',
    }),
    {
      ...campaignService('config', 'rust', 'platform-services-rust', {
        dev: '0.8.0',
        staging: '0.7.9',
        prod: '0.7.9',
      }),
      // What it hands out is kept apart from how it runs.
      settingsRepository: 'campaign-platform/platform-shared',
    },
    campaignService('bronze', 'rust', 'platform-services-rust', {
      dev: '0.5.1',
      staging: '0.5.1',
      prod: '0.5.0',
    }),
    campaignService('silver', 'rust', 'platform-services-rust', {
      dev: '0.5.1',
      staging: '0.5.0',
      prod: '0.5.0',
    }),
    campaignService('gold', 'rust', 'platform-services-rust', {
      dev: '0.4.6',
      staging: '0.4.6',
      prod: '0.4.4',
    }),
    campaignService('calculation', 'rust', 'platform-services-rust', {
      dev: '0.3.7',
      staging: '0.3.7',
    }),
    campaignService('rules', 'rust', 'platform-services-rust', {
      dev: '0.3.2',
    }),
    campaignService('query', 'typescript', 'platform-services-ts', {
      dev: '1.2.0',
      staging: '1.1.8',
      prod: '1.1.8',
    }),
    campaignService(
      'frontend',
      'typescript',
      'platform-frontend',
      { dev: '1.5.2', staging: '1.5.1', prod: '1.5.0' },
      'website',
    ),
  ],
};

const cornjacketService = (
  name: string,
  language: SeedService['language'],
  versions: Record<string, string>,
): SeedService => ({
  name: `cornjacket-${name}`,
  language,
  kind: 'service',
  sourceRepository: 'cornjacket/platform-services',
  versions,
  port: 8080,
  replicas: { dev: 1, prod: 2 },
});

const cornjacket: SeedPlatform = {
  system: 'cornjacket-platform',
  org: 'cornjacket',
  sharedAccountId: '333300000000',
  gitopsRepository: 'cornjacket/platform-infra',
  gitopsPath: 'deploy',
  repositories: [
    'cornjacket/platform-docs',
    'cornjacket/platform-services',
    'cornjacket/platform-infra',
  ],
  environments: [
    {
      shortName: 'local',
      runtime: 'local',
      regions: [],
      autoSync: false,
      monthlyCostUsd: 0,
    },
    {
      shortName: 'dev',
      runtime: 'ecs',
      accountId: '333300000001',
      regions: ['us-west-2'],
      cluster: 'cornjacket-platform-dev',
      namespace: 'cornjacket',
      autoSync: true,
      database: {
        engine: 'postgres',
        engineVersion: '16.6',
        instanceClass: 'db.t4g.medium',
        clusters: [cluster('cornjacket-dev', 'us-west-2', 1)],
      },
      monthlyCostUsd: 240,
    },
    {
      shortName: 'prod',
      runtime: 'ecs',
      accountId: '333300000002',
      regions: ['us-west-2'],
      cluster: 'cornjacket-platform-prod',
      namespace: 'cornjacket',
      autoSync: false,
      database: {
        engine: 'postgres',
        engineVersion: '16.6',
        instanceClass: 'db.r6g.large',
        clusters: [cluster('cornjacket-prod', 'us-west-2', 2)],
      },
      monthlyCostUsd: 1120,
    },
  ],
  services: [
    cornjacketService('ingestion', 'go', { dev: '0.14.0', prod: '0.13.2' }),
    cornjacketService('outbox-processor', 'go', {
      dev: '0.14.0',
      prod: '0.13.2',
    }),
    cornjacketService('event-handler', 'go', { dev: '0.14.0', prod: '0.13.2' }),
    cornjacketService('query', 'go', { dev: '0.13.2', prod: '0.13.2' }),
    cornjacketService('action-orchestrator', 'go', { dev: '0.12.1' }),
    cornjacketService('tsdb-writer', 'go', { dev: '0.12.1' }),
    cornjacketService('ai-inference', 'python', { dev: '0.3.0' }),
  ],
};

const mobilyticsEnvironment = (
  shortName: string,
  accountId: string,
  autoSync: boolean,
  monthlyCostUsd: number,
): SeedEnvironment => ({
  shortName,
  runtime: 'ecs',
  accountId,
  regions: ['us-east-1'],
  cluster: `mobilytics-${shortName}`,
  namespace: 'mobilytics',
  autoSync,
  blueGreen: !autoSync,
  database: {
    engine: 'postgres',
    engineVersion: '16.6',
    instanceClass: shortName === 'prod' ? 'db.r6g.large' : 'db.t4g.medium',
    clusters: [
      cluster(
        `mobilytics-${shortName}`,
        'us-east-1',
        shortName === 'prod' ? 2 : 1,
      ),
    ],
  },
  monthlyCostUsd,
});

const mobilyticsService = (
  name: string,
  kind: SeedService['kind'],
  versions: Record<string, string>,
): SeedService => ({
  name: `mobilytics-${name}`,
  language: 'typescript',
  kind,
  sourceRepository: 'mobilytics/mobilytics-app',
  versions,
  port: kind === 'website' ? 3000 : 8080,
  replicas: { sandbox: 1, dogfood: 1, dev: 1, staging: 2, prod: 3 },
});

const mobilytics: SeedPlatform = {
  system: 'mobilytics',
  org: 'mobilytics',
  sharedAccountId: '444400000000',
  gitopsRepository: 'mobilytics/mobilytics-infra',
  gitopsPath: 'deploy',
  repositories: ['mobilytics/mobilytics-app', 'mobilytics/mobilytics-infra'],
  environments: [
    mobilyticsEnvironment('sandbox', '444400000001', true, 160),
    mobilyticsEnvironment('dogfood', '444400000002', true, 210),
    mobilyticsEnvironment('dev', '444400000003', true, 190),
    mobilyticsEnvironment('staging', '444400000004', false, 420),
    mobilyticsEnvironment('prod', '444400000005', false, 1680),
  ],
  services: [
    mobilyticsService('api', 'service', {
      sandbox: '0.9.0',
      dogfood: '0.8.4',
      dev: '0.8.4',
      staging: '0.8.3',
    }),
    mobilyticsService('workers', 'service', {
      sandbox: '0.9.0',
      dogfood: '0.8.4',
      dev: '0.8.4',
      staging: '0.8.3',
    }),
    mobilyticsService('support-ui', 'website', {
      sandbox: '0.5.2',
      dogfood: '0.5.2',
      dev: '0.5.1',
      staging: '0.5.1',
    }),
    mobilyticsService('client-portal', 'website', {
      sandbox: '0.6.0',
      dogfood: '0.6.0',
      dev: '0.5.9',
    }),
  ],
};

/** The four platforms, in the order of the catalog. */
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
