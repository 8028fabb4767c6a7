/**
 * Money, periods and the shapes that the cost plugin exchanges. Pure.
 *
 * @packageDocumentation
 */
export * from './api';
export * from './CostClient';
export * from './money';
export * from './period';
export * from './permissions';
