import { jsonOf } from '../lib/http.mjs';

/**
 * What the cards of `@backstage-community/plugin-argocd` ask their backend for
 * one component, from the code of the plugin at github.com/backstage/community-plugins,
 * `workspaces/argocd/plugins/argocd/src`:
 *
 * - `hooks/useApplications.ts` with `api/ArgoCDInstanceApiClient.ts`: the
 *   applications of each instance by selector, for each card, and again every
 *   ten seconds (`argocd.refreshInterval`).
 * - `components/DeploymentLifeCycle/DeploymentLifecycle.tsx` with
 *   `getRevisionDetailsList`: one request for each different revision in the
 *   histories of the applications.
 *
 * Its selector goes into the path; it is encoded here, or a label with a slash
 * would not arrive.
 *
 * @typedef {(path: string) => Promise<import('../lib/http.mjs').Answer>} Ask
 */

const BASE = '/api/argocd';
const INSTANCES = ['main'];

/** `argocd.refreshInterval` where it is not set, seconds; each card has its own timer. */
export const REFRESH_SECONDS = 10;

/** @param {Ask} ask @param {string} component */
export async function summaryCard(ask, component) {
  await applicationsOf(ask, component);
}

/** @param {Ask} ask @param {string} component */
export async function lifecycleCard(ask, component) {
  const applications = await applicationsOf(ask, component);
  const revisions = new Map();
  for (const { metadata, status } of applications) {
    for (const { revision } of status?.history ?? []) {
      if (revision && !revisions.has(revision)) {
        revisions.set(revision, metadata);
      }
    }
  }
  await Promise.all(
    [...revisions].map(async ([revision, { name, instance }]) =>
      jsonOf(
        await ask(
          `${BASE}/argoInstance/${
            instance.name
          }/applications/name/${encodeURIComponent(
            name,
          )}/revisions/${encodeURIComponent(revision)}/metadata`,
        ),
        'community, a revision',
      ),
    ),
  );
}

/** @param {Ask} ask @param {string} component the summary card and the lifecycle cards */
export async function componentPage(ask, component) {
  await Promise.all([
    summaryCard(ask, component),
    lifecycleCard(ask, component),
  ]);
}

/** @param {Ask} ask @param {string} component what an open page asks every {@link REFRESH_SECONDS} */
export async function refreshOfPage(ask, component) {
  await Promise.all([
    applicationsOf(ask, component),
    applicationsOf(ask, component),
  ]);
}

async function applicationsOf(ask, component) {
  const selector = encodeURIComponent(`fairway.dev/component=${component}`);
  const lists = await Promise.all(
    INSTANCES.map(async name =>
      jsonOf(
        await ask(
          `${BASE}/argoInstance/${name}/applications/selector/${selector}`,
        ),
        'community, applications by selector',
      ),
    ),
  );
  return lists.flatMap(({ items }) => items ?? []);
}
