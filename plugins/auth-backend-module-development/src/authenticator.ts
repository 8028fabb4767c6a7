import { Config } from '@backstage/config';
import { parseEntityRef } from '@backstage/catalog-model';
import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import { createProxyAuthenticator } from '@backstage/plugin-auth-node';

/** The request header that names the person to sign in as: a full entity ref. */
export const DEVELOPMENT_USER_HEADER = 'x-fairway-development-user';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether this process runs in development; asked anew each time. */
export function isDevelopment(): boolean {
  return process.env.NODE_ENV === 'development';
}

/**
 * Lets a browser on this machine be any of the people in
 * `auth.providers.development.users`, without a password.
 */
export const developmentAuthenticator = createProxyAuthenticator({
  defaultProfileTransform: async (result: { userRef: string }) => ({
    profile: { displayName: parseEntityRef(result.userRef).name },
  }),

  initialize({ config }: { config: Config }) {
    const users = config.getOptionalStringArray('users') ?? [];
    for (const user of users) parseEntityRef(user);
    return { users };
  },

  async authenticate({ req }, { users }) {
    if (!isDevelopment()) {
      throw new NotAllowedError('Development sign-in is for development only');
    }
    if (!LOOPBACK.has(req.socket.remoteAddress ?? '')) {
      throw new NotAllowedError('Development sign-in is for this machine only');
    }
    const userRef = req.header(DEVELOPMENT_USER_HEADER);
    if (!userRef || !users.includes(userRef)) {
      throw new AuthenticationError(
        'Nobody of that name may sign in here (auth.providers.development.users)',
      );
    }
    return { result: { userRef } };
  },
});
