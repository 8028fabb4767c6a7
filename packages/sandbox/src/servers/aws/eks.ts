import { Handlers } from './handlers';

/** Amazon Elastic Kubernetes Service. */
export const eksHandlers: Handlers<typeof import('@aws-sdk/client-eks')> = {};
