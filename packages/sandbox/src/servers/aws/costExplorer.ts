import { costAnomalyHandlers } from './costAnomalies';
import { costCommitmentHandlers } from './costCommitments';
import { costForecastHandlers } from './costForecasts';
import { costLabelHandlers } from './costLabels';
import { costMonitorHandlers } from './costMonitors';
import { costUsageHandlers } from './costUsage';
import { Handlers } from './handlers';

/** AWS Cost Explorer. */
export const costExplorerHandlers: Handlers<
  typeof import('@aws-sdk/client-cost-explorer')
> = {
  ...costUsageHandlers,
  ...costForecastHandlers,
  ...costLabelHandlers,
  ...costAnomalyHandlers,
  ...costMonitorHandlers,
  ...costCommitmentHandlers,
};
