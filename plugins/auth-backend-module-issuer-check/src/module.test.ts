import { ConfigReader } from '@backstage/config';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import module from '.';
import { checkIssuers } from './checkIssuers';

const SANDBOX = {
  metadataUrl: 'http://localhost:7105/.well-known/openid-configuration',
  clientId: 'fairway',
  clientSecret: 'sandbox-oidc-secret',
};

const environment = process.env.NODE_ENV;
function setEnvironment(value: string | undefined) {
  (process.env as Record<string, string | undefined>).NODE_ENV = value;
}
afterEach(() => setEnvironment(environment));

const auth = (oidc: object) => ({
  auth: { session: { secret: 'x' }, providers: { oidc } },
});

function start(nodeEnv: string, oidc: object) {
  setEnvironment(nodeEnv);
  return startTestBackend({
    features: [
      authPlugin,
      module,
      catalogServiceMock.factory({ entities: [] }),
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost:3000' },
          backend: { baseUrl: 'http://localhost:7007' },
          ...auth(oidc),
        },
      }),
    ],
  });
}

describe('the sandbox as issuer', () => {
  it.each(['production', 'test', 'staging', ''])(
    'stops the start when NODE_ENV is %p',
    async nodeEnv => {
      await expect(start(nodeEnv, { production: SANDBOX })).rejects.toThrow(
        /auth\.providers\.oidc\.production\.metadataUrl must be reached by https/,
      );
    },
  );

  it('stops the start under any name of an environment', async () => {
    await expect(start('production', { development: SANDBOX })).rejects.toThrow(
      /auth\.providers\.oidc\.development\.metadataUrl/,
    );
  });

  it('is what development runs on', async () => {
    const backend = await start('development', { development: SANDBOX });
    expect(backend.server.port()).toBeGreaterThan(0);
    await backend.stop();
  });
});

describe('an issuer', () => {
  const problems = (metadataUrl: string, clientSecret = 'a-secret') =>
    checkIssuers(
      new ConfigReader(auth({ production: { metadataUrl, clientSecret } })),
    );

  it.each([
    'http://issuer.example.com/.well-known/openid-configuration',
    'https://localhost/.well-known/openid-configuration',
    'https://LOCALHOST.:8443/',
    'https://sign-in.localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'issuer.example.com',
  ])('at %s is refused', metadataUrl => {
    expect(problems(metadataUrl)).toHaveLength(1);
  });

  it('with the secret of the sandbox is refused wherever it is', () => {
    expect(
      problems('https://issuer.example.com/', 'sandbox-oidc-secret'),
    ).toEqual([
      'auth.providers.oidc.production.clientSecret is the one of the sandbox',
    ]);
  });

  it('elsewhere by https is accepted', () => {
    expect(problems('https://issuer.example.com/')).toEqual([]);
    expect(problems('https://10.0.0.8/realms/main')).toEqual([]);
    expect(checkIssuers(new ConfigReader({}))).toEqual([]);
    expect(checkIssuers(new ConfigReader(auth({})))).toEqual([]);
  });
});
