import { cluster } from './cluster';
import { SeedEnvironment, SeedPlatform, SeedService } from './types';

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

/** Four services on ECS in five environments, blue/green where people promote. */
export const mobilytics: SeedPlatform = {
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
