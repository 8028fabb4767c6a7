import { cluster } from './cluster';
import { SeedEnvironment, SeedPlatform, SeedService } from './types';

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

/** Thirteen services from several repositories, on EKS in one region. */
export const campaign: SeedPlatform = {
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
