import { Handlers } from './handlers';

/** Amazon Elastic Container Service. */
export const ecsHandlers: Handlers<typeof import('@aws-sdk/client-ecs')> = {};
