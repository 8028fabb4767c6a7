/**
 * Money, periods and the shapes that the cost plugin exchanges. Pure.
 *
 * @packageDocumentation
 */
export * from './api';
export * from './permissions';
