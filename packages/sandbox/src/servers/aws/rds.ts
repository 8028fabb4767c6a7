import { Handlers } from './handlers';
import { rdsClusterHandlers } from './rdsClusters';
import { rdsGlobalClusterHandlers } from './rdsGlobalClusters';
import { rdsInstanceHandlers } from './rdsInstances';
import { rdsReadingHandlers } from './rdsReading';
import { rdsTagHandlers } from './rdsTags';

/** Amazon RDS and Aurora. */
export const rdsHandlers: Handlers<typeof import('@aws-sdk/client-rds')> = {
  ...rdsReadingHandlers,
  ...rdsGlobalClusterHandlers,
  ...rdsClusterHandlers,
  ...rdsInstanceHandlers,
  ...rdsTagHandlers,
};
