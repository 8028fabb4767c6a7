/** @typedef {{ perHour: number, total: number, seconds: number, routes: Record<string, number> }} IdleCalls */

/**
 * Upstream calls while nobody looks, counted on this machine's clock and told
 * for an hour. Calls that are made less often than the window is long may be
 * missing, or count too often: a longer window (`--idle`) tells better.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {number} seconds
 * @returns {Promise<IdleCalls>}
 */
export async function measureIdleCalls({ counters }, seconds) {
  await counters.reset();
  const started = performance.now();
  await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  const { total, routes } = await counters.read();
  const passed = (performance.now() - started) / 1000;
  return { perHour: (total * 3600) / passed, total, seconds: passed, routes };
}
