import { jsonOf } from '../lib/http.mjs';

/** Who read something counts as there for two minutes. */
const LEFT_AFTER_MS = 130_000;
/** As often as somebody reads who has a page open. */
const READ_EVERY_MS = 30_000;
const PAGE = '/api/platform-envs/overview?limit=1';

/** @typedef {{ perHour: number, total: number, seconds: number, routes: Record<string, number> }} IdleCalls */

/**
 * Upstream calls while nobody looks, counted on this machine's clock and told
 * for an hour, once those who looked count as gone. Calls that are made less often than the window is long may be
 * missing, or count too often: a longer window (`--idle`) tells better.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {number} seconds
 * @returns {Promise<IdleCalls>}
 */
export async function measureIdleCalls({ counters }, seconds) {
  await sleep(LEFT_AFTER_MS);
  return countCalls(counters, seconds);
}

/**
 * Upstream calls while somebody has a page open: what the feeds ask then,
 * whatever is viewed besides.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {number} seconds
 * @returns {Promise<IdleCalls>}
 */
export async function measureWatchedCalls({ counters, portal }, seconds) {
  const read = async () =>
    jsonOf(await portal.client.ask(PAGE, { token: portal.token }), PAGE);
  // who comes has everything asked once that is old
  await read();
  await sleep(5_000);
  const timer = setInterval(() => read().catch(() => {}), READ_EVERY_MS);
  try {
    return await countCalls(counters, seconds);
  } finally {
    clearInterval(timer);
  }
}

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

async function countCalls(counters, seconds) {
  await counters.reset();
  const started = performance.now();
  await sleep(seconds * 1000);
  const { total, routes } = await counters.read();
  const passed = (performance.now() - started) / 1000;
  return { perHour: (total * 3600) / passed, total, seconds: passed, routes };
}
