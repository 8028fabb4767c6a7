import { AwsError } from '../AwsError';
import { CountPhase } from '../countPhases';
import { EksCluster, Nodegroup } from './types';

/** What an update of a node group's settings may change. */
export interface NodegroupChange {
  scaling?: Partial<Nodegroup['scaling']>;
  maxUnavailable?: number;
  addLabels?: Record<string, string>;
  removeLabels?: string[];
}

/** Ends an update of a node group: `value` gives what was asked for, if it was. */
export function applyToNodegroup(
  nodegroup: Nodegroup,
  value: (type: string) => string | undefined,
  now: Date,
): void {
  nodegroup.history ??= nodeCounts(nodegroup);
  const number = (type: string, otherwise: number) =>
    Number(value(type) ?? otherwise);
  nodegroup.scaling = {
    minSize: number('MinSize', nodegroup.scaling.minSize),
    maxSize: number('MaxSize', nodegroup.scaling.maxSize),
    desiredSize: number('DesiredSize', nodegroup.scaling.desiredSize),
  };
  const count = nodegroup.scaling.desiredSize;
  if (count !== nodegroup.history[nodegroup.history.length - 1].count) {
    nodegroup.history.push({
      fromMs: now.getTime(),
      running: count > 0,
      count,
    });
  }
  nodegroup.maxUnavailable = number('MaxUnavailable', nodegroup.maxUnavailable);
  const removed: string[] = JSON.parse(value('LabelsToRemove') ?? '[]');
  nodegroup.labels = Object.fromEntries(
    Object.entries({
      ...nodegroup.labels,
      ...JSON.parse(value('LabelsToAdd') ?? '{}'),
    }).filter(([key]) => !removed.includes(key)),
  ) as Record<string, string>;
  nodegroup.modifiedAt = now.toISOString();
  nodegroup.status = 'ACTIVE';
}

/** How many nodes a group had when, oldest first, never empty. */
export function nodeCounts({
  history,
  createdAt,
  scaling,
}: Nodegroup): CountPhase[] {
  return (
    history ?? [
      {
        fromMs: Date.parse(createdAt),
        running: scaling.desiredSize > 0,
        count: scaling.desiredSize,
      },
    ]
  );
}

/** @throws AwsError - InvalidParameterException */
export function checkScaling(
  { minSize, maxSize, desiredSize }: Nodegroup['scaling'],
  cluster: EksCluster,
  nodegroup: Nodegroup,
): void {
  const problem =
    (maxSize < 1 && 'maxSize must be at least 1') ||
    (minSize < 0 && 'minSize must be at least 0') ||
    (minSize > maxSize &&
      `Minimum capacity ${minSize} can't be greater than maximum capacity ${maxSize}`) ||
    (desiredSize < minSize &&
      `Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`) ||
    (desiredSize > maxSize &&
      `desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
  if (problem) {
    throw new AwsError('InvalidParameterException', problem, 400, {
      clusterName: cluster.name,
      nodegroupName: nodegroup.name,
    });
  }
}
