import { Handlers } from './handlers';

/** Amazon EventBridge Scheduler. */
export const schedulerHandlers: Handlers<
  typeof import('@aws-sdk/client-scheduler')
> = {};
