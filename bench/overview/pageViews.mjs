/**
 * What the portal's own pages ask for, when they are opened: the delivery of a
 * component, the board, an environment's page with its databases.
 *
 * @param {string[]} components names; the first is looked at
 * @returns {Record<'board' | 'component' | 'environment', string[]>} paths
 */
export function pageViews([component]) {
  const api = '/api/platform-envs';
  return {
    board: [`${api}/overview?limit=50`],
    component: [
      `/api/catalog/entities/by-name/component/default/${component}`,
      `${api}/components/default/component/${component}/delivery`,
    ],
    environment: [
      '/api/catalog/entities/by-name/environment/default/sample-platform-ai-prod',
      `${api}/environments/default/sample-platform-ai-prod`,
      `${api}/environments/default/sample-platform-ai-prod/replication-lag`,
    ],
  };
}
