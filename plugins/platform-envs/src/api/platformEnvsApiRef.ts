import {
  ApiBlueprint,
  createApiRef,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import {
  PlatformEnvsApi,
  PlatformEnvsClient,
} from '@fairway/plugin-platform-envs-common';

/** The platform-envs backend, asked with the rights of whoever is signed in. @public */
export const platformEnvsApiRef = createApiRef<PlatformEnvsApi>().with({
  id: 'plugin.platform-envs.client',
  pluginId: 'platform-envs',
});

export const platformEnvsApi = ApiBlueprint.make({
  name: 'client',
  params: defineParams =>
    defineParams({
      api: platformEnvsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new PlatformEnvsClient({ discoveryApi, fetchApi }),
    }),
});
