import type {
  CreateScheduleInput,
  ScheduleSummary,
  Target,
} from '@aws-sdk/client-scheduler';
import { AwsError } from '../../world/aws/AwsError';
import { parseRoleArn } from '../../world/aws/credentials';
import { DEFAULT_GROUP } from '../../world/aws/scheduler/ScheduleBook';
import {
  Schedule,
  ScheduleGroup,
  ScheduleSettings,
  ScheduleTarget,
} from '../../world/aws/scheduler/types';
import { CallContext, Handlers } from './handlers';
import { validatedPage } from './validatedPage';

/** Amazon EventBridge Scheduler. */
export const schedulerHandlers: Handlers<
  typeof import('@aws-sdk/client-scheduler')
> = {
  ListSchedules(input, context) {
    const { GroupName, NamePrefix, State } = input;
    const page = pageOf(
      context.aws.schedules
        .list(context)
        .filter(
          schedule =>
            (!GroupName || schedule.group === GroupName) &&
            (!NamePrefix || schedule.name.startsWith(NamePrefix)) &&
            (!State || schedule.state === State),
        ),
      input,
    );
    return {
      Schedules: page.items.map(
        (schedule): ScheduleSummary => ({
          Arn: scheduleArn(schedule),
          Name: schedule.name,
          GroupName: schedule.group,
          State: schedule.state,
          CreationDate: new Date(schedule.createdAt),
          LastModificationDate: new Date(schedule.modifiedAt),
          Target: { Arn: schedule.target.Arn },
        }),
      ),
      NextToken: page.nextToken,
    };
  },

  GetSchedule(input, context) {
    const schedule = find(input, context);
    return {
      Arn: scheduleArn(schedule),
      Name: schedule.name,
      GroupName: schedule.group,
      ScheduleExpression: schedule.expression,
      ScheduleExpressionTimezone: schedule.zone,
      StartDate: schedule.startAt ? new Date(schedule.startAt) : undefined,
      EndDate: schedule.endAt ? new Date(schedule.endAt) : undefined,
      Description: schedule.description,
      State: schedule.state,
      CreationDate: new Date(schedule.createdAt),
      LastModificationDate: new Date(schedule.modifiedAt),
      KmsKeyArn: schedule.kmsKeyArn,
      Target: schedule.target as unknown as Target,
      FlexibleTimeWindow: schedule.flexibleTimeWindow as {
        Mode: 'OFF' | 'FLEXIBLE';
      },
      ActionAfterCompletion: schedule.actionAfterCompletion,
    };
  },

  CreateSchedule(input, context) {
    checkName(input.Name!);
    const schedule = context.aws.schedules.create(
      context,
      input.GroupName ?? DEFAULT_GROUP,
      input.Name!,
      settingsOf(input, context),
    );
    return { ScheduleArn: scheduleArn(schedule) };
  },

  UpdateSchedule(input, context) {
    const schedule = find(input, context);
    context.aws.schedules.update(schedule, settingsOf(input, context));
    return { ScheduleArn: scheduleArn(schedule) };
  },

  DeleteSchedule(input, context) {
    context.aws.schedules.delete(find(input, context));
    return {};
  },

  ListScheduleGroups(input, context) {
    const page = pageOf(
      context.aws.schedules
        .listGroups(context)
        .filter(({ name }) => name.startsWith(input.NamePrefix ?? '')),
      input,
    );
    return {
      ScheduleGroups: page.items.map(groupShape),
      NextToken: page.nextToken,
    };
  },

  GetScheduleGroup(input, context) {
    return groupShape(context.aws.schedules.getGroup(context, input.Name!));
  },

  CreateScheduleGroup(input, context) {
    checkName(input.Name!);
    const group = context.aws.schedules.createGroup(
      context,
      input.Name!,
      Object.fromEntries(
        (input.Tags ?? []).map(({ Key, Value }) => [Key!, Value ?? '']),
      ),
    );
    return { ScheduleGroupArn: groupArn(group) };
  },

  DeleteScheduleGroup(input, context) {
    const { schedules } = context.aws;
    schedules.deleteGroup(schedules.getGroup(context, input.Name!));
    return {};
  },

  ListTagsForResource(input, context) {
    const { tags } = groupByArn(input.ResourceArn!, context);
    return {
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  },

  TagResource(input, context) {
    const group = groupByArn(input.ResourceArn!, context);
    context.aws.schedules.setGroupTags(group, {
      ...group.tags,
      ...Object.fromEntries(
        input.Tags!.map(({ Key, Value }) => [Key!, Value ?? '']),
      ),
    });
    return {};
  },

  UntagResource(input, context) {
    const group = groupByArn(input.ResourceArn!, context);
    context.aws.schedules.setGroupTags(
      group,
      Object.fromEntries(
        Object.entries(group.tags).filter(
          ([key]) => !input.TagKeys!.includes(key),
        ),
      ),
    );
    return {};
  },
};

function scheduleArn({ region, accountId, group, name }: Schedule): string {
  return `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`;
}

function groupArn({ region, accountId, name }: ScheduleGroup): string {
  return `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`;
}

function groupShape(group: ScheduleGroup) {
  return {
    Arn: groupArn(group),
    Name: group.name,
    State: 'ACTIVE' as const,
    CreationDate: new Date(group.createdAt),
    LastModificationDate: new Date(group.modifiedAt),
  };
}

/** Only groups carry tags. */
function groupByArn(arn: string, context: CallContext): ScheduleGroup {
  const group = context.aws.schedules
    .listGroups(context)
    .find(candidate => groupArn(candidate) === arn);
  if (!group) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Resource ${arn} does not exist.`,
      404,
    );
  }
  return group;
}

function find(
  { GroupName, Name }: { GroupName?: string; Name?: string },
  context: CallContext,
): Schedule {
  return context.aws.schedules.get(context, GroupName ?? DEFAULT_GROUP, Name!);
}

function checkName(name: string): void {
  if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$`,
    );
  }
}

