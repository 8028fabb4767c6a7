import type { Config } from '@backstage/config';
import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import { createProxyAuthenticator } from '@backstage/plugin-auth-node';

/** Names the person; sent by the sign-in page. */
export const DEVELOPMENT_USER_HEADER = 'x-fairway-development-user';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether this process may offer sign-in without a password. */
export function isDevelopment(): boolean {
  return process.env.NODE_ENV === 'development';
}

/**
 * Takes the word of the sign-in page for who is there. Asks again, at every
 * request, whether this is development and the caller is on this machine.
 *
 * @throws NotAllowedError - not development, or not this machine
 * @throws AuthenticationError - nobody named, or somebody not on the list
 */
export const developmentAuthenticator = createProxyAuthenticator({
  defaultProfileTransform: async (result: { userRef: string }) => ({
    profile: { displayName: result.userRef },
  }),
  initialize: ({ config }: { config: Config }) => ({
    users: new Set(config.getOptionalStringArray('users') ?? []),
  }),
  async authenticate({ req }, { users }) {
    if (!isDevelopment()) {
      throw new NotAllowedError(
        'Development sign-in exists only while NODE_ENV is "development"',
      );
    }
    if (!LOOPBACK.has(req.socket.remoteAddress ?? '')) {
      throw new NotAllowedError(
        'Development sign-in answers only to the machine that it runs on',
      );
    }
    const userRef = req.header(DEVELOPMENT_USER_HEADER);
    if (!userRef) {
      throw new AuthenticationError('No development user was chosen');
    }
    if (!users.has(userRef)) {
      throw new AuthenticationError(
        `${userRef} is not one of auth.providers.development.users`,
      );
    }
    return { result: { userRef } };
  },
});
