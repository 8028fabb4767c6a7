import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ConfigSources } from '@backstage/config-loader';
import authPlugin from '@backstage/plugin-auth-backend';
import githubProvider from '@backstage/plugin-auth-backend-module-github-provider';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import issuerCheck from '@fairway/plugin-auth-backend-module-issuer-check';
import oidcProvider from '@fairway/plugin-auth-backend-module-oidc';
import workspaces from '@fairway/plugin-scaffolder-backend-module-workspaces';
import type { JsonObject } from '@backstage/types';
import fs from 'node:fs';
import http from 'node:http';
import { AddressInfo } from 'node:net';
import path from 'node:path';
import request from 'supertest';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../../..');
const FILES = ['app-config.yaml', 'app-config.production.yaml'].map(name =>
  path.join(ROOT, name),
);

/** What production sets; the values only have to be of the right shape. */
const VARIABLES: Record<string, string> = {
  FAIRWAY_BASE_URL: 'https://fairway.example.com',
  FAIRWAY_SESSION_SECRET: 'a-session-secret',
  FAIRWAY_CATALOG_URL:
    'https://github.com/example/catalog/blob/main/catalog-info.yaml',
  POSTGRES_HOST: 'postgres.example.com',
  POSTGRES_PORT: '5432',
  POSTGRES_USER: 'fairway',
  POSTGRES_PASSWORD: 'a-password',
  GITHUB_APP_ID: '1',
  GITHUB_APP_CLIENT_ID: 'app-client',
  GITHUB_APP_CLIENT_SECRET: 'app-secret',
  GITHUB_APP_WEBHOOK_SECRET: 'app-webhook-secret',
  GITHUB_APP_PRIVATE_KEY: 'app-key',
  GITHUB_OAUTH_CLIENT_ID: 'oauth-client',
  GITHUB_OAUTH_CLIENT_SECRET: 'oauth-secret',
  TECHDOCS_BUCKET: 'docs-bucket',
  AWS_REGION: 'ap-southeast-2',
  AWS_MANAGEMENT_ACCOUNT_ID: '123456789012',
  ARGOCD_URL: 'https://argocd.example.com',
  ARGOCD_TOKEN: 'argocd-token',
  GRAFANA_URL: 'https://grafana.example.com',
  GRAFANA_TOKEN: 'grafana-token',
  PROMETHEUS_URL: 'https://prometheus.example.com',
  PROMETHEUS_TOKEN: 'prometheus-token',
};

/** Resolvers that end at a user of the catalog, and at nobody else. */
const CATALOG_RESOLVERS = [
  'usernameMatchingUserEntityName',
  'emailMatchingUserEntityProfileEmail',
];

/** The two files as the backend reads them, filled from the variables given. */
async function load(variables: Record<string, string>): Promise<JsonObject> {
  const config = await ConfigSources.toConfig(
    ConfigSources.default({
      argv: FILES.flatMap(file => ['--config', file]),
      env: {},
      rootDir: ROOT,
      watch: false,
      substitutionFunc: async name => variables[name],
    }),
  );
  config.close();
  return config.get<JsonObject>();
}

const namedVariables = [
  ...new Set(
    FILES.flatMap(file => [
      ...fs.readFileSync(file, 'utf8').matchAll(/\$\{(\w+)/g),
    ]).map(match => match[1]),
  ),
];

/** Every text in a configuration, with the path to it. */
function texts(value: unknown, at = ''): Array<[string, string]> {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    texts(inner, at ? `${at}.${key}` : key),
  );
}

/** The `auth.providers` block that the documentation offers for OpenID Connect. */
function documentedOidc(): any {
  const markdown = fs.readFileSync(
    path.join(ROOT, 'docs/operations/configuration.md'),
    'utf8',
  );
  const blocks = [...markdown.matchAll(/```yaml\n([\s\S]*?)```/g)];
  return blocks
    .map(([, block]) => parse(block))
    .find(block => block?.auth?.providers?.oidc);
}

