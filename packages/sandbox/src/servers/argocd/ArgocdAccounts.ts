import { timingSafeEqual } from 'node:crypto';
import { ApplicationStore } from '../../world/argocd/ApplicationStore';
import { Clock } from '../../world/types';
import { HttpError } from '../createServer';
import { readToken, signToken } from './jwt';

/** The API token of the account that the portal uses. */
export const ARGOCD_TOKEN = 'sandbox-argocd-token';
/** An API token that may look and not touch. */
export const ARGOCD_READONLY_TOKEN = 'sandbox-argocd-token-readonly';
const PASSWORD = 'password';
/** As `users.session.duration`. */
const SESSION_SECONDS = 24 * 3600;

/** A local account, as in the config map `argocd-cm`. */
export interface Account {
  name: string;
  capabilities: Array<'login' | 'apiKey'>;
  /** Its line in the policy, or none. */
  role: string;
}

const ACCOUNTS: Account[] = [
  { name: 'admin', capabilities: ['login'], role: 'role:admin' },
  { name: 'fairway', capabilities: ['apiKey'], role: 'role:admin' },
  {
    name: 'readonly',
    capabilities: ['apiKey', 'login'],
    role: 'role:readonly',
  },
];

/** Who calls. */
export interface Caller {
  /** `admin`, or `proj:<project>:<role>`. */
  subject: string;
  /** When the token was made, seconds since 1970; a published token has no date. */
  iat?: number;
}

const invalidSession = (reason: string) =>
  new HttpError(401, `invalid session: ${reason}`);

/** The local accounts and their tokens; project roles are accounts too. */
export class ArgocdAccounts {
  readonly list: readonly Account[] = ACCOUNTS;

  /** @param expired - Whether every token counts as expired (scenario `argo-token-expired`). */
  constructor(
    private readonly clock: Clock,
    private readonly store: ApplicationStore,
    private readonly expired: () => boolean,
  ) {}

  /**
   * Who a token belongs to.
   *
   * @throws HttpError - 401, in Argo CD's words: malformed, revoked or expired.
   */
  caller(token: string): Caller {
    const published = [
      { token: ARGOCD_TOKEN, subject: 'fairway' },
      { token: ARGOCD_READONLY_TOKEN, subject: 'readonly' },
    ].find(p => same(p.token, token));
    if (published && !this.expired()) {
      return { subject: published.subject };
    }
    const claims = published
      ? undefined
      : readToken(this.store.signingKey, token);
    if (!published && !claims) {
      throw invalidSession('token is malformed or has been revoked');
    }
    if (
      !claims ||
      this.expired() ||
      (claims.exp !== undefined && claims.exp <= this.now())
    ) {
      throw invalidSession('token has invalid claims: token is expired');
    }
    if (this.store.revokedTokens.has(claims.jti)) {
      throw invalidSession('token is revoked, please re-login');
    }
    const [, project, role] = claims.sub.match(/^proj:([^:]+):(.+)$/) ?? [];
    if (project) {
      const tokens = this.store.projects
        .get(project)
        ?.spec.roles?.find(r => r.name === role)?.jwtTokens;
      if (!tokens?.some(t => t.iat === claims.iat)) {
        throw invalidSession(
          `account token does not exist in project ${project}`,
        );
      }
      return { subject: claims.sub, iat: claims.iat };
    }
    return { subject: claims.sub.split(':')[0], iat: claims.iat };
  }

  /** A session token; undefined when name or password are wrong. */
  logIn(username: unknown, password: unknown): string | undefined {
    const account = ACCOUNTS.find(
      a => a.name === username && a.capabilities.includes('login'),
    );
    return account && typeof password === 'string' && same(password, PASSWORD)
      ? this.issue(`${account.name}:login`, {
          expiresInSeconds: SESSION_SECONDS,
        })
      : undefined;
  }

  /** A token for a subject, from now on. */
  issue(
    subject: string,
    options: { expiresInSeconds?: number; id?: string; iat?: number } = {},
  ): string {
    return signToken(this.store.signingKey, subject, {
      iat: this.now(),
      ...options,
    });
  }

  /** Ends a session. */
  logOut(token: string): void {
    const claims = readToken(this.store.signingKey, token);
    if (claims) {
      this.store.revokedTokens.add(claims.jti);
    }
  }

  /** Seconds since 1970. */
  now(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