function settingsOf(
  input: Partial<CreateScheduleInput>,
  context: CallContext,
): ScheduleSettings {
  const window = input.FlexibleTimeWindow!;
  const target = input.Target!;
  const role = parseRoleArn(target.RoleArn ?? '');
  const problem =
    (window.Mode === 'FLEXIBLE' &&
      !window.MaximumWindowInMinutes &&
      'MaximumWindowInMinutes is required for the FLEXIBLE mode.') ||
    (window.Mode === 'OFF' &&
      window.MaximumWindowInMinutes &&
      'MaximumWindowInMinutes must not be set for the OFF mode.') ||
    ((!role || role.accountId !== context.accountId) &&
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.') ||
    (!/^arn:aws[\w-]*:[\w-]+:/.test(target.Arn ?? '') &&
      `Provided Arn is not in correct format.`) ||
    (target.Input !== undefined &&
      target.Arn!.includes(':aws-sdk:') &&
      !isJson(target.Input) &&
      'Input must be a valid JSON for universal targets.');
  if (problem) {
    throw new AwsError('ValidationException', problem);
  }
  return {
    expression: input.ScheduleExpression!,
    zone: input.ScheduleExpressionTimezone ?? 'UTC',
    startAt: input.StartDate?.toISOString(),
    endAt: input.EndDate?.toISOString(),
    description: input.Description,
    state: input.State ?? 'ENABLED',
    kmsKeyArn: input.KmsKeyArn,
    flexibleTimeWindow: {
      Mode: window.Mode!,
      MaximumWindowInMinutes: window.MaximumWindowInMinutes,
    },
    actionAfterCompletion: input.ActionAfterCompletion ?? 'NONE',
    target: {
      RetryPolicy: {
        MaximumEventAgeInSeconds: 86_400,
        MaximumRetryAttempts: 185,
      },
      ...target,
    } as ScheduleTarget,
  };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function pageOf<T>(
  items: T[],
  request: { MaxResults?: number; NextToken?: string },
) {
  return validatedPage(
    items,
    request,
    new AwsError('ValidationException', 'Invalid NextToken.'),
  );
}
