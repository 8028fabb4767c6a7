import { AwsError } from '../../world/aws/AwsError';
import { AwsWorld } from '../../world/aws/AwsWorld';

/** What a web identity token says of its bearer. */
export interface WebIdentity {
  issuer: string;
  subject: string;
  audience: string;
}

/**
 * Reads a web identity token: a JWT of an issuer that the account trusts, that
 * is of its EKS clusters or of the sandbox's own sign-in. Its signature is not
 * verified.
 *
 * @throws AwsError - InvalidIdentityToken, ExpiredTokenException
 */
export function readWebIdentity(
  token: string,
  accountId: string,
  aws: AwsWorld,
): WebIdentity {
  const claims = claimsOf(token);
  if (
    typeof claims?.iss !== 'string' ||
    typeof claims.sub !== 'string' ||
    typeof claims.exp !== 'number'
  ) {
    throw new AwsError(
      'InvalidIdentityToken',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
  const trusted =
    claims.iss === aws.urls.oidc ||
    aws.eks.issuersOf(accountId).includes(claims.iss);
  if (!trusted) {
    throw new AwsError(
      'InvalidIdentityToken',
      `No OpenIDConnect provider found in your account for ${claims.iss}`,
    );
  }
  const now = Math.floor(aws.clock.now().getTime() / 1000);
  if (claims.exp <= now) {
    throw new AwsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time ${claims.exp}`,
    );
  }
  return {
    issuer: claims.iss,
    subject: claims.sub,
    audience: String([claims.aud].flat()[0] ?? ''),
  };
}

function claimsOf(token: string): any {
  const parts = token.split('.');
  if (parts.length !== 3) {
    return undefined;
  }
  try {
    return JSON.parse(Buffer.from(parts[1], 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
