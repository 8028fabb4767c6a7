import { Clock } from '../types';
import { AwsAccount } from './accounts';

/** Who an access key stands for. */
export interface Caller {
  accountId: string;
  arn: string;
  userId: string;
}

/** Why an access key is refused. */
export type Refusal = 'unknown' | 'expired';

interface SessionToken {
  /** Absent for a session of a user. */
  roleArn?: string;
  sessionName: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** Temporary credentials of an assumed role. */
export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

const ACCESS_KEY = /^(AKIA|ASIA)(\d{12})SANDBOX$/;
const ROLE_ARN =
  /^arn:aws:iam::(\d{12}):role\/(?:[\w+=,.@/-]*\/)?([\w+=,.@-]+)$/;

/** Account id and role name of a role's ARN; undefined when it is not one. */
export function parseRoleArn(
  arn: string,
): { accountId: string; roleName: string } | undefined {
  const match = ROLE_ARN.exec(arn);
  return match ? { accountId: match[1], roleName: match[2] } : undefined;
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
export function assumedRoleArn(roleArn: string, sessionName: string): string {
  const { accountId, roleName } = parseRoleArn(roleArn)!;
  return `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
}

/**
 * Credentials of a role's session.
 *
 * The account is in the access key id, `ASIA<account>SANDBOX`; the rest of what
 * the session is stands readable in its token. The secret is never checked.
 */
export function issueSession(
  roleArn: string,
  sessionName: string,
  expiration: Date,
): SessionCredentials {
  const token: SessionToken = {
    roleArn,
    sessionName,
    expiresAt: expiration.getTime(),
  };
  return {
    accessKeyId: `ASIA${parseRoleArn(roleArn)!.accountId}SANDBOX`,
    secretAccessKey: 'sandbox',
    sessionToken: Buffer.from(JSON.stringify(token)).toString('base64'),
    expiration,
  };
}

/** Credentials of a user's own session, as GetSessionToken gives them. */
export function issueUserSession(
  accountId: string,
  expiration: Date,
): SessionCredentials {
  const token: SessionToken = {
    sessionName: 'user',
    expiresAt: expiration.getTime(),
  };
  return {
    accessKeyId: `ASIA${accountId}SANDBOX`,
    secretAccessKey: 'sandbox',
    sessionToken: Buffer.from(JSON.stringify(token)).toString('base64'),
    expiration,
  };
}

/** The assumed-role id is stable for a role, as AWS's is. */
export function assumedRoleId(roleArn: string, sessionName: string): string {
  const { accountId, roleName } = parseRoleArn(roleArn)!;
  const role = Buffer.from(`${accountId}${roleName}`)
    .toString('hex')
    .toLocaleUpperCase('en-US')
    .slice(-17);
  return `AROA${role}:${sessionName}`;
}

/**
 * Tells who sent a request, or why the key is refused.
 *
 * `AKIA…` keys belong to a user and need no session token; `ASIA…` keys need
 * the token that came with them.
 */
export function identify(
  accessKeyId: string,
  sessionToken: string | undefined,
  accounts: AwsAccount[],
  clock: Clock,
): Caller | Refusal {
  const match = ACCESS_KEY.exec(accessKeyId);
  const accountId = match?.[2];
  if (!match || !accounts.some(({ id }) => id === accountId)) {
    return 'unknown';
  }
  const user = {
    accountId: match[2],
    arn: `arn:aws:iam::${accountId}:user/sandbox`,
    userId: `AIDA${accountId}SANDBOX`,
  };
  if (match[1] === 'AKIA') {
    return user;
  }
  const session = readToken(sessionToken);
  if (
    !session ||
    (session.roleArn !== undefined &&
      parseRoleArn(session.roleArn)?.accountId !== accountId)
  ) {
    return 'unknown';
  }
  if (session.expiresAt <= clock.now().getTime()) {
    return 'expired';
  }
  if (session.roleArn === undefined) {
    return user;
  }
  return {
    accountId: match[2],
    arn: assumedRoleArn(session.roleArn, session.sessionName),
    userId: assumedRoleId(session.roleArn, session.sessionName),
  };
}

function readToken(text: string | undefined): SessionToken | undefined {
  if (!text) {
    return undefined;
  }
  try {
    const token = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    return ['string', 'undefined'].includes(typeof token?.roleArn) &&
      typeof token?.sessionName === 'string' &&
      typeof token?.expiresAt === 'number'
      ? token
      : undefined;
  } catch {
    return undefined;
  }
}
