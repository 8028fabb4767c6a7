import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { costPermissions } from '@fairway/plugin-cost-common';
import { CostExplorerCostSource } from './adapters/costExplorer/CostExplorerCostSource';
import { CostStore } from './database/CostStore';
import { readConfig } from './readConfig';
import { createRouter } from './router/createRouter';
import { CostService } from './services/CostService';

/** Cost Explorer answers in one region for all. */
const COST_EXPLORER_REGION = 'us-east-1';

/**
 * What environments and components cost.
 *
 * @public
 */
export const costPlugin = createBackendPlugin({
  pluginId: 'cost',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
      },
      async init(deps) {
        const { accountId, tags, pullInterval } = readConfig(deps.config);
        deps.permissionsRegistry.addPermissions(costPermissions);

        const source = accountId
          ? new CostExplorerCostSource({
              tags,
              client: new CostExplorerClient({
                region: COST_EXPLORER_REGION,
                credentials: async () => {
                  const manager = DefaultAwsCredentialsManager.fromConfig(
                    deps.config,
                  );
                  const { sdkCredentialProvider } =
                    await manager.getCredentialProvider({ accountId });
                  return sdkCredentialProvider();
                },
              }),
            })
          : undefined;

        const service = new CostService({
          ...deps,
          store: await CostStore.create(deps.database),
          source,
          pullInterval,
          now: () => new Date(),
        });
        deps.httpRouter.use(createRouter({ ...deps, service }));

        if (source) {
          await deps.scheduler.scheduleTask({
            id: 'cost-pull',
            // often enough to notice that it is due; asking costs nothing
            frequency: { seconds: 10 },
            timeout: { minutes: 10 },
            initialDelay: { seconds: 5 },
            // one replica reads the bill: every request is charged
            scope: 'global',
            fn: () => service.pullWhenDue(),
          });
        }
      },
    });
  },
});
