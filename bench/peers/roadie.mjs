import { jsonOf } from '../lib/http.mjs';

/**
 * What the cards of `@roadiehq/backstage-plugin-argo-cd` ask their backend for
 * one component, in their order, from the plugin's published code:
 *
 * - `dist/components/useAppDetails.esm.js`: with `argocd.appLocatorMethods` and
 *   an `argocd/app-selector`, first `find/selector`, then the applications of
 *   each instance that was found. Each card does so by itself.
 * - `dist/components/ArgoCDHistoryCard.esm.js`: of each application all of its
 *   history but the oldest entry (`slice(0, revisionsToLoad || -1)`), and for
 *   each entry that is not of a Helm chart one request for the commit.
 *
 * @typedef {(path: string) => Promise<import('../lib/http.mjs').Answer>} Ask
 */

const BASE = '/api/argocd';

/** @param {Ask} ask @param {string} component */
export async function overviewCard(ask, component) {
  await applicationsOf(ask, component);
}

/** @param {Ask} ask @param {string} component */
export async function historyCard(ask, component) {
  const applications = await applicationsOf(ask, component);
  const entries = applications.flatMap(({ metadata, status }) =>
    [...(status?.history ?? [])]
      .sort((a, b) => Date.parse(b.deployedAt) - Date.parse(a.deployedAt))
      .slice(0, -1)
      .map(entry => ({
        app: metadata.name,
        instance: metadata.instance?.name,
        source: entry.sources?.[0] ?? entry.source,
        revision: entry.revisions?.[0] ?? entry.revision,
      })),
  );
  await Promise.all(
    entries
      .filter(({ source }) => source?.chart === undefined)
      .map(async ({ app, instance, revision }) =>
        jsonOf(
          await ask(
            `${BASE}/argoInstance/${instance}/applications/name/${encodeURIComponent(
              app,
            )}/revisions/${encodeURIComponent(revision)}/metadata`,
          ),
          'Roadie, a revision',
        ),
      ),
  );
}

/** @param {Ask} ask @param {string} component the overview card and the history card, as the plugin's page has them */
export async function componentPage(ask, component) {
  await Promise.all([
    overviewCard(ask, component),
    historyCard(ask, component),
  ]);
}

async function applicationsOf(ask, component) {
  const selector = encodeURIComponent(`fairway.dev/component=${component}`);
  const found = jsonOf(
    await ask(`${BASE}/find/selector/${selector}`),
    'Roadie, find by selector',
  );
  const lists = await Promise.all(
    found.map(async ({ name }) =>
      jsonOf(
        await ask(
          `${BASE}/argoInstance/${name}/applications/selector/${selector}`,
        ),
        'Roadie, applications by selector',
      ),
    ),
  );
  return lists.flatMap(({ items }) => items ?? []);
}
