import { CacheGroup, CacheNode } from '../caches/records';
import { Meter } from './CostLine';
import { hoursOfPhases } from './hours';
import { cacheHour } from './prices';

/**
 * What the caches are charged for: the hours of their nodes.
 * @see https://aws.amazon.com/elasticache/pricing/
 */
export function cacheMeters(groups: CacheGroup[]): Meter[] {
  return groups.flatMap(group =>
    group.nodes.flatMap(node => nodeHours(group, node)),
  );
}

/** One meter for each type that the node has had. */
function nodeHours(group: CacheGroup, { id, history }: CacheNode): Meter[] {
  const typeOf = ({ nodeType = group.nodeType }: { nodeType?: string }) =>
    nodeType;
  return [...new Set(history.map(typeOf))].map((nodeType): Meter => {
    const hours = hoursOfPhases(history, phase => typeOf(phase) === nodeType);
    return {
      accountId: group.accountId,
      region: group.region,
      service: 'Amazon ElastiCache',
      resourceId: `arn:aws:elasticache:${group.region}:${group.accountId}:cluster:${id}`,
      tags: group.tags,
      usage: {
        name: `NodeUsage:${nodeType}`,
        unit: 'Hrs',
        price: cacheHour(nodeType, group.engine),
      },
      usedBetween: hours.between,
      hourlyUse: hours.isOn ? 1 : 0,
    };
  });
}
