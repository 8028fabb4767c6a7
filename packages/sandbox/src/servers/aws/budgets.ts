import { Handlers } from './handlers';

/** AWS Budgets. */
export const budgetsHandlers: Handlers<
  typeof import('@aws-sdk/client-budgets')
> = {};
