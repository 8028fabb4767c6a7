import { jsonOf } from '../lib/http.mjs';

/** Rows of a page of the board. */
export const PAGE_ROWS = 50;
/** Pages into the board that are asked for, of each order. */
const PAGES = 4;

const ORDERS = ['platform', 'worst', 'name', 'changed'];
const FILTERS = [
  'state=degraded,out-of-sync',
  'state=healthy',
  'q=api',
  'q=orders',
  'system=sample-platform-ai',
  'system=generated-01',
  'owner=generated-01',
];

const OVERVIEW = '/api/platform-envs/overview';

/**
 * The pages of the board that people ask for: every order with its first
 * pages, and every filter in every order.
 *
 * @param {import('../lib/rig.mjs').Running} portal
 * @returns {Promise<string[]>} paths with query
 */
export async function boardRequests({ client, token }) {
  const paths = FILTERS.flatMap(filter =>
    ORDERS.map(
      order => `${OVERVIEW}?sort=${order}&${filter}&limit=${PAGE_ROWS}`,
    ),
  );
  for (const order of ORDERS) {
    let cursor;
    for (let page = 0; page < PAGES; page++) {
      const path = `${OVERVIEW}?sort=${order}&limit=${PAGE_ROWS}${
        cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
      }`;
      const { nextCursor } = jsonOf(await client.ask(path, { token }), path);
      // as often as all filters together: most people page through the whole
      paths.push(...Array(FILTERS.length).fill(path));
      if (!nextCursor) break;
      cursor = nextCursor;
    }
  }
  return paths;
}

/**
 * Components of one page of the board, by name.
 *
 * @param {import('../lib/rig.mjs').Running} portal
 * @returns {Promise<string[]>}
 */
export async function componentsOfPage({ client, token }) {
  const path = `${OVERVIEW}?q=-01&limit=${PAGE_ROWS}`;
  const { rows } = jsonOf(await client.ask(path, { token }), path);
  return rows.map(({ component }) => nameOf(component));
}

/** A component's name, which goes over the wire only where its ref does not tell it. */
export function nameOf({ ref, name }) {
  return name ?? ref.slice(ref.indexOf('/') + 1);
}
