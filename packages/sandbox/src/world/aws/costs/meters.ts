import { SeedPlatform } from '../../platforms';
import { seedCaches } from '../caches/seedCaches';
import { seedDatabases } from '../databases/seedDatabases';
import { cacheMeters } from './cacheMeters';
import { Meter, MeteredLine } from './CostLine';
import { databaseMeters } from './databaseMeters';
import { ACTIVE_TAGS } from './tags';
import { usageTypeIn } from './usageTypes';

const HOURS_PER_MONTH = 730;

/** The meters of all accounts. */
export interface Meters {
  /** Another number when there may be other meters. */
  readonly revision: number;
  list(): Meter[];
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

/** What the databases and caches that the platforms came with cost a month, US dollars, by account and environment. */
export function meteredMonths(
  platforms: SeedPlatform[],
): (accountId: string, environment: string) => number {
  const sums = new Map<string, number>();
  const meters = [
    ...databaseMeters(seedDatabases(platforms)),
    ...cacheMeters(seedCaches(platforms)),
  ];
  for (const { accountId, tags, hourlyUse, usage } of meters) {
    const key = `${accountId}/${tags.Environment}`;
    const month = hourlyUse * HOURS_PER_MONTH * usage.price;
    sums.set(key, (sums.get(key) ?? 0) + month);
  }
  return (accountId, environment) =>
    sums.get(`${accountId}/${environment}`) ?? 0;
}
