import { costAnomalyHandlers } from './costAnomalies';
import { costCommitmentHandlers } from './costCommitments';
import { costUsageHandlers } from './costUsage';
import { Handlers } from './handlers';

/** AWS Cost Explorer. */
export const costExplorerHandlers: Handlers<
  typeof import('@aws-sdk/client-cost-explorer')
> = {
  ...costUsageHandlers,
  ...costAnomalyHandlers,
  ...costCommitmentHandlers,
};
