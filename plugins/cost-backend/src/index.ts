/**
 * Cost by environment and component, read from AWS Cost Explorer.
 *
 * @packageDocumentation
 */
export { costPlugin as default } from './plugin';
