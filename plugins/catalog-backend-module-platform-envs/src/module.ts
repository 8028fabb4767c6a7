import { createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { EnvironmentValidationProcessor } from './EnvironmentValidationProcessor';
import { RunsInProcessor } from './RunsInProcessor';

/** Adds the processors for environments to the catalog. */
export const catalogModulePlatformEnvs = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'platform-envs',
  register(reg) {
    reg.registerInit({
      deps: { processing: catalogProcessingExtensionPoint },
      async init({ processing }) {
        processing.addProcessor(
          new EnvironmentValidationProcessor(),
          new RunsInProcessor(),
        );
      },
    });
  },
});
