import * as scheduler from '@aws-sdk/client-scheduler';
import { ACCOUNT, REGION, Step, stepsOf } from '../Step';

const call = stepsOf('scheduler');

const GroupName = 'realism';
const own = { Name: 'one', GroupName };
const plan = {
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  Target: {
    Arn: 'arn:aws:scheduler:::aws-sdk:rds:stopDBCluster',
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/scheduler`,
    Input: '{}',
  },
};
const ResourceArn = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/${GroupName}`;

export const SCHEDULE_STEPS: Step[] = [
  call(
    new scheduler.CreateScheduleGroupCommand({
      Name: GroupName,
      Tags: [{ Key: 'Team', Value: 'one' }],
    }),
  ),
  call(new scheduler.CreateScheduleGroupCommand({ Name: GroupName }), 'again'),
  call(new scheduler.GetScheduleGroupCommand({ Name: GroupName })),
  call(
    new scheduler.GetScheduleGroupCommand({ Name: 'none' }),
    'no such group',
  ),
  call(new scheduler.ListScheduleGroupsCommand({})),
  call(
    new scheduler.CreateScheduleCommand({
      ...own,
      ...plan,
      ScheduleExpression: 'cron(0 20 ? * MON-FRI *)',
    }),
  ),
  call(
    new scheduler.CreateScheduleCommand({
      ...own,
      ...plan,
      ScheduleExpression: 'rate(1 hour)',
    }),
    'again',
  ),
  call(
    new scheduler.CreateScheduleCommand({
      ...plan,
      Name: 'bad',
      ScheduleExpression: 'never',
    }),
    'bad expression',
  ),
  call(new scheduler.GetScheduleCommand(own)),
  call(new scheduler.GetScheduleCommand({ Name: 'none' }), 'no such schedule'),
  call(new scheduler.ListSchedulesCommand({ GroupName })),
  call(
    new scheduler.UpdateScheduleCommand({
      ...own,
      ...plan,
      ScheduleExpression: 'rate(2 hours)',
    }),
  ),
  call(new scheduler.ListTagsForResourceCommand({ ResourceArn })),
  call(
    new scheduler.TagResourceCommand({
      ResourceArn,
      Tags: [{ Key: 'Cost', Value: '1' }],
    }),
  ),
  call(new scheduler.UntagResourceCommand({ ResourceArn, TagKeys: ['Cost'] })),
  call(new scheduler.DeleteScheduleCommand(own)),
  call(
    new scheduler.DeleteScheduleCommand({ Name: 'none' }),
    'no such schedule',
  ),
  call(new scheduler.DeleteScheduleGroupCommand({ Name: GroupName })),
];
