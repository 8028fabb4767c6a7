import type * as Sdk from '@aws-sdk/client-cloudwatch';
import { Alarm } from '../../world/aws/alarms/records';
import { AwsError } from '../../world/aws/AwsError';
import { CallContext, Handlers } from './handlers';

/** Tags of alarms. */
export const cloudWatchTagHandlers: Handlers<typeof Sdk> = {
  ListTagsForResource(input, context) {
    const { tags } = alarmByArn(input.ResourceARN!, context);
    return {
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  },

  TagResource(input, context) {
    const alarm = alarmByArn(input.ResourceARN!, context);
    input.Tags!.forEach(({ Key, Value }) => {
      alarm.tags[Key!] = Value!;
    });
    context.aws.alarms.changed();
    return {};
  },

  UntagResource(input, context) {
    const alarm = alarmByArn(input.ResourceARN!, context);
    input.TagKeys!.forEach(key => delete alarm.tags[key]);
    context.aws.alarms.changed();
    return {};
  },
};

function alarmByArn(arn: string, context: CallContext): Alarm {
  const found = context.aws.alarms.list(context).find(item => item.arn === arn);
  if (!found) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Resource ${arn} not found`,
      404,
    );
  }
  return found;
}
