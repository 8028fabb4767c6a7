/**
 * Ports to the outside world, and how modules plug adapters into them.
 *
 * @packageDocumentation
 */
export * from './ports/GitHost';
