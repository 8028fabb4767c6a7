import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import {
  authProvidersExtensionPoint,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { developmentAuthenticator, isDevelopment } from './authenticator';

/**
 * Registers the sign-in provider `development`, while `NODE_ENV` is
 * `development` and at no other time.
 *
 * @public
 */
export const authModuleDevelopment = createBackendModule({
  pluginId: 'auth',
  moduleId: 'development-provider',
  register(reg) {
    reg.registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        providers: authProvidersExtensionPoint,
      },
      async init({ config, logger, providers }) {
        if (!config.has('auth.providers.development')) return;
        if (!isDevelopment()) {
          logger.warn(
            'auth.providers.development is configured, but NODE_ENV is not "development": nobody can sign in by it',
          );
          return;
        }
        logger.warn(
          'Development sign-in is on: people on this machine need no password',
        );
        providers.registerProvider({
          providerId: 'development',
          factory: createProxyAuthProviderFactory({
            authenticator: developmentAuthenticator,
            signInResolver: async ({ result }, context) => {
              try {
                return await context.signInWithCatalogUser({
                  entityRef: result.userRef,
                });
              } catch (error) {
                if ((error as Error).name !== 'NotFoundError') throw error;
                throw new AuthenticationError(
                  `${result.userRef} is not in the catalog`,
                );
              }
            },
          }),
        });
      },
    });
  },
});
