import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import { Step, stepsOf } from '../Step';

const call = stepsOf('cloudwatch');

const AlarmNames = ['realism'];
const DashboardName = 'realism';
const now = new Date();
const period = {
  StartTime: new Date(now.getTime() - 600_000),
  EndTime: new Date(now.getTime() + 60_000),
};

export const METRIC_STEPS: Step[] = [
  call(
    new cloudwatch.PutMetricDataCommand({
      Namespace: 'Realism',
      MetricData: [
        {
          MetricName: 'Backlog',
          Value: 5,
          Unit: 'Count',
          Timestamp: new Date(now.getTime() - 120_000),
          Dimensions: [{ Name: 'Queue', Value: 'one' }],
        },
      ],
    }),
  ),
  call(new cloudwatch.ListMetricsCommand({ Namespace: 'Realism' })),
  call(
    new cloudwatch.GetMetricStatisticsCommand({
      Namespace: 'Realism',
      MetricName: 'Backlog',
      Dimensions: [{ Name: 'Queue', Value: 'one' }],
      Period: 60,
      Statistics: ['Average', 'Maximum'],
      ...period,
    }),
  ),
  call(
    new cloudwatch.GetMetricDataCommand({
      MetricDataQueries: [
        {
          Id: 'backlog',
          MetricStat: {
            Metric: {
              Namespace: 'Realism',
              MetricName: 'Backlog',
              Dimensions: [{ Name: 'Queue', Value: 'one' }],
            },
            Period: 60,
            Stat: 'Maximum',
          },
        },
      ],
      ...period,
    }),
  ),
  call(
    new cloudwatch.PutMetricAlarmCommand({
      AlarmName: 'realism',
      Namespace: 'Realism',
      MetricName: 'Backlog',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 3,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  ),
  call(new cloudwatch.DescribeAlarmsCommand({ AlarmNames })),
  call(
    new cloudwatch.DescribeAlarmsForMetricCommand({
      Namespace: 'Realism',
      MetricName: 'Backlog',
    }),
  ),
  call(
    new cloudwatch.SetAlarmStateCommand({
      AlarmName: 'realism',
      StateValue: 'ALARM',
      StateReason: 'realism',
    }),
  ),
  call(
    new cloudwatch.SetAlarmStateCommand({
      AlarmName: 'none',
      StateValue: 'ALARM',
      StateReason: 'realism',
    }),
    'no such alarm',
  ),
  call(new cloudwatch.DisableAlarmActionsCommand({ AlarmNames })),
  call(new cloudwatch.EnableAlarmActionsCommand({ AlarmNames })),
  call(new cloudwatch.DeleteAlarmsCommand({ AlarmNames })),
  call(
    new cloudwatch.PutDashboardCommand({
      DashboardName,
      DashboardBody: '{"widgets":[]}',
    }),
  ),
  call(
    new cloudwatch.PutDashboardCommand({ DashboardName, DashboardBody: '{' }),
    'broken',
  ),
  call(new cloudwatch.ListDashboardsCommand({})),
  call(new cloudwatch.GetDashboardCommand({ DashboardName })),
  call(
    new cloudwatch.DeleteDashboardsCommand({ DashboardNames: [DashboardName] }),
  ),
  call(
    new cloudwatch.GetDashboardCommand({ DashboardName }),
    'no such dashboard',
  ),
];
