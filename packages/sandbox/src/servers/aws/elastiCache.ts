import { Handlers } from './handlers';

/** Amazon ElastiCache. */
export const elastiCacheHandlers: Handlers<
  typeof import('@aws-sdk/client-elasticache')
> = {};
