import { cluster } from './cluster';
import { SeedPlatform, SeedService } from './types';

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

/** Seven services on ECS; one of its environments is the developer's own machine. */
export const cornjacket: SeedPlatform = {
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
