/**
 * A module of the scaffolder that keeps what runs have written.
 *
 * @packageDocumentation
 */

export { scaffolderModuleWorkspaces as default } from './module';
