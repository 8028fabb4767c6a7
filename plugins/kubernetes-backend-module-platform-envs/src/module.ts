import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import {
  kubernetesClusterSupplierExtensionPoint,
  KubernetesClustersSupplier,
  kubernetesServiceLocatorExtensionPoint,
} from '@backstage/plugin-kubernetes-node';
import { readClusterAccess } from '@fairway/plugin-platform-envs-node';
import { EnvironmentClusters } from './EnvironmentClusters';
import { EnvironmentServiceLocator } from './EnvironmentServiceLocator';

/** What the catalog says of clusters changes by hand, so this is soon enough. */
const REFRESH_EVERY = { seconds: 60 };

/**
 * Locates Kubernetes clusters from the catalog's Environment entities, and
 * shows each component those of its environments.
 *
 * @public
 */
export const kubernetesModulePlatformEnvs = createBackendModule({
  pluginId: 'kubernetes',
  moduleId: 'platform-envs',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
        clusterSupplier: kubernetesClusterSupplierExtensionPoint,
        serviceLocator: kubernetesServiceLocatorExtensionPoint,
      },
      async init(deps) {
        const { config, scheduler } = deps;
        const clusters = new EnvironmentClusters({
          ...deps,
          accessOf: readClusterAccess(config) ?? (() => ({})),
        });
        const supplier = (
          configured?: KubernetesClustersSupplier,
        ): KubernetesClustersSupplier => ({
          async getClusters(options) {
            const first = (await configured?.getClusters(options)) ?? [];
            const names = new Set(first.map(({ name }) => name));
            const located = await clusters.list();
            // what configuration says of a cluster, it says on purpose
            return [
              ...first,
              ...located.filter(({ name }) => !names.has(name)),
            ];
          },
        });
        deps.clusterSupplier.addClusterSupplier(async ({ getDefault }) =>
          supplier(
            config.has('kubernetes.clusterLocatorMethods')
              ? await getDefault()
              : undefined,
          ),
        );
        deps.serviceLocator.addServiceLocator(
          async ({ getDefault, clusterSupplier }) =>
            new EnvironmentServiceLocator({
              clusters,
              supplier: clusterSupplier,
              otherwise: await getDefault(),
            }),
        );
        await scheduler.scheduleTask({
          id: 'kubernetes-environment-clusters',
          scope: 'local',
          frequency: REFRESH_EVERY,
          timeout: { minutes: 1 },
          fn: () => clusters.refresh(),
        });
      },
    });
  },
});
