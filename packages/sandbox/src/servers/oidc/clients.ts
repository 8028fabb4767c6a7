import type { ClientMetadata } from 'oidc-provider';

/** Everything that a client may ask to know. */
export const SCOPES = ['openid', 'profile', 'email', 'groups'];

/**
 * The portal's client. It may come from any port of loopback (RFC 8252,
 * section 7.3), as the portal does, and is trusted: nobody is asked for consent.
 */
export const PORTAL_CLIENT: ClientMetadata = {
  client_id: 'fairway',
  client_name: 'Fairway',
  client_secret: 'sandbox-oidc-secret',
  application_type: 'native',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['http://localhost/api/auth/oidc/handler/frame'],
  post_logout_redirect_uris: ['http://localhost/'],
  scope: SCOPES.join(' '),
};

/**
 * A client for one's own experiments: public, so PKCE is demanded; people are
 * asked whether they agree.
 */
export const PUBLIC_CLIENT: ClientMetadata = {
  client_id: 'sandbox-public',
  client_name: 'A program of yours',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  post_logout_redirect_uris: ['http://localhost/', 'http://127.0.0.1/'],
  scope: SCOPES.join(' '),
};
