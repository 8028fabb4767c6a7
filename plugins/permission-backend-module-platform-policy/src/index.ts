/**
 * Who may do what on the platform.
 *
 * @packageDocumentation
 */
export { permissionModulePlatformPolicy as default } from './module';
