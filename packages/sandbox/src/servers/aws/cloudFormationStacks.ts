import type { Stack } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../world/aws/AwsError';
import { capabilitiesOf } from '../../world/aws/stacks/StackPlanner';
import {
  pageOf,
  readOnFailure,
  readRequest,
  readTemplateBody,
} from './cloudFormationInput';
import { describeStack, summarizeStack } from './cloudFormationShapes';
import { Handlers } from './handlers';

/** Stacks, their templates and what they share. */
export const stackHandlers: Handlers<
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
    const stack = stacks.book.get(context, input.StackName!);
    stacks.change(stack, {
      terminationProtection: input.EnableTerminationProtection,
    });
    return { StackId: stack.id };
  },

  GetStackPolicy(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    return { StackPolicyBody: stack.policy };
  },

  SetStackPolicy(input, context) {
    const { stacks } = context.aws;
    const stack = stacks.book.get(context, input.StackName!);
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

  DescribeStacks(input, context) {
    const stacks = input.StackName
      ? [context.aws.stacks.book.get(context, input.StackName)]
      : context.aws.stacks.book
          .list(context)
          .filter(({ status }) => status !== 'DELETE_COMPLETE');
    const page = pageOf(stacks, input.NextToken);
    return {
      Stacks: page.items.map(stack =>
        describeStack(stack, context.aws.drifts.verdict(stack.id)),
      ),
      NextToken: page.nextToken,
    };
  },

  ListStacks(input, context) {
    const page = pageOf(
      context.aws.stacks.book
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
      StackSummaries: page.items.map(stack =>
        summarizeStack(stack, context.aws.drifts.verdict(stack.id)),
      ),
      NextToken: page.nextToken,
    };
  },

  ListExports(input, context) {
    const page = pageOf(
      context.aws.stacks.book.exports(context),
      input.NextToken,
    );
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
    const importers = context.aws.stacks.book.importers(
      context,
      input.ExportName!,
    );
    if (importers.length === 0) {
      throw new AwsError(
        'ValidationError',
        `Export '${input.ExportName}' is not imported by any stack.`,
      );
    }
    const page = pageOf(importers, input.NextToken);
    return { Imports: page.items, NextToken: page.nextToken };
  },

  GetTemplate(input, context) {
    if (input.ChangeSetName) {
      const { changeSet } = context.aws.stacks.changeSets.get(
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
      TemplateBody: context.aws.stacks.book.get(context, input.StackName)
        .definition.templateBody,
      StagesAvailable: ['Original', 'Processed'],
    };
  },

  ValidateTemplate(input, context) {
    const template = context.aws.stacks.planner.readTemplate(
      readTemplateBody(input),
    );
    const capabilities = capabilitiesOf(template);
    const identities = new Set(
      Object.values(template.Resources)
        .map(({ Type }) => Type)
        .filter(type => type.startsWith('AWS::IAM::')),
    );
    return {
      Description: template.Description,
      Capabilities: capabilities as Stack['Capabilities'],
      CapabilitiesReason:
        capabilities.length > 0
          ? `The following resource(s) require capabilities: [${[
              ...identities,
            ].join(', ')}]`
          : undefined,
      DeclaredTransforms: [],
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
};
