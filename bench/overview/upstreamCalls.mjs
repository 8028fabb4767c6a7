import * as community from '../peers/community.mjs';
import * as kubernetes from '../peers/kubernetes.mjs';
import * as roadie from '../peers/roadie.mjs';
import { jsonOf } from '../lib/http.mjs';
import { percentile } from '../lib/statistics.mjs';
import { pageViews } from './pageViews.mjs';

/** A component of the seed that runs in three clusters the portal knows. */
const SEEDED = 'sample-backend';
/** Views in a window. */
const VIEWS = 50;
/** Windows for one page, until one has nothing but what the feeds ask. */
const MOST_WINDOWS = 3;

/**
 * Upstream calls of one view, from the sandbox's counters.
 *
 * The portal's feeds ask upstreams by themselves while somebody looks, whatever
 * is viewed. So a window full of views is held against what the feeds asked in a
 * longer one with one page open, route by route: what is beyond that, the views caused. The
 * peers ask only when somebody looks: their calls are those of one view.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ components: string[], feeds: import('./idleCalls.mjs').IdleCalls, note: (text: string) => void }} options
 */
export async function measureUpstreamCalls(rig, { components, feeds, note }) {
  const views = {};
  for (const [view, paths] of Object.entries(pageViews(components))) {
    note(`${VIEWS} views of the ${view} page`);
    views[view] = { ours: await fewestCalls(rig, paths, feeds), peers: {} };
  }
  const { roadie: r, community: c } = rig.peers;
  if (r) {
    const ask = path => r.client.ask(path, { token: r.token });
    note('the pages of roadie');
    views.board.peers.roadie = await countOf(rig, 'argocd', () =>
      all(components, name => roadie.overviewCard(ask, name)),
    );
    views.component.peers.roadie = await countOf(rig, 'argocd', () =>
      roadie.componentPage(ask, components[0]),
    );
  }
  if (c) {
    const ask = path => c.client.ask(path, { token: c.token });
    note('the pages of community');
    views.board.peers.community = await countOf(rig, 'argocd', () =>
      all(components, name => community.summaryCard(ask, name)),
    );
    views.component.peers.community = await countOf(rig, 'argocd', () =>
      community.componentPage(ask, components[0]),
    );
    const refresh = await countOf(rig, 'argocd', () =>
      community.refreshOfPage(ask, components[0]),
    );
    views.openTab = {
      communityPerHour: (refresh.calls * 3600) / community.REFRESH_SECONDS,
    };
  }
  if (r) {
    note('the tab of the Kubernetes plugin');
    const entity = await seededComponent(r);
    const tab = await countOf(rig, 'kubernetes', () =>
      kubernetes.componentTab(r.client, r.token, entity),
    );
    views.component.peers.kubernetes = tab;
    views.openTab = {
      ...views.openTab,
      kubernetesPerHour: (tab.calls * 3600) / kubernetes.REFRESH_SECONDS,
    };
  }
  return views;
}

async function callsOfViews({ portal, counters }, paths, feeds) {
  const times = [];
  const look = async () => {
    const began = performance.now();
    for (const path of paths) {
      jsonOf(await portal.client.ask(path, { token: portal.token }), path);
    }
    times.push(performance.now() - began);
  };
  // what the first view of all learns is not what each view costs
  await look();
  await counters.reset();
  const started = performance.now();
  for (let view = 0; view < VIEWS; view++) await look();
  const seconds = (performance.now() - started) / 1000;
  const { total, routes } = await counters.read();
  const caused = beyondFeeds(routes, seconds, feeds);
  return {
    views: VIEWS,
    seconds,
    total,
    perView: caused / VIEWS,
    routes,
    // without the first
    ms: percentile(times.slice(1), 0.5),
  };
}

/**
 * Calls that the feeds do not explain: of each route, those beyond what was
 * counted with one page open, in a window at least as long.
 *
 * @param {Record<string, number>} routes calls of a window with views
 * @param {number} seconds its length
 * @param {{ routes: Record<string, number>, seconds: number }} feeds
 */
export function beyondFeeds(routes, seconds, feeds) {
  const longer = Math.max(1, seconds / feeds.seconds);
  return Object.entries(routes).reduce(
    (sum, [route, calls]) =>
      sum + Math.max(0, calls - Math.ceil((feeds.routes[route] ?? 0) * longer)),
    0,
  );
}

// a feed that asks every few minutes hits one window; a view that asks, each
async function fewestCalls(rig, paths, feeds) {
  let best;
  for (let attempt = 0; attempt < MOST_WINDOWS; attempt++) {
    const window = await callsOfViews(rig, paths, feeds);
    if (!best || window.perView < best.perView) best = window;
    if (best.perView === 0) break;
  }
  return best;
}

// the portal's feeds go on meanwhile, so only the upstream that the view asks counts
async function countOf({ counters }, upstream, view) {
  await counters.reset();
  const started = performance.now();
  await view();
  const ms = performance.now() - started;
  const routes = Object.fromEntries(
    Object.entries((await counters.read()).routes).filter(([route]) =>
      route.startsWith(`${upstream} `),
    ),
  );
  return {
    calls: Object.values(routes).reduce((sum, one) => sum + one, 0),
    routes,
    ms,
  };
}

const all = (components, look) => Promise.all(components.map(look));

async function seededComponent({ client, token }) {
  const path = `/api/catalog/entities/by-name/component/default/${SEEDED}`;
  return jsonOf(await client.ask(path, { token }), path);
}
