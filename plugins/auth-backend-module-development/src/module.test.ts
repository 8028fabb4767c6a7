import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import request from 'supertest';
import module from '.';
import {
  DEVELOPMENT_USER_HEADER,
  developmentAuthenticator,
} from './authenticator';

const LEAD = 'user:default/lead';
const GONE = 'user:default/gone';

const catalog = catalogServiceMock.factory({
  entities: [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'User',
      metadata: { name: 'lead', namespace: 'default' },
      spec: { memberOf: ['leads'] },
      relations: [{ type: 'memberOf', targetRef: 'group:default/leads' }],
    },
  ],
});

const environment = process.env.NODE_ENV;
function setEnvironment(value: string | undefined) {
  (process.env as Record<string, string | undefined>).NODE_ENV = value;
}
afterEach(() => setEnvironment(environment));

async function start(nodeEnv: string, users = [LEAD, GONE]) {
  setEnvironment(nodeEnv);
  const { server } = await startTestBackend({
    features: [
      authPlugin,
      module,
      catalog,
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost:3000' },
          backend: { baseUrl: 'http://localhost:7007' },
          auth: {
            environment: 'development',
            session: { secret: 'x' },
            providers: { development: { users } },
          },
        },
      }),
    ],
  });
  return (user?: string) => {
    const call = request(server).get('/api/auth/development/refresh');
    return user ? call.set(DEVELOPMENT_USER_HEADER, user) : call;
  };
}

describe('development sign-in', () => {
  it('signs people of the list in, with their groups from the catalog', async () => {
    const refresh = await start('development');
    const { body } = await refresh(LEAD).expect(200);
    expect(body.backstageIdentity.identity).toMatchObject({
      userEntityRef: LEAD,
      ownershipEntityRefs: [LEAD, 'group:default/leads'],
    });
  });

  it('lets in nobody else', async () => {
    const refresh = await start('development');
    await refresh().expect(401);
    await refresh('user:default/stranger').expect(401);
    await refresh('lead').expect(401);
    await refresh(GONE).expect(401);
  });

  it('lets in nobody when the list is empty', async () => {
    const refresh = await start('development', []);
    await refresh(LEAD).expect(401);
  });

  it.each(['production', 'test', ''])(
    'does not exist when NODE_ENV is %p',
    async nodeEnv => {
      const refresh = await start(nodeEnv);
      await refresh(LEAD).expect(404);
    },
  );

  it('stops at once when NODE_ENV changes', async () => {
    const refresh = await start('development');
    setEnvironment('production');
    await refresh(LEAD).expect(403);
  });

  it('refuses other machines', async () => {
    setEnvironment('development');
    const req = {
      socket: { remoteAddress: '10.0.0.7' },
      header: () => LEAD,
    } as unknown as Parameters<
      typeof developmentAuthenticator.authenticate
    >[0]['req'];
    await expect(
      developmentAuthenticator.authenticate({ req }, { users: [LEAD] }),
    ).rejects.toThrow(/this machine only/);
  });
});