describe('the production configuration', () => {
  it('reads every variable that this test knows, and no other', () => {
    expect(namedVariables.sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('has no sign-in without a password and nothing of the sandbox', async () => {
    const config = await load(VARIABLES);
    expect(Object.keys((config.auth as any).providers)).toEqual(['github']);
    expect((config.auth as any).environment).toBe('production');
    expect((config.fairway as any)?.sandbox).toBeUndefined();
    const suspicious = texts(config).filter(
      ([at, text]) =>
        at !== 'scaffolder.defaultAuthor.email' &&
        /sandbox|localhost|127\.0\.0\.1|development|guest/i.test(text),
    );
    expect(suspicious).toEqual([]);
  });

  it('holds no secret: each comes from a variable', async () => {
    const config = await load({});
    const secrets = texts(config).filter(([at]) =>
      /(secret|password|token|privatekey|accesskeyid)$/i.test(at),
    );
    expect(secrets).toEqual([]);
  });

  it('checks permissions, and no file says otherwise', async () => {
    const config = new ConfigReader(await load(VARIABLES));
    expect(config.getBoolean('permission.enabled')).toBe(true);
    const setting = fs
      .readdirSync(ROOT)
      .filter(name => /^app-config(\.\w+)?\.yaml$/.test(name))
      .filter(name => name !== 'app-config.local.yaml')
      .filter(name =>
        Object.hasOwn(
          parse(fs.readFileSync(path.join(ROOT, name), 'utf8')),
          'permission',
        ),
      );
    expect(setting).toEqual(['app-config.yaml']);
  });

  it('is served at its public address, and on the port of the container', async () => {
    const config = new ConfigReader(await load(VARIABLES));
    for (const key of ['app.baseUrl', 'backend.baseUrl']) {
      expect(config.getString(key)).toBe('https://fairway.example.com');
    }
    expect(config.get('backend.cors.origin')).toBe(
      'https://fairway.example.com',
    );
    expect(config.get('backend.listen')).toBe(':7007');
    // plain HTTP is for one's own machine
    expect(config.has('backend.csp.upgrade-insecure-requests')).toBe(false);
    expect(config.getString('backend.database.client')).toBe('pg');
    expect(config.get('backend.database.connection')).toEqual({
      host: 'postgres.example.com',
      port: '5432',
      user: 'fairway',
      password: 'a-password',
    });
  });

  it.each([
    ['as it is', async () => (await load(VARIABLES)).auth as any],
    ['with OpenID Connect as documented', async () => documentedOidc().auth],
  ])('signs in users of the catalog alone, %s', async (_, auth) => {
    const { providers } = await auth();
    for (const provider of Object.values<any>(providers)) {
      const { resolvers } = provider.production.signIn;
      expect(resolvers).not.toHaveLength(0);
      for (const { resolver, ...options } of resolvers) {
        expect(CATALOG_RESOLVERS).toContain(resolver);
        // above all not `dangerouslyAllowSignInWithoutUserInCatalog`
        expect(options).toEqual({});
      }
    }
  });
});

describe('sign-in in production', () => {
  const nodeEnv = process.env.NODE_ENV;
  const setNodeEnv = (value?: string) => {
    (process.env as Record<string, string | undefined>).NODE_ENV = value;
  };
  beforeEach(() => setNodeEnv('production'));
  afterEach(() => setNodeEnv(nodeEnv));

  async function start(auth: unknown, modules: any[] = [oidcProvider]) {
    const data = await load({
      FAIRWAY_BASE_URL: VARIABLES.FAIRWAY_BASE_URL,
      FAIRWAY_SESSION_SECRET: VARIABLES.FAIRWAY_SESSION_SECRET,
      GITHUB_OAUTH_CLIENT_ID: VARIABLES.GITHUB_OAUTH_CLIENT_ID,
      GITHUB_OAUTH_CLIENT_SECRET: VARIABLES.GITHUB_OAUTH_CLIENT_SECRET,
    });
    return startTestBackend({
      features: [
        authPlugin,
        githubProvider,
        ...modules,
        catalogServiceMock.factory({ entities: [] }),
        mockServices.rootConfig.factory({
          data: {
            app: data.app,
            backend: { baseUrl: 'https://fairway.example.com' },
            auth: { ...(data.auth as JsonObject), ...(auth as JsonObject) },
          },
        }),
      ],
    });
  }

  it('starts with GitHub alone, and nothing else is there', async () => {
    const backend = await start({}, [oidcProvider, issuerCheck]);
    const { server } = backend;
    const { headers } = await request(server)
      .get('/api/auth/github/start?env=production&scope=read:user')
      .expect(302);
    expect(headers.location).toMatch(
      /^https:\/\/github\.com\/login\/oauth\/authorize\?.*client_id=oauth-client/,
    );
    await request(server)
      .get('/api/auth/oidc/start?env=production')
      .expect(404);
    await request(server).get('/api/auth/guest/refresh').expect(404);
    await backend.stop();
  });

  it('starts with OpenID Connect as documented', async () => {
    const issuer = http.createServer((_, response) => {
      const { port } = issuer.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          jwks_uri: `${url}/keys`,
        }),
      );
    });
    await new Promise<void>(done => {
      issuer.listen(0, '127.0.0.1', done);
    });
    const { port } = issuer.address() as AddressInfo;
    const { providers } = JSON.parse(
      JSON.stringify(documentedOidc().auth)
        .replace(
          '${OIDC_METADATA_URL}',
          `http://127.0.0.1:${port}/.well-known/openid-configuration`,
        )
        .replace('${OIDC_CLIENT_ID}', 'oidc-client')
        .replace('${OIDC_CLIENT_SECRET}', 'oidc-secret'),
    );
    const backend = await start({ providers });
    const { server } = backend;
    const { headers } = await request(server)
      .get('/api/auth/oidc/start?env=production&scope=openid')
      .expect(302);
    expect(headers.location).toMatch(
      new RegExp(
        `^http://127\\.0\\.0\\.1:${port}/authorize\\?client_id=oidc-client`,
      ),
    );
    await request(server)
      .get('/api/auth/github/start?env=production&scope=read:user')
      .expect(404);
    await backend.stop();
    issuer.close();
  });

  it('never starts on the sandbox, under whatever name', async () => {
    const sandbox = parse(
      fs.readFileSync(path.join(ROOT, 'app-config.sandbox.yaml'), 'utf8'),
    ).auth.providers.oidc.development;
    for (const [environment, metadataUrl] of [
      ['production', 'http://localhost:7105/.well-known/openid-configuration'],
      ['development', 'http://localhost:7105/.well-known/openid-configuration'],
      [
        'production',
        'https://sandbox.example.com/.well-known/openid-configuration',
      ],
    ]) {
      await expect(
        start(
          {
            providers: { oidc: { [environment]: { ...sandbox, metadataUrl } } },
          },
          // the provider itself would ask the issuer at once
          [issuerCheck],
        ),
      ).rejects.toThrow(`auth.providers.oidc.${environment}`);
    }
  });

  it('is on the list of what the backend consists of', () => {
    expect(fs.readFileSync(path.join(__dirname, 'index.ts'), 'utf8')).toContain(
      "backend.add(import('@fairway/plugin-auth-backend-module-issuer-check'))",
    );
  });

  it('does not start with a provider whose variables are unset', async () => {
    await expect(
      start({ providers: { oidc: { production: { prompt: 'auto' } } } }),
    ).rejects.toThrow(/oidc auth provider/);
  });
});

describe('the scaffolder in production', () => {
  const nodeEnv = process.env.NODE_ENV;
  const setNodeEnv = (value?: string) => {
    (process.env as Record<string, string | undefined>).NODE_ENV = value;
  };
  beforeEach(() => setNodeEnv('production'));
  afterEach(() => setNodeEnv(nodeEnv));

  it('starts, and keeps the workspaces of runs that another backend goes on with', async () => {
    const { scaffolder } = await load(VARIABLES);
    const backend = await startTestBackend({
      features: [
        scaffolderPlugin,
        workspaces,
        catalogServiceMock.factory({ entities: [] }),
        mockServices.rootConfig.factory({
          data: { scaffolder } as JsonObject,
        }),
      ],
    });
    const { status } = await request(backend.server).get(
      '/api/scaffolder/v2/actions',
    );
    expect(status).toBe(200);
    await backend.stop();
  });
});
