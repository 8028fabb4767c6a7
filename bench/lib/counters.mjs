/** Servers that count as upstream: what the portal asks to know what runs. */
const UPSTREAMS = ['github', 'argocd', 'kubernetes', 'aws', 'grafana'];

/**
 * Calls that upstreams got.
 *
 * @typedef {object} Calls
 * @property {number} total
 * @property {Record<string, number>} routes by `argocd GET /api/v1/applications`
 */

/**
 * The sandbox's counters, as the upstreams' side of a measurement. Sign-in and
 * the control server itself are left out.
 *
 * @param {ReturnType<import('../../launcher/sandbox/client.mjs').controlOf>} control
 */
export function countersOf(control) {
  return {
    reset: () => control.ask('DELETE', '/counters'),
    /** @returns {Promise<Calls>} since the last reset */
    read: async () => flatten(await control.ask('GET', '/counters')),
  };
}

/**
 * @param {Record<string, { routes: Record<string, { calls: number }> }>} counters
 * @returns {Calls}
 */
export function flatten(counters) {
  const routes = {};
  let total = 0;
  for (const upstream of UPSTREAMS) {
    for (const [route, { calls }] of Object.entries(
      counters[upstream]?.routes ?? {},
    )) {
      routes[`${upstream} ${route}`] = calls;
      total += calls;
    }
  }
  return { total, routes };
}
