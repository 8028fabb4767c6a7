import { createFrontendModule } from '@backstage/frontend-plugin-api';

/**
 * Self-service in the browser: the fields that a template's form asks a
 * platform with, and the pages from the gallery to a finished run.
 *
 * @public
 */
export const scaffolderModulePlatformEnvs = createFrontendModule({
  pluginId: 'scaffolder',
  extensions: [],
});
