import { SeedPlatform } from '../../platforms';
import { CacheGroup } from '../caches/records';
import { seedCaches } from '../caches/seedCaches';
import type { DatabaseRecords } from '../DatabaseFleet';
import { seedDatabases } from '../databases/seedDatabases';
import { FargateUse } from '../ecs/FargateUsage';
import { seedUsage } from '../ecs/seedUsage';
import { seedClusters } from '../eks/seedClusters';
import { EksCluster } from '../eks/types';
import { cacheMeters } from './cacheMeters';
import { clusterMeters } from './clusterMeters';
import { Meter, MeteredLine } from './CostLine';
import { databaseMeters } from './databaseMeters';
import { fargateMeters } from './fargateMeters';
import { ACTIVE_TAGS } from './tags';
import { usageTypeIn } from './usageTypes';

const HOURS_PER_MONTH = 730;

/** The meters of all accounts. */
export interface Meters {
  /** Another number when there may be other meters. */
  readonly revision: number;
  list(): Meter[];
}

/** What is charged by its use, of all accounts; also what is gone. */
export interface Metered {
  databases: DatabaseRecords;
  caches: CacheGroup[];
  clusters: EksCluster[];
  fargate: FargateUse[];
}

/** The meters of everything that has some. */
export function metersOf(metered: Metered): Meter[] {
  return [
    ...databaseMeters(metered.databases),
    ...cacheMeters(metered.caches),
    ...clusterMeters(metered.clusters),
    ...fargateMeters(metered.fargate),
  ];
}

/** Lines of the bill; only tags that are active for allocation are on it. */
export function meteredLines(meters: Meter[]): MeteredLine[] {
  return meters.map(meter => {
    const { accountId, region, service, resourceId, usage } = meter;
    const tags = Object.fromEntries(
      Object.entries(meter.tags).filter(([key]) => ACTIVE_TAGS.includes(key)),
    );
    return {
      accountId,
      region,
      service,
      resourceId,
      tags,
      usageType: usageTypeIn(region, usage),
      unit: usage.unit,
      price: usage.price,
      environment: tags.Environment ?? '',
      meter,
    };
  });
}

/** What the databases, caches, clusters and tasks that the platforms came with cost a month, US dollars, by account and environment. */
export function meteredMonths(
  platforms: SeedPlatform[],
): (accountId: string, environment: string) => number {
  const sums = new Map<string, number>();
  const meters = metersOf({
    databases: seedDatabases(platforms),
    caches: seedCaches(platforms),
    clusters: seedClusters(platforms),
    fargate: seedUsage(platforms),
  });
  for (const { accountId, tags, hourlyUse, usage } of meters) {
    const key = `${accountId}/${tags.Environment}`;
    const month = hourlyUse * HOURS_PER_MONTH * usage.price;
    sums.set(key, (sums.get(key) ?? 0) + month);
  }
  return (accountId, environment) =>
    sums.get(`${accountId}/${environment}`) ?? 0;
}
