import { Handlers } from './handlers';

/** AWS Secrets Manager. */
export const secretsManagerHandlers: Handlers<
  typeof import('@aws-sdk/client-secrets-manager')
> = {};
