/**
 * Sign-in by OpenID Connect that survives an issuer which is away when the
 * portal starts.
 *
 * @packageDocumentation
 */
export { authModuleOidc as default } from './module';
