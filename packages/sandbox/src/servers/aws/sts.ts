import { AwsError } from '../../world/aws/AwsError';
import {
  assumedRoleArn,
  assumedRoleId,
  issueSession,
  issueUserSession,
  parseRoleArn,
  SessionCredentials,
} from '../../world/aws/credentials';
import { CallContext, Handlers } from './handlers';
import { readWebIdentity } from './webIdentity';

const DEFAULT_SESSION_SECONDS = 3600;
const DEFAULT_USER_SESSION_SECONDS = 43_200;
const MIN_SECONDS = 900;

/** AWS Security Token Service. */
export const stsHandlers: Handlers<typeof import('@aws-sdk/client-sts')> = {
  AssumeRole(input, { aws, callerArn }) {
    const roleArn = input.RoleArn!;
    checkSessionName(input.RoleSessionName!);
    const denied = new AwsError(
      'AccessDenied',
      `User: ${callerArn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
    checkRole(roleArn, denied, aws);
    if (!aws.trust.allows(roleArn, input.ExternalId)) {
      throw denied;
    }
    return session(roleArn, input.RoleSessionName!, input.DurationSeconds, aws);
  },

  AssumeRoleWithWebIdentity(input, { aws }) {
    const roleArn = input.RoleArn!;
    checkSessionName(input.RoleSessionName!);
    const denied = new AwsError(
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      403,
    );
    const { accountId } = checkRole(roleArn, denied, aws);
    const identity = readWebIdentity(input.WebIdentityToken!, accountId, aws);
    if (!aws.trust.allows(roleArn, undefined)) {
      throw denied;
    }
    return {
      ...session(roleArn, input.RoleSessionName!, input.DurationSeconds, aws),
      SubjectFromWebIdentityToken: identity.subject,
      Audience: identity.audience,
      Provider: identity.issuer.replace(/^https?:\/\//, ''),
    };
  },

  GetSessionToken(input, { aws, accountId, isSession }) {
    if (isSession) {
      throw new AwsError(
        'AccessDenied',
        'Cannot call GetSessionToken with session credentials',
        403,
      );
    }
    const seconds = input.DurationSeconds ?? DEFAULT_USER_SESSION_SECONDS;
    checkDuration(seconds, 129_600);
    return {
      Credentials: credentialsShape(
        issueUserSession(accountId, inSeconds(seconds, aws)),
      ),
    };
  },

  GetCallerIdentity(_input, { accountId, callerArn, callerId }) {
    return { Account: accountId, Arn: callerArn, UserId: callerId };
  },
};

type Aws = CallContext['aws'];

/** @throws AwsError - ValidationError; `denied` when its account does not exist. */
function checkRole(roleArn: string, denied: AwsError, aws: Aws) {
  const role = parseRoleArn(roleArn);
  if (!role) {
    throw new AwsError(
      'ValidationError',
      `${roleArn} is invalid. It must be arn:aws:iam::<account>:role/<name>`,
    );
  }
  if (!aws.accounts.some(({ id }) => id === role.accountId)) {
    throw denied;
  }
  return role;
}

/** @throws AwsError - ValidationError: a name of 2 to 64 characters without spaces, as it becomes part of an ARN. */
function checkSessionName(name: string): void {
  const rule = [
    ['satisfy regular expression pattern: [\\w+=,.@-]*', /^[\w+=,.@-]*$/],
    ['have length greater than or equal to 2', /^[^]{2,}$/],
    ['have length less than or equal to 64', /^[^]{0,64}$/],
  ].find(([, pattern]) => !(pattern as RegExp).test(name));
  if (rule) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must ${rule[0]}`,
    );
  }
}

function checkDuration(seconds: number, most: number): void {
  if (seconds < MIN_SECONDS || seconds > most) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must be between ${MIN_SECONDS} and ${most}`,
    );
  }
}

function session(
  roleArn: string,
  sessionName: string,
  durationSeconds: number | undefined,
  aws: Aws,
) {
  const seconds = durationSeconds ?? DEFAULT_SESSION_SECONDS;
  checkDuration(seconds, 43_200);
  return {
    Credentials: credentialsShape(
      issueSession(roleArn, sessionName, inSeconds(seconds, aws)),
    ),
    AssumedRoleUser: {
      Arn: assumedRoleArn(roleArn, sessionName),
      AssumedRoleId: assumedRoleId(roleArn, sessionName),
    },
  };
}

function inSeconds(seconds: number, { clock }: Aws): Date {
  return new Date(clock.now().getTime() + seconds * 1000);
}

function credentialsShape(credentials: SessionCredentials) {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.expiration,
  };
}
