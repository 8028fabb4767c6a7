import { jsonOf } from '../lib/http.mjs';

/** How often the tab asks again, seconds. */
export const REFRESH_SECONDS = 10;

/**
 * What the tab of `@backstage/plugin-kubernetes` asks its backend for one
 * component: the clusters, then everything of the component in all of them
 * (`useKubernetesObjects` with `KubernetesBackendClient.getObjectsByEntity`),
 * again every ten seconds.
 *
 * @param {import('../lib/http.mjs').createClient} client
 * @param {string} token
 * @param {object} entity the component
 */
export async function componentTab(client, token, entity) {
  await client.ask('/api/kubernetes/clusters', { token });
  jsonOf(
    await client.ask(`/api/kubernetes/services/${entity.metadata.name}`, {
      token,
      method: 'POST',
      body: { entity, auth: {} },
    }),
    'the Kubernetes plugin',
  );
}
