import { Handlers } from './handlers';

/** AWS Resource Groups Tagging API. */
export const resourceGroupsTaggingHandlers: Handlers<
  typeof import('@aws-sdk/client-resource-groups-tagging-api')
> = {};
