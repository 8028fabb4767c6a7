import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../world/aws/AwsError';
import { StackRecord } from '../../world/aws/stacks/records';
import { pageOf } from './cloudFormationInput';
import { describeResource } from './cloudFormationShapes';
import { CallContext, Handlers } from './handlers';

/** What is in stacks, what happened to it, and how it drifted. */
export const stackResourceHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudformation')
> = {
  DescribeStackEvents(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    const page = pageOf(stack.events, input.NextToken);
    return {
      StackEvents: page.items.map(
        (event): StackEvent => ({
          StackId: stack.id,
          StackName: stack.name,
          EventId: event.id,
          LogicalResourceId: event.logicalId,
          PhysicalResourceId: event.physicalId ?? '',
          ResourceType: event.type,
          ResourceStatus: event.status as StackEvent['ResourceStatus'],
          ResourceStatusReason: event.statusReason,
          ResourceProperties:
            event.properties && JSON.stringify(event.properties),
          Timestamp: new Date(event.at),
        }),
      ),
      NextToken: page.nextToken,
    };
  },

  DescribeStackResources(input, context) {
    const stack = input.StackName
      ? context.aws.stacks.book.get(context, input.StackName)
      : stackOfResource(input.PhysicalResourceId, context);
    return {
      StackResources: stack.resources
        .filter(
          ({ logicalId }) =>
            !input.LogicalResourceId || logicalId === input.LogicalResourceId,
        )
        .map(resource => describeResource(stack, resource)),
    };
  },

  DescribeStackResource(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    const found = stack.resources.find(
      ({ logicalId }) => logicalId === input.LogicalResourceId,
    );
    if (!found) {
      throw new AwsError(
        'ValidationError',
        `Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`,
      );
    }
    const { Timestamp, ...resource } = describeResource(stack, found);
    return {
      StackResourceDetail: { ...resource, LastUpdatedTimestamp: Timestamp },
    };
  },

  ListStackResources(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    const page = pageOf(stack.resources, input.NextToken);
    return {
      StackResourceSummaries: page.items.map(resource => {
        const { Timestamp, LogicalResourceId, ...rest } = describeResource(
          stack,
          resource,
        );
        return {
          LogicalResourceId,
          PhysicalResourceId: rest.PhysicalResourceId,
          ResourceType: rest.ResourceType,
          ResourceStatus: rest.ResourceStatus,
          ResourceStatusReason: rest.ResourceStatusReason,
          LastUpdatedTimestamp: Timestamp,
        };
      }),
      NextToken: page.nextToken,
    };
  },

  DetectStackDrift(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    return { StackDriftDetectionId: context.aws.drifts.detect(stack) };
  },

  DescribeStackDriftDetectionStatus(input, context) {
    const detection = context.aws.drifts.get(input.StackDriftDetectionId!);
    if (
      !detection ||
      !context.aws.stacks.book.find(context, detection.stackId)
    ) {
      throw new AwsError(
        'ValidationError',
        `DriftDetection ${input.StackDriftDetectionId} does not exist`,
      );
    }
    const drifted = detection.resources.filter(
      ({ status }) => status !== 'IN_SYNC',
    ).length;
    const verdict = drifted > 0 ? 'DRIFTED' : 'IN_SYNC';
    return {
      StackId: detection.stackId,
      StackDriftDetectionId: input.StackDriftDetectionId,
      DetectionStatus: detection.complete
        ? 'DETECTION_COMPLETE'
        : 'DETECTION_IN_PROGRESS',
      StackDriftStatus: detection.complete ? verdict : undefined,
      DriftedStackResourceCount: detection.complete ? drifted : undefined,
      Timestamp: detection.at,
    };
  },

  DescribeStackResourceDrifts(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    const detection = context.aws.drifts.latest(stack.id);
    const page = pageOf(
      (detection?.complete ? detection.resources : []).filter(
        ({ status }) =>
          !input.StackResourceDriftStatusFilters ||
          (input.StackResourceDriftStatusFilters as string[]).includes(status),
      ),
      input.NextToken,
    );
    return {
      StackResourceDrifts: page.items.map(resource => ({
        StackId: stack.id,
        LogicalResourceId: resource.logicalId,
        PhysicalResourceId: resource.physicalId,
        ResourceType: resource.type,
        ExpectedProperties: JSON.stringify(resource.expected),
        ActualProperties: resource.actual && JSON.stringify(resource.actual),
        PropertyDifferences: resource.differences.map(
          ({ name, expected, actual }) => ({
            PropertyPath: `/${name}`,
            ExpectedValue: JSON.stringify(expected),
            ActualValue: JSON.stringify(actual ?? null),
            DifferenceType:
              actual === undefined
                ? ('REMOVE' as const)
                : ('NOT_EQUAL' as const),
          }),
        ),
        StackResourceDriftStatus: resource.status,
        Timestamp: detection!.at,
      })),
      NextToken: page.nextToken,
    };
  },
};

function stackOfResource(
  physicalId: string | undefined,
  context: CallContext,
): StackRecord {
  const stack = context.aws.stacks.book
    .list(context)
    .find(({ resources }) =>
      resources.some(resource => resource.physicalId === physicalId),
    );
  if (!physicalId || !stack) {
    throw new AwsError(
      'ValidationError',
      physicalId
        ? `Stack for ${physicalId} does not exist`
        : 'StackName or PhysicalResourceId is required',
    );
  }
  return stack;
}
