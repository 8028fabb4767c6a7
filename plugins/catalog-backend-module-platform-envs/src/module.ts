import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { EnvironmentValidationProcessor } from './EnvironmentValidationProcessor';
import { MissingLocations } from './MissingLocations';
import { RunsInProcessor } from './RunsInProcessor';

/**
 * Adds the processors for environments to the catalog, and lets it look each
 * minute for files that are still to come.
 */
export const catalogModulePlatformEnvs = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'platform-envs',
  register(reg) {
    reg.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        logger: coreServices.logger,
        processing: catalogProcessingExtensionPoint,
        scheduler: coreServices.scheduler,
      },
      async init({ auth, catalog, logger, processing, scheduler }) {
        processing.addProcessor(
          new EnvironmentValidationProcessor(),
          new RunsInProcessor(),
        );
        const missing = new MissingLocations({ catalog, logger });
        await scheduler.scheduleTask({
          id: 'look-for-missing-locations',
          frequency: { minutes: 1 },
          timeout: { minutes: 1 },
          initialDelay: { minutes: 1 },
          fn: async () =>
            missing.lookAgain(await auth.getOwnServiceCredentials()),
        });
      },
    });
  },
});
