import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import request from 'supertest';
import { costPlugin } from './plugin';

async function start(result: AuthorizeResult.ALLOW | AuthorizeResult.DENY) {
  const { server } = await startTestBackend({
    features: [
      costPlugin,
      catalogServiceMock.factory({ entities: [] }),
      mockServices.permissions.mock({ authorize: async () => [{ result }] })
        .factory,
    ],
  });
  return server;
}

describe('cost plugin', () => {
  it('starts without configuration and says so', async () => {
    const server = await start(AuthorizeResult.ALLOW);
    const { body } = await request(server)
      .get('/api/cost/overview')
      .expect(200);
    expect(body.message).toContain('cost.aws.accountId');
  });

  it('refuses whoever may not see cost', async () => {
    const server = await start(AuthorizeResult.DENY);
    await request(server).get('/api/cost/overview').expect(403);
    await request(server)
      .get('/api/cost/components/default/component/web')
      .expect(403);
  });

  it('refuses whoever is not signed in', async () => {
    const server = await start(AuthorizeResult.ALLOW);
    await request(server)
      .get('/api/cost/overview')
      .set('Authorization', mockCredentials.none.header())
      .expect(401);
  });

  it('names what is unknown or out of place', async () => {
    const server = await start(AuthorizeResult.ALLOW);
    const unknown = await request(server)
      .get('/api/cost/components/default/component/nobody')
      .expect(404);
    expect(unknown.body.error.message).toContain('component:default/nobody');
    await request(server)
      .get('/api/cost/components/default/api/web')
      .expect(400);
  });
});
