import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { platformEnvsServiceRef } from '@fairway/plugin-platform-envs-node';
import { createRouter } from './createRouter';

/**
 * The endpoints that `@roadiehq/backstage-plugin-argo-cd` calls when
 * `argocd.appLocatorMethods` is set.
 *
 * @public
 */
export const argocdPlugin = createBackendPlugin({
  pluginId: 'argocd',
  register(env) {
    env.registerInit({
      deps: {
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        platformEnvs: platformEnvsServiceRef,
      },
      async init({ httpAuth, httpRouter, platformEnvs }) {
        httpRouter.use(createRouter({ httpAuth, platformEnvs }));
      },
    });
  },
});
