import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { platformEnvsPermissions } from '@fairway/plugin-platform-envs-common';
import { platformEnvsAdaptersExtensionPoint } from '@fairway/plugin-platform-envs-node';
import { AdapterRegistry } from './AdapterRegistry';
import { DatabaseSnapshotStore } from './database/DatabaseSnapshotStore';
import { migrate } from './database/migrate';
import { readConfig } from './readConfig';
import { createRouter } from './router/createRouter';
import { noPromotions } from './router/noPromotions';
import { RevisionStreams } from './router/RevisionStreams';
import { EnvironmentService } from './services/EnvironmentService';
import { ReplicationService } from './services/ReplicationService';
import { scheduleFeeds } from './services/scheduleFeeds';

/**
 * Environments, what stands in them, and promotions between them.
 *
 * @public
 */
export const platformEnvsPlugin = createBackendPlugin({
  pluginId: 'platform-envs',
  register(env) {
    const registry = new AdapterRegistry();
    env.registerExtensionPoint(platformEnvsAdaptersExtensionPoint, registry);
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
      },
      async init(deps) {
        const { logger, lifecycle, permissionsRegistry } = deps;
        const config = readConfig(deps.config);
        const adapters = registry.resolve(config, deps);
        const knex = await migrate(deps.database);
        const store = new DatabaseSnapshotStore(knex, logger);

        const environments = new EnvironmentService({
          ...deps,
          ...adapters,
          linkTemplates: config.linkTemplates,
          store,
        });
        const replication = new ReplicationService({
          environments,
          source: adapters.replicationLagSource,
          store,
          logger,
        });
        const streams = new RevisionStreams({
          permissions: deps.permissions,
          getRevision: () => environments.getRevision(),
          onRevision: listener => environments.onRevision(listener),
        });

        permissionsRegistry.addPermissions(platformEnvsPermissions);
        await environments.start();
        const feeds = await scheduleFeeds({
          ...deps,
          config,
          environments,
          replication,
        });
        lifecycle.addShutdownHook(async () => {
          feeds.stop();
          streams.close();
          await environments.stop();
        });

        deps.httpRouter.use(
          createRouter({
            ...deps,
            environments,
            replication,
            streams,
            promotions: noPromotions,
          }),
        );
      },
    });
  },
});
