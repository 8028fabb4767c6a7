import { AwsError } from '../AwsError';
import { DEFAULT_GROUP, ScheduleBook } from '../scheduler/ScheduleBook';
import { ScheduleSettings } from '../scheduler/types';
import { generatedName } from './PlainResources';
import { Properties, ResourceContext, ResourceType } from './ResourceType';

/**
 * AWS::Scheduler::Schedule.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
 */
export function scheduleType(schedules: ScheduleBook): ResourceType {
  const find = (physicalId: string, { place }: ResourceContext) =>
    schedules.list(place).find(({ name }) => name === physicalId);
  return {
    properties: [
      'Description',
      'EndDate',
      'FlexibleTimeWindow',
      'GroupName',
      'KmsKeyArn',
      'Name',
      'ScheduleExpression',
      'ScheduleExpressionTimezone',
      'StartDate',
      'State',
      'Target',
    ],
    required: ['FlexibleTimeWindow', 'ScheduleExpression', 'Target'],
    replacedBy: ['Name', 'GroupName'],

    create(properties, context) {
      return schedules.create(
        context.place,
        properties.GroupName ?? DEFAULT_GROUP,
        properties.Name ?? generatedName(context).slice(0, 64),
        settingsOf(properties),
      ).name;
    },

    update(physicalId, properties, context) {
      const schedule = find(physicalId, context);
      if (!schedule) {
        throw new AwsError('NotFound', `${physicalId} does not exist`);
      }
      schedules.update(schedule, settingsOf(properties));
    },

    delete(physicalId, _properties, context) {
      const schedule = find(physicalId, context);
      if (schedule) {
        schedules.delete(schedule);
      }
    },

    attributes(physicalId, context) {
      const { region, accountId } = context.place;
      const group = find(physicalId, context)?.group ?? DEFAULT_GROUP;
      return {
        Arn: `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${physicalId}`,
      };
    },

    read(physicalId, context) {
      const schedule = find(physicalId, context);
      return (
        schedule && {
          Name: schedule.name,
          GroupName: schedule.group,
          ScheduleExpression: schedule.expression,
          ScheduleExpressionTimezone: schedule.zone,
          State: schedule.state,
          Target: schedule.target,
          FlexibleTimeWindow: schedule.flexibleTimeWindow,
          ...(schedule.description && { Description: schedule.description }),
        }
      );
    },
  };
}

function settingsOf(properties: Properties): ScheduleSettings {
  return {
    expression: properties.ScheduleExpression,
    zone: properties.ScheduleExpressionTimezone ?? 'UTC',
    startAt: properties.StartDate,
    endAt: properties.EndDate,
    description: properties.Description,
    state: properties.State ?? 'ENABLED',
    kmsKeyArn: properties.KmsKeyArn,
    flexibleTimeWindow: properties.FlexibleTimeWindow,
    actionAfterCompletion: 'NONE',
    target: properties.Target,
  };
}
