import { stringify } from 'yaml';
import { SeedEnvironment, SeedPlatform, SeedService } from '../platforms';
import { sourceFolder } from './sourceFiles';

const TIERS: Record<string, string> = {
  dev: 'dev',
  test: 'test',
  staging: 'staging',
  canary: 'prod',
  prod: 'prod',
};

/**
 * The catalog entities of platforms, as one YAML file: for each platform a
 * group, a system, its environments with their clusters and databases, its
 * registry and its components.
 */
export function catalogOf(platforms: SeedPlatform[]): string {
  return platforms
    .flatMap(platform => [
      group(platform, platform.system, 'team'),
      group(platform, `${platform.system}-leads`, 'leads'),
      system(platform),
      registry(platform),
      ...platform.environments.flatMap((one, index) => [
        cluster(platform, one),
        database(platform, one),
        environment(platform, one, index),
      ]),
      ...platform.services.map(one => component(platform, one)),
    ])
    .map(entity => stringify(entity))
    .join('---\n');
}

const BACKSTAGE = 'backstage.io/v1alpha1';
const owner = (platform: SeedPlatform) => `group:default/${platform.system}`;

function group(platform: SeedPlatform, name: string, type: string) {
  return {
    apiVersion: BACKSTAGE,
    kind: 'Group',
    metadata: { name, description: `People of ${platform.system}.` },
    spec: { type, children: [] },
  };
}

function system(platform: SeedPlatform) {
  return {
    apiVersion: BACKSTAGE,
    kind: 'System',
    metadata: {
      name: platform.system,
      description: `${platform.services.length} generated services.`,
    },
    spec: { owner: owner(platform) },
  };
}

function resource(
  platform: SeedPlatform,
  name: string,
  type: string,
  annotations: Record<string, string>,
) {
  return {
    apiVersion: BACKSTAGE,
    kind: 'Resource',
    metadata: { name, annotations },
    spec: { type, owner: owner(platform), system: platform.system },
  };
}

function registry(platform: SeedPlatform) {
  return resource(
    platform,
    `${platform.system}-registry`,
    'container-registry',
    {
      'aws.amazon.com/account-id': platform.sharedAccountId,
      'aws.amazon.com/region': platform.environments[0].regions[0],
    },
  );
}

function place(one: SeedEnvironment) {
  return {
    'aws.amazon.com/account-id': one.accountId!,
    'aws.amazon.com/region': one.regions[0],
  };
}

function cluster(platform: SeedPlatform, one: SeedEnvironment) {
  return resource(platform, one.cluster!, 'kubernetes-cluster', {
    ...place(one),
    'aws.amazon.com/name': one.cluster!,
    'aws.amazon.com/arn': `arn:aws:eks:${one.regions[0]}:${one.accountId}:cluster/${one.cluster}`,
  });
}

function database(platform: SeedPlatform, one: SeedEnvironment) {
  const { id, region } = one.database!.clusters[0];
  return resource(platform, `${id}-db`, 'rds-instance', {
    ...place(one),
    'aws.amazon.com/name': id,
    'aws.amazon.com/arn': `arn:aws:rds:${region}:${one.accountId}:db:${id}`,
    'fairway.dev/instance-class': one.database!.instanceClass,
  });
}

function environment(
  platform: SeedPlatform,
  one: SeedEnvironment,
  index: number,
) {
  const isProd = one.shortName === 'prod';
  const delivery = isProd
    ? {
        policy: 'gated',
        minApprovals: 1,
        approvers: [`group:default/${platform.system}-leads`],
      }
    : { policy: one.autoSync ? 'auto' : 'manual' };
  return {
    apiVersion: 'fairway.dev/v1alpha1',
    kind: 'Environment',
    metadata: {
      name: `${platform.system}-${one.shortName}`,
      title: `${platform.system} ${one.shortName}`,
    },
    spec: {
      shortName: one.shortName,
      tier: TIERS[one.shortName],
      promotionOrder: (index + 1) * 10,
      lifecycle: 'active',
      owner: owner(platform),
      system: platform.system,
      runtime: one.runtime,
      awsAccountId: one.accountId,
      regions: [{ name: one.regions[0], role: 'primary' }],
      availability: isProd ? 'multi-az' : 'single-az',
      cluster: `resource:default/${one.cluster}`,
      namespace: one.namespace,
      database: `resource:default/${one.database!.clusters[0].id}-db`,
      delivery,
      routing: 'simple',
      planCostPerMonth: {
        amount: one.monthlyCostUsd.toFixed(2),
        currency: 'USD',
      },
      gitops: {
        repository: platform.gitopsRepository,
        branch: 'main',
        path: platform.gitopsPath,
      },
      dependsOn: [`resource:default/${platform.system}-registry`],
    },
  };
}

function component(platform: SeedPlatform, one: SeedService) {
  return {
    apiVersion: BACKSTAGE,
    kind: 'Component',
    metadata: {
      name: one.name,
      description: `Generated, in ${one.language}.`,
      annotations: {
        'fairway.dev/environments': platform.environments
          .map(({ shortName }) => shortName)
          .join(','),
        'fairway.dev/language': one.language,
        'argocd/app-selector': `fairway.dev/component=${one.name}`,
        'backstage.io/kubernetes-id': one.name,
        'github.com/project-slug': one.sourceRepository,
        ...(sourceFolder(platform, one) && {
          'fairway.dev/source-path': sourceFolder(platform, one),
        }),
      },
      tags: [one.language],
    },
    spec: {
      type: one.kind,
      lifecycle: 'production',
      owner: owner(platform),
      system: platform.system,
    },
  };
}
