import { createHash } from 'node:crypto';
import { CountPhase } from '../countPhases';
import { nodeCounts } from '../eks/nodegroups';
import { EksCluster, Nodegroup } from '../eks/types';
import { Meter } from './CostLine';
import { countedHours } from './hours';
import { CLUSTER_HOUR, instanceHour } from './prices';

/**
 * What EKS clusters are charged for: their hours, and the hours of the
 * instances of their node groups.
 *
 * @see https://aws.amazon.com/eks/pricing/
 */
export function clusterMeters(clusters: EksCluster[]): Meter[] {
  return clusters.flatMap(cluster => [
    controlPlane(cluster),
    ...cluster.nodegroups.flatMap(nodegroup => instances(cluster, nodegroup)),
  ]);
}

function controlPlane(cluster: EksCluster): Meter {
  const { accountId, region, arn, tags, createdAt } = cluster;
  return {
    accountId,
    region,
    service: 'Amazon Elastic Container Service for Kubernetes',
    resourceId: arn,
    tags,
    usage: {
      name: 'AmazonEKS-Hours:perCluster',
      unit: 'Hrs',
      price: CLUSTER_HOUR,
    },
    ...countedHours([
      { fromMs: Date.parse(createdAt), running: true, count: 1 },
    ]),
  };
}

/** One meter for each instance that the group has had. */
function instances(
  { accountId, region }: EksCluster,
  nodegroup: Nodegroup,
): Meter[] {
  const { arn, tags, capacityType, instanceTypes } = nodegroup;
  const [instanceType] = instanceTypes;
  const isSpot = capacityType === 'SPOT';
  return lives(nodeCounts(nodegroup)).map(
    (life, index): Meter => ({
      accountId,
      region,
      service: 'Amazon Elastic Compute Cloud - Compute',
      resourceId: `i-0${createHash('sha256')
        .update(`${arn}/${index}`)
        .digest('hex')
        .slice(0, 16)}`,
      tags,
      usage: {
        name: `${isSpot ? 'SpotUsage' : 'BoxUsage'}:${instanceType}`,
        unit: 'Hrs',
        price: instanceHour(instanceType, isSpot),
      },
      ...countedHours(life),
    }),
  );
}

/** When each of a changing number was there: what comes is new, and the newest goes first. */
function lives(history: CountPhase[]): CountPhase[][] {
  const all: CountPhase[][] = [];
  const there: CountPhase[][] = [];
  for (const { fromMs, count } of history) {
    while (there.length < count) {
      const life: CountPhase[] = [{ fromMs, running: true, count: 1 }];
      there.push(life);
      all.push(life);
    }
    there
      .splice(count)
      .forEach(life => life.push({ fromMs, running: false, count: 0 }));
  }
  return all;
}
