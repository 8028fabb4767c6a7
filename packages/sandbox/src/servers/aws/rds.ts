import { Handlers } from './handlers';
import { rdsChangingHandlers } from './rdsChanging';
import { rdsReadingHandlers } from './rdsReading';

/** Amazon RDS and Aurora. */
export const rdsHandlers: Handlers<typeof import('@aws-sdk/client-rds')> = {
  ...rdsReadingHandlers,
  ...rdsChangingHandlers,
};
