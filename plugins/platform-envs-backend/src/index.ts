/**
 * Environments, what stands in them, and promotions between them.
 *
 * @packageDocumentation
 */
export { platformEnvsPlugin as default } from './plugin';
