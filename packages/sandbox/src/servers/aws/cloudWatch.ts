import { cloudWatchAlarmHandlers } from './cloudWatchAlarms';
import { cloudWatchDashboardHandlers } from './cloudWatchDashboards';
import { cloudWatchMetricHandlers } from './cloudWatchMetrics';
import { cloudWatchTagHandlers } from './cloudWatchTags';
import { Handlers } from './handlers';

/** Amazon CloudWatch: metrics, alarms, dashboards, tags. */
export const cloudWatchHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudwatch')
> = {
  ...cloudWatchMetricHandlers,
  ...cloudWatchAlarmHandlers,
  ...cloudWatchDashboardHandlers,
  ...cloudWatchTagHandlers,
};
