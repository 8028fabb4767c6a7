import { SeedPlatform } from '../../platforms';
import { noise, seedOf } from '../noise';
import { CacheGroup } from './records';

/** Systems whose sessions and answers are kept in ElastiCache; others run Redis in their clusters. */
const SYSTEMS_WITH_CACHE = ['mobilytics'];
const PORT = 6379;

/** One replication group for each environment of those systems; production has a replica. */
export function seedCaches(platforms: SeedPlatform[]): CacheGroup[] {
  return platforms
    .filter(({ system }) => SYSTEMS_WITH_CACHE.includes(system))
    .flatMap(platform =>
      platform.environments.flatMap(({ shortName, accountId, regions }) => {
        if (!accountId) {
          return [];
        }
        const isProd = shortName === 'prod';
        return newGroup({
          id: `${platform.system}-${shortName}`,
          accountId,
          region: regions[0],
          description: `Sessions and answers of ${platform.system} ${shortName}`,
          nodeType: isProd ? 'cache.r7g.large' : 'cache.t4g.small',
          nodes: isProd ? 2 : 1,
          automaticFailover: isProd,
          multiAz: isProd,
          tags: { Environment: shortName, System: platform.system },
          status: 'available',
          atMs: Date.UTC(
            2025,
            0,
            1 + Math.floor(noise(seedOf(`cache:${shortName}`), 0) * 180),
          ),
        });
      }),
    );
}

/** What a new group is asked to be. */
export interface GroupPlan {
  id: string;
  accountId: string;
  region: string;
  description: string;
  nodeType: string;
  /** Primary and replicas. */
  nodes: number;
  automaticFailover: boolean;
  multiAz: boolean;
  tags: Record<string, string>;
  status: 'creating' | 'available';
  atMs: number;
  engine?: 'redis' | 'valkey';
  engineVersion?: string;
  port?: number;
}

export function newGroup(plan: GroupPlan): CacheGroup {
  const { id, accountId, region, status, atMs } = plan;
  const engine = plan.engine ?? 'redis';
  return {
    id,
    accountId,
    region,
    arn: `arn:aws:elasticache:${region}:${accountId}:replicationgroup:${id}`,
    description: plan.description,
    status,
    engine,
    engineVersion:
      plan.engineVersion ?? (engine === 'valkey' ? '8.0.1' : '7.1.0'),
    nodeType: plan.nodeType,
    automaticFailover: plan.automaticFailover,
    multiAz: plan.multiAz,
    port: plan.port ?? PORT,
    snapshotRetentionDays: 1,
    tags: plan.tags,
    createdAtMs: atMs,
    nodes: Array.from({ length: plan.nodes }, (_, index) => ({
      id: `${id}-${String(index + 1).padStart(3, '0')}`,
      zone: `${region}${'abc'[index % 3]}`,
      status,
      primary: index === 0,
      createdAtMs: atMs,
      history: [
        { fromMs: atMs, running: status === 'available', primary: index === 0 },
      ],
    })),
  };
}
