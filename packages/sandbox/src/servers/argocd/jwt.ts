import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** What Argo CD's own tokens say. Times are whole seconds since 1970, UTC. */
export interface TokenClaims {
  iss: 'argocd';
  sub: string;
  iat: number;
  nbf: number;
  exp?: number;
  jti: string;
}

/** A JSON web token, HS256, as Argo CD signs its own. */
export function signToken(
  secret: string,
  sub: string,
  options: { iat: number; expiresInSeconds?: number; id?: string },
): string {
  const { iat, expiresInSeconds, id } = options;
  const claims: TokenClaims = {
    iss: 'argocd',
    sub,
    iat,
    nbf: iat,
    ...(expiresInSeconds ? { exp: iat + expiresInSeconds } : {}),
    jti: id ?? randomUUID(),
  };
  const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${signature(secret, content)}`;
}

/**
 * The claims of a token; undefined when it is not signed with the secret.
 * Says nothing about its age.
 */
export function readToken(
  secret: string,
  token: string,
): TokenClaims | undefined {
  const [head, body, signed, ...rest] = token.split('.');
  if (!body || !signed || rest.length > 0) {
    return undefined;
  }
  const [given, right] = [
    Buffer.from(signed),
    Buffer.from(signature(secret, `${head}.${body}`)),
  ];
  return given.length === right.length && timingSafeEqual(given, right)
    ? JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    : undefined;
}

function signature(secret: string, content: string): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}
