/**
 * Refuses to start on an issuer that anybody could stand in for.
 *
 * @packageDocumentation
 */
export { authModuleIssuerCheck as default } from './module';
