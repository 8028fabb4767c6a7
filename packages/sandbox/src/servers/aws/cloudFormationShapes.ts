import type {
  Change,
  Stack,
  StackResource,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import {
  ChangeSetRecord,
  PlannedChange,
  ResourceRecord,
  StackRecord,
} from '../../world/aws/stacks/records';
import { DriftDetection } from '../../world/aws/stacks/DriftDetector';

/** Parameters as resolved. */
export function describeParameters(parameters: Record<string, string>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
}

/** Tags in CloudFormation's form. */
export function describeTags(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function optionalDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

/** What the last detection found; a stack that changed since keeps it, as with AWS. */
function describeDrift(
  detection: DriftDetection | undefined,
): NonNullable<Stack['DriftInformation']> {
  if (!detection) return { StackDriftStatus: 'NOT_CHECKED' };
  const drifted = detection.resources.some(r => r.status !== 'IN_SYNC');
  return {
    StackDriftStatus: drifted ? 'DRIFTED' : 'IN_SYNC',
    LastCheckTimestamp: detection.at,
  };
}

/** As DescribeStacks shows a stack. */
export function describeStack(
  stack: StackRecord,
  detection?: DriftDetection,
): Stack {
  return {
    StackId: stack.id,
    StackName: stack.name,
    StackStatus: stack.status as Stack['StackStatus'],
    StackStatusReason: stack.statusReason,
    Description: stack.description,
    Parameters: describeParameters(stack.definition.parameters),
    Tags: describeTags(stack.definition.tags),
    Capabilities: stack.definition.capabilities as Stack['Capabilities'],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: stack.roleArn,
    NotificationARNs: stack.notificationArns,
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: describeDrift(detection),
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: optionalDate(stack.updatedAt),
    DeletionTime: optionalDate(stack.deletedAt),
  };
}

/** As ListStacks shows a stack. */
export function summarizeStack(
  stack: StackRecord,
  detection?: DriftDetection,
): StackSummary {
  return {
    StackId: stack.id,
    StackName: stack.name,
    StackStatus: stack.status as Stack['StackStatus'],
    StackStatusReason: stack.statusReason,
    TemplateDescription: stack.description,
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: optionalDate(stack.updatedAt),
    DeletionTime: optionalDate(stack.deletedAt),
    DriftInformation: describeDrift(detection),
  };
}

/** As DescribeStackResources shows a resource. */
export function describeResource(
  stack: StackRecord,
  resource: ResourceRecord,
): StackResource {
  return {
    StackId: stack.id,
    StackName: stack.name,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status as StackResource['ResourceStatus'],
    ResourceStatusReason: resource.statusReason,
    Timestamp: new Date(resource.updatedAt),
  };
}

/** As ListChangeSets shows a change set. */
export function summarizeChangeSet(
  stack: StackRecord,
  changeSet: ChangeSetRecord,
) {
  return {
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    StackId: stack.id,
    StackName: stack.name,
    Description: changeSet.description,
    Status: changeSet.status as 'CREATE_COMPLETE',
    StatusReason: changeSet.statusReason,
    ExecutionStatus: changeSet.executionStatus as 'AVAILABLE',
    CreationTime: new Date(changeSet.createdAt),
  };
}

/** One change, with whether it needs a new resource. */
export function describeChange(change: PlannedChange): Change {
  const replacement = change.replacement ? 'True' : 'False';
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.action === 'Modify' ? replacement : undefined,
      Scope: [
        ...(change.properties.length > 0 ? (['Properties'] as const) : []),
        ...(change.tagsChange ? (['Tags'] as const) : []),
      ],
      Details: change.properties.map(Name => ({
        Target: {
          Attribute: 'Properties' as const,
          Name,
          RequiresRecreation: change.replacement
            ? ('Always' as const)
            : ('Never' as const),
        },
        Evaluation: 'Static' as const,
        ChangeSource: 'DirectModification' as const,
      })),
    },
  };
}
