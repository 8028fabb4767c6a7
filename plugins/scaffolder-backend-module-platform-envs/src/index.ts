/**
 * Scaffolder actions of Fairway.
 *
 * @packageDocumentation
 */
export { scaffolderModulePlatformEnvs as default } from './module';
