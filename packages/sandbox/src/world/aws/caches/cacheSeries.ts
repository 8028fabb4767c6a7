import { Conditions } from '../Conditions';
import { classMemoryBytes } from '../databases/instanceClasses';
import { MetricSeries } from '../MetricSeries';
import { dailyWave, noise, seedOf } from '../noise';
import { lastMinuteOf, measuring } from '../phases';
import { CacheFleet, CachePlace } from './CacheFleet';
import { CacheGroup, CacheNode, NodePhase } from './records';

/**
 * The CloudWatch metrics of caches, by node. Only replicas have a lag, in seconds.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
 */
export function cacheSeries(
  caches: CacheFleet,
  conditions: Conditions,
  place: CachePlace,
): MetricSeries[] {
  return caches
    .measuredIn(place)
    .flatMap(group =>
      group.nodes.flatMap(node => nodeSeries(group, node, conditions)),
    );
}

function nodeSeries(
  group: CacheGroup,
  node: CacheNode,
  conditions: Conditions,
): MetricSeries[] {
  const seed = seedOf(`cache:${group.accountId}:${node.id}`);
  const wave = (minute: number) => dailyWave(seed, minute);
  const wobble = (offset: number, minute: number) =>
    noise(seed + offset, minute);
  const memory = classMemoryBytes(group.nodeType);
  const used = (minute: number) => 31 + 6 * wave(minute) + wobble(1, minute);
  const metrics: Array<
    [string, string, (minute: number) => number, ((p: NodePhase) => boolean)?]
  > = [
    ['CPUUtilization', 'Percent', m => 9 + 4 * wave(m) + 3 * wobble(2, m)],
    [
      'EngineCPUUtilization',
      'Percent',
      m => 6 + 3 * wave(m) + 2 * wobble(3, m),
    ],
    [
      'CurrConnections',
      'Count',
      m => Math.round(32 + 14 * wave(m) + 4 * wobble(4, m)),
    ],
    ['DatabaseMemoryUsagePercentage', 'Percent', used],
    ['FreeableMemory', 'Bytes', m => Math.round(memory * (1 - used(m) / 100))],
    [
      'CacheHits',
      'Count',
      m => Math.round(900 + 500 * wave(m) + 80 * wobble(5, m)),
    ],
    [
      'CacheMisses',
      'Count',
      m => Math.round(60 + 30 * wave(m) + 20 * wobble(6, m)),
    ],
    ['Evictions', 'Count', () => 0],
    [
      'ReplicationLag',
      'Seconds',
      m => 0.2 + 0.6 * wobble(7, m),
      ({ primary }) => !primary,
    ],
  ];
  const dimensionsOf: MetricSeries['dimensions'][] = [
    { CacheClusterId: node.id },
    { CacheClusterId: node.id, CacheNodeId: '0001' },
  ];
  return metrics.flatMap(([name, unit, valueOf, has = () => true]) => {
    const isMeasured = measuring(
      { history: node.history, region: group.region },
      conditions,
      has,
    );
    return dimensionsOf.map(dimensions => ({
      namespace: 'AWS/ElastiCache',
      name,
      unit,
      dimensions,
      lastMinute: lastMinuteOf(node, has),
      valueAt: (minute: number) =>
        isMeasured(minute) ? valueOf(minute) : undefined,
    }));
  });
}
