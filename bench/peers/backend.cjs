/**
 * A backend as others have it: Backstage's own plugins, and the Argo CD plugin
 * that FAIRWAY_BENCH_PEER names, unmodified. Fairway's way to start from
 * source and to give memory back is lent to it, so that what differs is the
 * plugins.
 */
const path = require('node:path');
const { createBackend } = require('@backstage/backend-defaults');
const { createBackendModule } = require('@backstage/backend-plugin-api');
const { AuthorizeResult } = require('@backstage/plugin-permission-common');
const {
  policyExtensionPoint,
} = require('@backstage/plugin-permission-node/alpha');

const own = name =>
  require(path.join(__dirname, '../../packages/backend/src', name));

const ARGOCD_PLUGINS = {
  roadie: '@roadiehq/backstage-plugin-argo-cd-backend',
  community: '@backstage-community/plugin-argocd-backend',
};

const argocd = ARGOCD_PLUGINS[process.env.FAIRWAY_BENCH_PEER];
if (!argocd) {
  throw new Error(
    `FAIRWAY_BENCH_PEER is "${
      process.env.FAIRWAY_BENCH_PEER
    }"; it must be one of ${Object.keys(ARGOCD_PLUGINS).join(', ')}`,
  );
}

/** Permissions are on and allow everything, as a new Backstage app has it. */
const allowAll = createBackendModule({
  pluginId: 'permission',
  moduleId: 'allow-all',
  register(reg) {
    reg.registerInit({
      deps: { policy: policyExtensionPoint },
      async init({ policy }) {
        policy.setPolicy({
          handle: async () => ({ result: AuthorizeResult.ALLOW }),
        });
      },
    });
  },
});

const PLUGINS = [
  '@backstage/plugin-app-backend',
  '@backstage/plugin-auth-backend',
  '@backstage/plugin-auth-backend-module-github-provider',
  '@backstage/plugin-auth-backend-module-oidc-provider',
  '@backstage/plugin-permission-backend',
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-backend-module-logs',
  '@backstage/plugin-catalog-backend-module-scaffolder-entity-model',
  argocd,
  '@backstage/plugin-kubernetes-backend',
  '@backstage/plugin-scaffolder-backend',
  '@backstage/plugin-scaffolder-backend-module-github',
  '@backstage/plugin-scaffolder-backend-module-notifications',
  '@backstage/plugin-scaffolder-backend-module-workspace-database',
  '@backstage/plugin-techdocs-backend',
  '@backstage/plugin-search-backend',
  '@backstage/plugin-search-backend-module-pg',
  '@backstage/plugin-search-backend-module-catalog',
  '@backstage/plugin-search-backend-module-techdocs',
  '@backstage/plugin-user-settings-backend',
  '@backstage/plugin-notifications-backend',
  '@backstage/plugin-signals-backend',
];

const backend = createBackend();
backend.add(own('rootLogger.ts').rootLogger);
// looked up from the backend's own package, as its imports are
const packages = path.join(__dirname, '../../packages/backend');
for (const name of PLUGINS) {
  const found = require.resolve(name, {
    paths: [packages, path.join(__dirname, '../../packages/sandbox')],
  });
  backend.add(require(found));
}
backend.add(allowAll);
backend.start().then(own('releaseStartMemory.ts').releaseStartMemory);
