/** After this, what is looked at first has been answered. Milliseconds. */
const QUIET_AFTER_MS = 15_000;

/**
 * Gives back, once, the memory that only the start needed: a third of all, which
 * Node would keep until it needs room. The process stands still for about a
 * third of a second meanwhile. Without `--expose-gc` nothing happens.
 *
 * @see https://nodejs.org/docs/latest-v24.x/api/cli.html#--expose-gc
 */
export function releaseStartMemory(): void {
  setTimeout(() => {
    // an ordinary collection keeps the pages for itself
    globalThis.gc?.({
      type: 'major',
      execution: 'sync',
      flavor: 'last-resort',
    });
  }, QUIET_AFTER_MS).unref();
}
