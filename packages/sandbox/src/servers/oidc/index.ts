export { createOidcServer } from './createOidcServer';
