import { AwsError } from '../../../world/aws/AwsError';
import {
  parseTaskDefinition,
  taskDefinitionArn,
} from '../../../world/aws/ecs/arns';
import { TaskDefinitionRecord } from '../../../world/aws/ecs/records';
import { CallContext, Handlers } from '../handlers';
import { tagList } from './common';
import { describeTaskDefinition } from './describeTaskDefinition';
import { pageOf } from './pages';
import { readTags } from './tags';

/** Task definitions: families and their revisions. */
export const taskDefinitionCalls: Handlers<
  typeof import('@aws-sdk/client-ecs')
> = {
  RegisterTaskDefinition(input, context) {
    const definition = context.aws.ecs.registerTaskDefinition(context, input, {
      arn: context.callerArn,
      tags: readTags(input.tags),
    });
    return {
      taskDefinition: describeTaskDefinition(definition),
      tags: input.tags?.length ? tagList(definition.tags) : undefined,
    };
  },

  DeregisterTaskDefinition(input, context) {
    const { ecs } = context.aws;
    if (parseTaskDefinition(input.taskDefinition!).revision === undefined) {
      throw new AwsError(
        'ClientException',
        `Invalid revision number. Number: ${input.taskDefinition}`,
      );
    }
    const definition = ecs.store.findTaskDefinition(
      context,
      input.taskDefinition!,
    );
    if (!definition) {
      throw new AwsError(
        'ClientException',
        'The specified task definition does not exist.',
      );
    }
    if (definition.status === 'ACTIVE') {
      definition.status = 'INACTIVE';
      definition.deregisteredAt = ecs.now().toISOString();
      ecs.store.save();
    }
    return { taskDefinition: describeTaskDefinition(definition) };
  },

  DescribeTaskDefinition(input, context) {
    const definition = context.aws.ecs.store.findTaskDefinition(
      context,
      input.taskDefinition!,
    );
    if (!definition) {
      throw new AwsError(
        'ClientException',
        'Unable to describe task definition.',
      );
    }
    return {
      taskDefinition: describeTaskDefinition(definition),
      tags: input.include?.includes('TAGS')
        ? tagList(definition.tags)
        : undefined,
    };
  },

  ListTaskDefinitions(input, context) {
    const status = input.status ?? 'ACTIVE';
    const found = byFamily(context)
      .filter(definition => definition.status === status)
      .filter(
        ({ family }) => !input.familyPrefix || family === input.familyPrefix,
      )
      .map(taskDefinitionArn);
    const page = pageOf(input.sort === 'DESC' ? found.reverse() : found, input);
    return { taskDefinitionArns: page.items, nextToken: page.nextToken };
  },

  ListTaskDefinitionFamilies(input, context) {
    const status = input.status ?? 'ACTIVE';
    const all = byFamily(context);
    const active = new Set(
      all.filter(d => d.status === 'ACTIVE').map(({ family }) => family),
    );
    const families = [...new Set(all.map(({ family }) => family))].filter(
      family =>
        family.startsWith(input.familyPrefix ?? '') &&
        (status === 'ALL' || active.has(family) === (status === 'ACTIVE')),
    );
    const page = pageOf(families, input);
    return { families: page.items, nextToken: page.nextToken };
  },
};

/** By family, then by revision. */
function byFamily(context: CallContext): TaskDefinitionRecord[] {
  return context.aws.ecs.store
    .taskDefinitionsIn(context)
    .sort((a, b) =>
      a.family === b.family
        ? a.revision - b.revision
        : Number(a.family > b.family) || -1,
    );
}
