/**
 * Sign-in without passwords, for development on one machine.
 *
 * @packageDocumentation
 */
export { authModuleDevelopment as default } from './module';
