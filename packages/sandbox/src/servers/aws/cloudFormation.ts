import { changeSetHandlers } from './cloudFormationChangeSets';
import { stackResourceHandlers } from './cloudFormationResources';
import { stackHandlers } from './cloudFormationStacks';
import { Handlers } from './handlers';

/** AWS CloudFormation. Templates come in the request; there is no S3 to read them from. */
export const cloudFormationHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudformation')
> = {
  ...stackHandlers,
  ...stackResourceHandlers,
  ...changeSetHandlers,
};
