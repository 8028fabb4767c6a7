/**
 * Serves the Argo CD cards of an entity page from the platform-envs feed.
 *
 * @packageDocumentation
 */
export { argocdPlugin as default } from './plugin';
