/**
 * The cost page, the cost cards of components and environments, and the home
 * widget.
 *
 * @packageDocumentation
 */
export { costPlugin as default } from './plugin';
export { costApiRef } from './api';
