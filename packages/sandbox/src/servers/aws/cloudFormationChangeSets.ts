import type { Stack } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../world/aws/AwsError';
import { pageOf, readRequest } from './cloudFormationInput';
import {
  describeChange,
  describeParameters,
  describeTags,
  summarizeChangeSet,
} from './cloudFormationShapes';
import { Handlers } from './handlers';

/** Change sets. */
export const changeSetHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudformation')
> = {
  CreateChangeSet(input, context) {
    const type = input.ChangeSetType ?? 'UPDATE';
    if (type !== 'CREATE' && type !== 'UPDATE') {
      throw new AwsError(
        'ValidationError',
        `ChangeSetType ${type} is not in the sandbox; it has CREATE and UPDATE`,
      );
    }
    const { stack, changeSet } = context.aws.stacks.changeSets.create(
      context,
      input.StackName!,
      { name: input.ChangeSetName!, type, description: input.Description },
      readRequest(input),
    );
    return { Id: changeSet.id, StackId: stack.id };
  },

  DescribeChangeSet(input, context) {
    const { stack, changeSet } = context.aws.stacks.changeSets.get(
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
      NotificationARNs: stack.notificationArns,
      Capabilities: definition.capabilities as Stack['Capabilities'],
      Changes:
        changeSet.status === 'CREATE_COMPLETE'
          ? page.items.map(describeChange)
          : [],
      NextToken: page.nextToken,
    };
  },

  ListChangeSets(input, context) {
    const stack = context.aws.stacks.book.get(context, input.StackName!);
    const page = pageOf(stack.changeSets, input.NextToken);
    return {
      Summaries: page.items.map(changeSet =>
        summarizeChangeSet(stack, changeSet),
      ),
      NextToken: page.nextToken,
    };
  },

  ExecuteChangeSet(input, context) {
    context.aws.stacks.changeSets.execute(
      context,
      input.ChangeSetName!,
      input.StackName,
    );
    return {};
  },

  DeleteChangeSet(input, context) {
    context.aws.stacks.changeSets.delete(
      context,
      input.ChangeSetName!,
      input.StackName,
    );
    return {};
  },
};
