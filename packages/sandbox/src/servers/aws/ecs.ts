import { clusterCalls } from './ecs/clusterCalls';
import { serviceCalls } from './ecs/serviceCalls';
import { taskCalls } from './ecs/taskCalls';
import { taskDefinitionCalls } from './ecs/taskDefinitionCalls';
import { Handlers } from './handlers';

/** Amazon Elastic Container Service. */
export const ecsHandlers: Handlers<typeof import('@aws-sdk/client-ecs')> = {
  ...clusterCalls,
  ...taskDefinitionCalls,
  ...serviceCalls,
  ...taskCalls,
};
