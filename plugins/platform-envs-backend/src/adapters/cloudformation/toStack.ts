import type {
  Stack as AwsStack,
  StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import {
  DriftedResource,
  Stack,
  StackDriftStatus,
} from '@fairway/plugin-platform-envs-common';

const DRIFT: Record<string, StackDriftStatus> = {
  DRIFTED: 'drifted',
  IN_SYNC: 'in-sync',
  NOT_CHECKED: 'not-checked',
};

/** AWS's word for drift as ours; one that AWS adds later is unknown, not well. */
export function toDriftStatus(status: string | undefined): StackDriftStatus {
  return status && Object.hasOwn(DRIFT, status) ? DRIFT[status] : 'unknown';
}

/** A stack as CloudFormation describes it, with what had to be asked besides. */
export function toStack(
  stack: AwsStack,
  region: string,
  extra: { reason?: string; drifted: DriftedResource[] },
): Stack {
  const reason = extra.reason ?? stack.StackStatusReason;
  const changedAt =
    stack.DeletionTime ?? stack.LastUpdatedTime ?? stack.CreationTime;
  const id = stack.StackId ?? stack.StackName ?? '';
  const drift = stack.DriftInformation;
  return {
    id,
    name: stack.StackName ?? id,
    region,
    ...(stack.Description && { description: stack.Description }),
    status: stack.StackStatus ?? 'UNKNOWN',
    ...(reason && { reason }),
    changedAt: (changedAt ?? new Date(0)).toISOString(),
    terminationProtected: stack.EnableTerminationProtection ?? false,
    drift: {
      status: toDriftStatus(drift?.StackDriftStatus),
      ...(drift?.LastCheckTimestamp && {
        checkedAt: drift.LastCheckTimestamp.toISOString(),
      }),
      resources: extra.drifted,
    },
    tags: Object.fromEntries(
      (stack.Tags ?? []).map(t => [t.Key ?? '', t.Value ?? '']),
    ),
    consoleUrl: consoleUrl(id, region),
  };
}

/** A resource that CloudFormation found changed or gone. */
export function toDriftedResource(drift: StackResourceDrift): DriftedResource {
  return {
    logicalId: drift.LogicalResourceId ?? '?',
    ...(drift.PhysicalResourceId && { physicalId: drift.PhysicalResourceId }),
    type: drift.ResourceType ?? '?',
    change:
      drift.StackResourceDriftStatus === 'DELETED' ? 'deleted' : 'modified',
    properties: (drift.PropertyDifferences ?? [])
      .flatMap(d => d.PropertyPath ?? [])
      .sort(),
  };
}

/** Hosts of the console, by partition of AWS. */
const CONSOLES: Record<string, string> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

function consoleUrl(stackId: string, region: string): string {
  const [, partition = 'aws'] = stackId.split(':');
  const host = Object.hasOwn(CONSOLES, partition)
    ? CONSOLES[partition]
    : `${region}.console.aws.amazon.com`;
  return `https://${host}/cloudformation/home?region=${region}#/stacks/stackinfo?stackId=${encodeURIComponent(
    stackId,
  )}`;
}
