import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { platformEnvsAdaptersExtensionPoint } from '@fairway/plugin-platform-envs-node';
import { AdapterRegistry } from './AdapterRegistry';
import { DatabasePromotionStore } from './database/DatabasePromotionStore';
import { DatabaseSnapshotStore } from './database/DatabaseSnapshotStore';
import { migrate } from './database/migrate';
import { registerPermissions } from './permissions/registerPermissions';
import { readConfig } from './readConfig';
import { createRouter } from './router/createRouter';
import { setUpPromotions } from './setUpPromotions';
import { RevisionStreams } from './router/RevisionStreams';
import { OwnerAlerts } from './services/alerts/OwnerAlerts';
import { EnvironmentService } from './services/EnvironmentService';
import { PromotionTargets } from './services/promotions/PromotionTargets';
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
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        rootLifecycle: coreServices.rootLifecycle,
        scheduler: coreServices.scheduler,
      },
      async init(deps) {
        const { logger, lifecycle, permissionsRegistry, rootLifecycle } = deps;
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

        const targets = new PromotionTargets(deps);
        registerPermissions(permissionsRegistry, targets);
        const promotions = setUpPromotions({
          ...deps,
          ...adapters,
          config,
          permissionsEnabled:
            deps.config.getOptionalBoolean('permission.enabled') ?? false,
          store: new DatabasePromotionStore(knex),
          targets,
        });
        await environments.load();
        const alerts = new OwnerAlerts({
          ...deps,
          environments,
          store,
          patience: config.alerts,
        });
        const feeds = await scheduleFeeds({
          ...deps,
          config,
          environments,
          replication,
          alerts,
        });
        // what was known before is served at once; asking Argo CD, Git and AWS
        // can wait until the backend has started
        rootLifecycle.addStartupHook(() => {
          environments.start();
          promotions.start();
        });
        lifecycle.addShutdownHook(async () => {
          feeds.stop();
          streams.close();
          await promotions.stop();
          await environments.stop();
        });

        deps.httpRouter.use(
          createRouter({
            ...deps,
            environments,
            replication,
            streams,
            promotions: promotions.delivery,
            promotionsRouter: promotions.router,
          }),
        );
      },
    });
  },
});
