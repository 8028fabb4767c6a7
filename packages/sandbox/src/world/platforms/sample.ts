import { cluster } from './cluster';
import { SeedPlatform } from './types';

/** Two services on EKS in three environments, two of them in two regions. */
export const sample: SeedPlatform = {
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
