import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import module from '.';
import { Discovery } from './Discovery';

/** Where the sandbox's issuer is, counted from its first port. */
const OIDC = 5;

describe('sign-in while the issuer is away at the start', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'fairway-oidc-'));
  let sandbox: Sandbox | undefined;
  let backend: Awaited<ReturnType<typeof startTestBackend>>;
  let issuer: URL;

  const startIssuer = (port?: number) =>
    startSandbox({ dataDir, only: ['oidc'], port });

  beforeAll(async () => {
    sandbox = await startIssuer();
    issuer = new URL(sandbox.urls.oidc);
    await sandbox.close();
    sandbox = undefined;
    backend = await startTestBackend({
      features: [
        authPlugin,
        module,
        catalogServiceMock.factory({ entities: [] }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:3000' },
            backend: { baseUrl: 'http://localhost:7007' },
            auth: {
              environment: 'development',
              session: { secret: 'a-secret' },
              providers: {
                oidc: {
                  development: {
                    metadataUrl: `${issuer.origin}/.well-known/openid-configuration`,
                    clientId: 'fairway',
                    clientSecret: 'sandbox-oidc-secret',
                    prompt: 'select_account',
                  },
                },
              },
            },
          },
        }),
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await backend?.stop();
    await sandbox?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const signIn = () =>
    request(backend.server).get('/api/auth/oidc/start').query({
      env: 'development',
      scope: 'openid profile email',
      origin: 'http://localhost:3000',
    });

  it('says which issuer cannot be asked, and heals when it is back', async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const refused = await signIn();
      expect(refused.status).toBe(503);
      expect(refused.body.error).toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringContaining(issuer.origin),
      });
    }

    sandbox = await startIssuer(Number(issuer.port) - OIDC);
    expect(new URL(sandbox.urls.oidc).origin).toBe(issuer.origin);

    const begun = await signIn();
    expect(begun.status).toBe(302);
    const there = new URL(begun.headers.location);
    expect(there.origin).toBe(issuer.origin);
    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      client_id: 'fairway',
      prompt: 'select_account',
      response_type: 'code',
    });
    const page = await fetch(there, { redirect: 'manual' });
    expect(page.status).toBe(303);
  }, 30_000);

  it('keeps what the issuer said when it goes away again', async () => {
    await sandbox?.close();
    sandbox = undefined;
    expect((await signIn()).status).toBe(302);
  });
});

describe('Discovery', () => {
  it('asks once for all who wait, and again only for who comes after', async () => {
    const begin = jest.fn(() => ({
      promise: Promise.reject(new Error('away')),
    }));
    const discovery = new Discovery('https://issuer.example.com', begin);
    await Promise.allSettled([discovery.ready(), discovery.ready()]);
    expect(begin).toHaveBeenCalledTimes(1);
    await Promise.allSettled([discovery.ready(), discovery.ready()]);
    expect(begin).toHaveBeenCalledTimes(2);
    await expect(discovery.ready()).rejects.toThrow(/issuer\.example\.com/);
  });
});
