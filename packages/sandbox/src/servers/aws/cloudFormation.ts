import type {
  Change,
  Parameter,
  Stack,
  StackEvent,
  StackResource,
  StackSummary,
  Tag,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import {
  ChangeSetRecord,
  OnFailure,
  PlannedChange,
  ResourceRecord,
  StackRecord,
} from '../../world/aws/stacks/records';
import { StackRequest } from '../../world/aws/stacks/StackEngine';
import { CallContext, Handlers } from './handlers';

const PAGE_SIZE = 100;

/** AWS CloudFormation. Templates come in the request; there is no S3 to read them from. */
export const cloudFormationHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudformation')
> = {
  CreateStack(input, context) {
    const stack = context.aws.stacks.create(
      context,
      input.StackName!,
      readRequest(input),
      {
        onFailure: readOnFailure(input.OnFailure, input.DisableRollback),
        terminationProtection: input.EnableTerminationProtection ?? false,
      },
    );
    return { StackId: stack.id };
  },

  UpdateStack(input, context) {
    const stack = context.aws.stacks.update(
      context,
      input.StackName!,
      readRequest(input),
    );
    return { StackId: stack.id };
  },

  DeleteStack(input, context) {
    context.aws.stacks.delete(context, input.StackName!);
    return {};
  },

  CancelUpdateStack(input, context) {
    context.aws.stacks.cancelUpdate(context, input.StackName!);
    return {};
  },

  ContinueUpdateRollback(input, context) {
    context.aws.stacks.continueRollback(
      context,
      input.StackName!,
      input.ResourcesToSkip ?? [],
    );
    return {};
  },

  UpdateTerminationProtection(input, context) {
    const { stacks } = context.aws;
    const stack = stacks.get(context, input.StackName!);
    stacks.change(stack, {
      terminationProtection: input.EnableTerminationProtection,
    });
    return { StackId: stack.id };
  },

  GetStackPolicy(input, context) {
    const stack = context.aws.stacks.get(context, input.StackName!);
    return { StackPolicyBody: stack.policy };
  },

  SetStackPolicy(input, context) {
    const { stacks } = context.aws;
    const stack = stacks.get(context, input.StackName!);
    try {
      JSON.parse(input.StackPolicyBody ?? '');
    } catch {
      throw new AwsError(
        'ValidationError',
        'Error validating stack policy: Invalid stack policy',
      );
    }
    stacks.change(stack, { policy: input.StackPolicyBody });
    return {};
  },

  ListExports(input, context) {
    const page = pageOf(context.aws.stacks.exports(context), input.NextToken);
    return {
      Exports: page.items.map(({ stack, name, value }) => ({
        ExportingStackId: stack.id,
        Name: name,
        Value: value,
      })),
      NextToken: page.nextToken,
    };
  },

  ListImports(input, context) {
    const importers = context.aws.stacks.importers(context, input.ExportName!);
    if (importers.length === 0) {
      throw new AwsError(
        'ValidationError',
        `Export '${input.ExportName}' is not imported by any stack.`,
      );
    }
    const page = pageOf(importers, input.NextToken);
    return { Imports: page.items, NextToken: page.nextToken };
  },

  DescribeStacks(input, context) {
    const stacks = input.StackName
      ? [context.aws.stacks.get(context, input.StackName)]
      : context.aws.stacks
          .list(context)
          .filter(({ status }) => status !== 'DELETE_COMPLETE');
    const page = pageOf(stacks, input.NextToken);
    return {
      Stacks: page.items.map(describeStack),
      NextToken: page.nextToken,
    };
  },

  ListStacks(input, context) {
    const page = pageOf(
      context.aws.stacks
        .list(context)
        .filter(
          ({ status }) =>
            !input.StackStatusFilter ||
            input.StackStatusFilter.length === 0 ||
            (input.StackStatusFilter as string[]).includes(status),
        ),
      input.NextToken,
    );
    return {
      StackSummaries: page.items.map(summarizeStack),
      NextToken: page.nextToken,
    };
  },

  DescribeStackEvents(input, context) {
    const stack = context.aws.stacks.get(context, input.StackName!);
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
      ? context.aws.stacks.get(context, input.StackName)
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
    const stack = context.aws.stacks.get(context, input.StackName!);
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
    const stack = context.aws.stacks.get(context, input.StackName!);
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

  GetTemplate(input, context) {
    if (input.ChangeSetName) {
      const { changeSet } = context.aws.stacks.getChangeSet(
        context,
        input.ChangeSetName,
        input.StackName,
      );
      return {
        TemplateBody: changeSet.definition.templateBody,
        StagesAvailable: ['Original', 'Processed'],
      };
    }
    if (!input.StackName) {
      throw new AwsError('ValidationError', 'StackName is required');
    }
    return {
      TemplateBody: context.aws.stacks.get(context, input.StackName).definition
        .templateBody,
      StagesAvailable: ['Original', 'Processed'],
    };
  },

  CreateChangeSet(input, context) {
    const type = input.ChangeSetType ?? 'UPDATE';
    if (type !== 'CREATE' && type !== 'UPDATE') {
      throw new AwsError(
        'ValidationError',
        `ChangeSetType ${type} is not in the sandbox; it has CREATE and UPDATE`,
      );
    }
    const { stack, changeSet } = context.aws.stacks.createChangeSet(
      context,
      input.StackName!,
      { name: input.ChangeSetName!, type, description: input.Description },
      readRequest(input),
    );
    return { Id: changeSet.id, StackId: stack.id };
  },

  DescribeChangeSet(input, context) {
    const { stack, changeSet } = context.aws.stacks.getChangeSet(
      context,
      input.ChangeSetName!,
      input.StackName,
    );
    const page = pageOf(changeSet.changes, input.NextToken);
    const { definition } = changeSet;
    return {
      ...summarizeChangeSet(stack, changeSet),
      Parameters: describeParameters(definition.parameters),
      Tags: describeTags(definition.tags),
      Capabilities: definition.capabilities as Stack['Capabilities'],
      Changes:
        changeSet.status === 'CREATE_COMPLETE'
          ? page.items.map(describeChange)
          : [],
      NextToken: page.nextToken,
    };
  },

  ListChangeSets(input, context) {
    const stack = context.aws.stacks.get(context, input.StackName!);
    const page = pageOf(stack.changeSets, input.NextToken);
    return {
      Summaries: page.items.map(changeSet =>
        summarizeChangeSet(stack, changeSet),
      ),
      NextToken: page.nextToken,
    };
  },

  ExecuteChangeSet(input, context) {
    context.aws.stacks.executeChangeSet(
      context,
      input.ChangeSetName!,
      input.StackName,
    );
    return {};
  },

  DeleteChangeSet(input, context) {
    context.aws.stacks.deleteChangeSet(
      context,
      input.ChangeSetName!,
      input.StackName,
    );
    return {};
  },

  ValidateTemplate(input, context) {
    const template = context.aws.stacks.readTemplate(readTemplateBody(input));
    return {
      Description: template.Description,
      Parameters: Object.entries(template.Parameters).map(
        ([ParameterKey, { Default, Description, NoEcho }]) => ({
          ParameterKey,
          DefaultValue: Default === undefined ? undefined : String(Default),
          Description,
          NoEcho: String(NoEcho) === 'true',
        }),
      ),
    };
  },

  DetectStackDrift(input, context) {
    const stack = context.aws.stacks.get(context, input.StackName!);
    return { StackDriftDetectionId: context.aws.drifts.detect(stack) };
  },

  DescribeStackDriftDetectionStatus(input, context) {
    const detection = context.aws.drifts.get(input.StackDriftDetectionId!);
    if (!detection || !context.aws.stacks.find(context, detection.stackId)) {
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
    const stack = context.aws.stacks.get(context, input.StackName!);
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

interface RequestShape {
  TemplateBody?: string;
  TemplateURL?: string;
  UsePreviousTemplate?: boolean;
  Parameters?: Parameter[];
  Tags?: Tag[];
  Capabilities?: string[];
  RoleARN?: string;
  NotificationARNs?: string[];
}

function readTemplateBody(input: {
  TemplateBody?: string;
  TemplateURL?: string;
}): string {
  if (input.TemplateURL) {
    throw new AwsError(
      'ValidationError',
      'TemplateURL is not in the sandbox, it has no S3; send the template as TemplateBody',
    );
  }
  if (!input.TemplateBody) {
    throw new AwsError(
      'ValidationError',
      'Either Template URL or Template Body must be specified.',
    );
  }
  return input.TemplateBody;
}

function readRequest(input: RequestShape): StackRequest {
  return {
    templateBody: input.UsePreviousTemplate
      ? undefined
      : readTemplateBody(input),
    parameters: (input.Parameters ?? []).map(
      ({ ParameterKey, ParameterValue, UsePreviousValue }) => ({
        key: ParameterKey!,
        value: ParameterValue,
        usePrevious: UsePreviousValue ?? false,
      }),
    ),
    tags:
      input.Tags &&
      Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key!, Value!])),
    capabilities: input.Capabilities ?? [],
    roleArn: input.RoleARN,
    notificationArns: input.NotificationARNs,
  };
}

function readOnFailure(
  onFailure: string | undefined,
  disableRollback: boolean | undefined,
): OnFailure {
  if (onFailure !== undefined && disableRollback !== undefined) {
    throw new AwsError(
      'ValidationError',
      'You can specify only one of DisableRollback and OnFailure, not both',
    );
  }
  return disableRollback
    ? 'DO_NOTHING'
    : ((onFailure ?? 'ROLLBACK') as OnFailure);
}

function pageOf<T>(items: T[], token: string | undefined) {
  return paginate(items, {
    token,
    size: PAGE_SIZE,
    tokenError: new AwsError('ValidationError', 'Invalid NextToken'),
  });
}

function stackOfResource(
  physicalId: string | undefined,
  context: CallContext,
): StackRecord {
  const stack = context.aws.stacks
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

function describeParameters(parameters: Record<string, string>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
}

function describeTags(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function optionalDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function describeStack(stack: StackRecord): Stack {
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
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: optionalDate(stack.updatedAt),
    DeletionTime: optionalDate(stack.deletedAt),
  };
}

function summarizeStack(stack: StackRecord): StackSummary {
  return {
    StackId: stack.id,
    StackName: stack.name,
    StackStatus: stack.status as Stack['StackStatus'],
    StackStatusReason: stack.statusReason,
    TemplateDescription: stack.description,
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: optionalDate(stack.updatedAt),
    DeletionTime: optionalDate(stack.deletedAt),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function describeResource(
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

function summarizeChangeSet(stack: StackRecord, changeSet: ChangeSetRecord) {
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

function describeChange(change: PlannedChange): Change {
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
