import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The API token of the account that the portal uses. */
export const ARGOCD_TOKEN = 'sandbox-argocd-token';
const ADMIN_PASSWORD = 'password';

/** Who may call: one API token, and `admin` with a password. Sessions end with the process. */
export class ArgocdAccounts {
  private readonly sessions = new Map<string, string>();

  /** User name of a token; undefined when it is none of ours. */
  user(token: string): string | undefined {
    return same(token, ARGOCD_TOKEN) ? 'fairway' : this.sessions.get(token);
  }

  /** A session token; undefined when name or password are wrong. */
  logIn(username: unknown, password: unknown): string | undefined {
    if (
      typeof password !== 'string' ||
      username !== 'admin' ||
      !same(password, ADMIN_PASSWORD)
    ) {
      return undefined;
    }
    const token = randomBytes(32).toString('base64url');
    this.sessions.set(token, 'admin');
    return token;
  }

  logOut(token: string): void {
    this.sessions.delete(token);
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
