import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { ACCOUNT, Step, stepsOf } from '../Step';

const sts = stepsOf('sts');

export const IDENTITY_STEPS: Step[] = [
  sts(new GetCallerIdentityCommand({})),
  sts(new GetSessionTokenCommand({})),
  sts(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/read`,
      RoleSessionName: 'realism',
    }),
  ),
];
