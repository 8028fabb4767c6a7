import { createBackend } from '@backstage/backend-defaults';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { aComponent, anEnvironment } from '../src/__testUtils__/entities';

/*
 * The plugin alone: a catalog of two environments and one component, nobody
 * has to sign in, and nothing is configured unless app-config says so.
 *
 *   curl http://localhost:7007/api/platform-envs/overview
 */
const backend = createBackend();

backend.add(mockServices.auth.factory());
backend.add(mockServices.httpAuth.factory());
backend.add(mockServices.permissions.factory());
backend.add(
  catalogServiceMock.factory({
    entities: [
      anEnvironment('dev'),
      anEnvironment('prod'),
      aComponent('backend'),
    ],
  }),
);
backend.add(import('../src'));

backend.start();
