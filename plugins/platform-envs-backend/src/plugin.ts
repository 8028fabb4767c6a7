import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import {
  Pace,
  platformEnvsAdaptersExtensionPoint,
} from '@fairway/plugin-platform-envs-node';
import { AdapterRegistry } from './AdapterRegistry';
import { DatabasePromotionStore } from './database/DatabasePromotionStore';
import { DatabaseSnapshotStore } from './database/DatabaseSnapshotStore';
import { migrate } from './database/migrate';
import { ReadRights } from './permissions/ReadRights';
import { registerPermissions } from './permissions/registerPermissions';
import { readConfig } from './readConfig';
import { createRouter } from './router/createRouter';
import { setUpFirstDeliveries } from './setUpFirstDeliveries';
import { setUpInfrastructure } from './setUpInfrastructure';
import { setUpGitFeeds } from './setUpGitFeeds';
import { setUpPromotions } from './setUpPromotions';
import { setUpRemovals } from './setUpRemovals';
import { RevisionStreams } from './router/RevisionStreams';
import { OwnerAlerts } from './services/alerts/OwnerAlerts';
import { PresentAudience } from './services/audience/PresentAudience';
import { SourceCommits } from './services/commits/SourceCommits';
import { ComparisonService } from './services/comparison/ComparisonService';
import { EnvironmentService } from './services/EnvironmentService';
import { builtInLinks } from './services/builtInLinks';
import { ObservabilityService } from './services/observability/ObservabilityService';
import { PromotionTargets } from './services/promotions/PromotionTargets';
import { PushNews } from './services/PushNews';
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
        userInfo: coreServices.userInfo,
      },
      async init(deps) {
        const { logger, lifecycle, permissionsRegistry, rootLifecycle } = deps;
        const config = readConfig(deps.config);
        const adapters = registry.resolve(config, deps);
        const knex = await migrate(deps.database);
        const store = new DatabaseSnapshotStore(knex, logger);

        const audience = new PresentAudience();
        const commits = new SourceCommits({
          ...adapters,
          labels: adapters.imageLabelSource,
          audience,
          store,
          logger,
        });
        await commits.load();
        const pushes = new PushNews({ store, logger });
        const environments = new EnvironmentService({
          ...deps,
          ...adapters,
          audience,
          commits,
          gitPaces: {
            untold: new Pace(config.git.untold, { audience }),
            told: new Pace(config.git.told, { audience }),
          },
          ...(config.webhooks.github && { pushes }),
          linkTemplates: config.linkTemplates,
          store,
        });
        const observability = new ObservabilityService({
          ...deps,
          ...adapters,
          environments,
          links: builtInLinks(config.observability.links),
          paces: {
            grafana: new Pace(config.observability.intervals.grafana, {
              audience,
            }),
            prometheus: new Pace(config.observability.intervals.prometheus, {
              audience,
            }),
          },
        });
        const infrastructure = await setUpInfrastructure({
          ...deps,
          ...adapters,
          audience,
          config,
          environments,
          store,
        });
        const streams = new RevisionStreams({
          permissions: deps.permissions,
          audience,
          getRevision: () => environments.getRevision(),
          onChange: listener => environments.onChange(listener),
        });

        const targets = new PromotionTargets(deps);
        registerPermissions(permissionsRegistry, targets);
        const permissionsEnabled =
          deps.config.getOptionalBoolean('permission.enabled') ?? false;
        const permissions = new ReadRights(deps.permissions);
        const promotionStore = new DatabasePromotionStore(knex);
        const promotions = setUpPromotions({
          ...deps,
          permissions,
          ...adapters,
          audience,
          config,
          permissionsEnabled,
          store: promotionStore,
          targets,
        });
        const firstDeliveries = await setUpFirstDeliveries({
          ...deps,
          ...adapters,
          audience,
          environments,
          knex,
        });
        const removals = await setUpRemovals({
          ...deps,
          environments,
          promotions: promotionStore,
          knex,
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
          audience,
          config,
          environments,
          observability,
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
          observability.stop();
          infrastructure.stacks.stop();
          streams.close();
          firstDeliveries.stop();
          await promotions.stop();
          await environments.stop();
        });

        await setUpGitFeeds({
          ...deps,
          audience,
          config,
          environments,
          commits,
          knex,
          pushes,
        });

        deps.httpRouter.use(
          createRouter({
            ...deps,
            permissions,
            audience,
            environments,
            comparison: new ComparisonService({
              ...adapters,
              facts: environments,
              commits,
            }),
            replication: infrastructure.replication,
            infrastructure,
            observability,
            firstDeliveries: firstDeliveries.service,
            removals,
            canChange: permissionsEnabled,
            streams,
            promotions: promotions.delivery,
            promotionsRouter: promotions.router,
          }),
        );
      },
    });
  },
});
