import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { provideStaticCatalogModel } from '@backstage/plugin-catalog-node/alpha';
import { environmentModelLayer } from './environmentModelLayer';
import { catalogModulePlatformEnvs } from './module';

export { environmentModelLayer } from './environmentModelLayer';
export { catalogModulePlatformEnvs } from './module';
export { validateEnvironment } from './validateEnvironment';

/** Installs the kind and its processors with one `backend.add(import(...))`. */
export default createBackendFeatureLoader({
  *loader() {
    yield catalogModulePlatformEnvs;
    yield provideStaticCatalogModel({ layers: [environmentModelLayer] });
  },
});
