import { createBackendModule } from '@backstage/backend-plugin-api';
import { oidcSignInResolvers } from '@backstage/plugin-auth-backend-module-oidc-provider';
import {
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { patientOidcAuthenticator } from './patientOidcAuthenticator';

/**
 * The sign-in provider `oidc`, with Backstage's own configuration and resolvers.
 *
 * @public
 */
export const authModuleOidc = createBackendModule({
  pluginId: 'auth',
  moduleId: 'oidc',
  register(reg) {
    reg.registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({
          providerId: 'oidc',
          factory: createOAuthProviderFactory({
            authenticator: patientOidcAuthenticator,
            signInResolverFactories: { ...oidcSignInResolvers },
          }),
        });
      },
    });
  },
});
