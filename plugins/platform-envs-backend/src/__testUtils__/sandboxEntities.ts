import { Entity } from '@backstage/catalog-model';
/** What is said of a platform that is seeded outside, as far as the catalog tells it too. */
interface SeededPlatform {
  system: string;
  gitopsRepository: string;
  gitopsPath: string;
  environments: SeededEnvironment[];
  services: Array<{ name: string; kind: string }>;
}

interface SeededEnvironment {
  shortName: string;
  runtime: string;
  accountId?: string;
  regions: string[];
  cluster?: string;
  namespace?: string;
  database?: { globalCluster?: string };
}

/** The catalog that goes with platforms that are seeded outside. */
export function sandboxEntities(platforms: SeededPlatform[]): Entity[] {
  return platforms.flatMap(platform => [
    ...platform.environments.flatMap((environment, index) => [
      environmentOf(platform, environment, index),
      ...databaseOf(platform, environment),
    ]),
    ...platform.services.map(service => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: service.name,
        namespace: 'default',
        annotations: {
          'fairway.dev/environments': platform.environments
            .filter(e => e.runtime !== 'local')
            .map(e => e.shortName)
            .join(','),
        },
      },
      spec: {
        type: service.kind,
        lifecycle: 'production',
        owner: `group:default/${platform.system}`,
        system: platform.system,
      },
    })),
  ]);
}

function environmentOf(
  platform: SeededPlatform,
  environment: SeededEnvironment,
  index: number,
): Entity {
  const name = `${platform.system}-${environment.shortName}`;
  return {
    apiVersion: 'fairway.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name, namespace: 'default', title: name },
    spec: {
      shortName: environment.shortName,
      tier: 'dev',
      promotionOrder: (index + 1) * 10,
      lifecycle: 'active',
      owner: `group:default/${platform.system}`,
      system: platform.system,
      runtime: environment.runtime,
      ...(environment.accountId && { awsAccountId: environment.accountId }),
      regions: environment.regions.map((region, i) => ({
        name: region,
        role: i ? 'secondary' : 'primary',
      })),
      availability: 'multi-az',
      ...(environment.cluster && {
        cluster: `resource:default/${environment.cluster}`,
      }),
      ...(environment.namespace && { namespace: environment.namespace }),
      ...(environment.database && {
        database: `resource:default/${name}-database`,
      }),
      delivery: { policy: 'manual' },
      routing: 'simple',
      gitops: {
        repository: platform.gitopsRepository,
        branch: 'main',
        path: platform.gitopsPath,
      },
    },
  };
}

function databaseOf(
  platform: SeededPlatform,
  { database, shortName, accountId }: SeededEnvironment,
): Entity[] {
  if (!database) return [];
  return [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Resource',
      metadata: {
        name: `${platform.system}-${shortName}-database`,
        namespace: 'default',
        annotations: {
          ...(accountId && { 'aws.amazon.com/account-id': accountId }),
          ...(database.globalCluster && {
            'fairway.dev/aurora-global-cluster': database.globalCluster,
          }),
        },
      },
      spec: { type: 'database', owner: `group:default/${platform.system}` },
    },
  ];
}
