import { AwsError } from '../../world/aws/AwsError';
import {
  assumedRoleArn,
  assumedRoleId,
  issueSession,
  parseRoleArn,
} from '../../world/aws/credentials';
import { Handlers } from './handlers';

const DEFAULT_SESSION_SECONDS = 3600;

/** AWS Security Token Service. */
export const stsHandlers: Handlers<typeof import('@aws-sdk/client-sts')> = {
  AssumeRole(input, { aws, callerArn }) {
    const role = parseRoleArn(input.RoleArn!);
    if (!role) {
      throw new AwsError(
        'ValidationError',
        `${input.RoleArn} is invalid. It must be arn:aws:iam::<account>:role/<name>`,
      );
    }
    if (!aws.accounts.some(({ id }) => id === role.accountId)) {
      throw new AwsError(
        'AccessDenied',
        `User: ${callerArn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
        403,
      );
    }
    const seconds = input.DurationSeconds ?? DEFAULT_SESSION_SECONDS;
    if (seconds < 900 || seconds > 43_200) {
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must be between 900 and 43200`,
      );
    }
    const credentials = issueSession(
      input.RoleArn!,
      input.RoleSessionName!,
      new Date(aws.clock.now().getTime() + seconds * 1000),
    );
    return {
      Credentials: {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        SessionToken: credentials.sessionToken,
        Expiration: credentials.expiration,
      },
      AssumedRoleUser: {
        Arn: assumedRoleArn(input.RoleArn!, input.RoleSessionName!),
        AssumedRoleId: assumedRoleId(input.RoleArn!, input.RoleSessionName!),
      },
    };
  },

  GetCallerIdentity(_input, { accountId, callerArn, callerId }) {
    return { Account: accountId, Arn: callerArn, UserId: callerId };
  },
};
