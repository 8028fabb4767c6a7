import {
  oidcAuthenticator,
  OidcAuthResult,
} from '@backstage/plugin-auth-backend-module-oidc-provider';
import {
  createOAuthAuthenticator,
  OAuthAuthenticator,
} from '@backstage/plugin-auth-node';
import { Discovery } from './Discovery';

/**
 * Backstage's OpenID Connect authenticator, whose issuer may be away when the
 * portal starts: it is asked again when somebody signs in.
 *
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html
 */
export const patientOidcAuthenticator: OAuthAuthenticator<
  Discovery<ReturnType<typeof oidcAuthenticator.initialize>>,
  OidcAuthResult
> = createOAuthAuthenticator({
  defaultProfileTransform: oidcAuthenticator.defaultProfileTransform,
  scopes: oidcAuthenticator.scopes,
  initialize(input) {
    return new Discovery(input.config.getString('metadataUrl'), () =>
      oidcAuthenticator.initialize(input),
    );
  },
  async start(input, issuer) {
    return oidcAuthenticator.start(input, await issuer.ready());
  },
  async authenticate(input, issuer) {
    return oidcAuthenticator.authenticate(input, await issuer.ready());
  },
  async refresh(input, issuer) {
    return oidcAuthenticator.refresh(input, await issuer.ready());
  },
  async logout(input, issuer) {
    await oidcAuthenticator.logout?.(input, await issuer.ready());
  },
});
