import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { Memberships } from './Memberships';
import { PlatformPolicy } from './PlatformPolicy';

/**
 * Sets the platform's permission policy.
 *
 * @public
 */
export const permissionModulePlatformPolicy = createBackendModule({
  pluginId: 'permission',
  moduleId: 'platform-policy',
  register(reg) {
    reg.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        policy: policyExtensionPoint,
      },
      async init({ auth, catalog, config, logger, policy }) {
        const groups = (key: string, fallback: string) =>
          config.getOptionalStringArray(`permission.platformPolicy.${key}`) ?? [
            fallback,
          ];
        policy.setPolicy(
          new PlatformPolicy({
            memberships: new Memberships({ auth, catalog, logger }),
            administrators: groups(
              'administrators',
              'group:default/platform-engineering',
            ),
            operators: groups('operators', 'group:default/on-call'),
          }),
        );
      },
    });
  },
});
