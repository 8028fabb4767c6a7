import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { checkIssuers } from './checkIssuers';

/**
 * Refuses the start, outside development, when sign-in trusts an issuer that is
 * not reached by https, is on this machine, or is the sandbox.
 *
 * @public
 */
export const authModuleIssuerCheck = createBackendModule({
  pluginId: 'auth',
  moduleId: 'issuer-check',
  register(reg) {
    reg.registerInit({
      deps: { config: coreServices.rootConfig },
      async init({ config }) {
        if (process.env.NODE_ENV === 'development') return;
        const problems = checkIssuers(config);
        if (problems.length) {
          throw new Error(
            `Nobody may sign in this way outside development: ${problems.join(
              '; ',
            )}`,
          );
        }
      },
    });
  },
});
