/**
 * @jest-environment node
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { Browser } from './__testUtils__/Browser';

const LEAD = 'sample-platform-lead';
const SCOPE = 'openid profile email groups';
const PORTAL_CALLBACK = 'http://localhost:7400/api/auth/oidc/handler/frame';

let sandbox: Sandbox;
/** What the provider writes for whoever reads the log. */
const notices: unknown[][] = [];
beforeAll(async () => {
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.spyOn(console, level).mockImplementation((...words) => {
      notices.push(words);
    });
  }
  sandbox = await startTestSandbox({ only: ['oidc'] });
});
afterAll(async () => {
  await sandbox.close();
  jest.restoreAllMocks();
});

async function portal(secret = 'sandbox-oidc-secret') {
  return client.discovery(
    new URL(sandbox.urls.oidc),
    'fairway',
    secret,
    client.ClientSecretBasic(secret),
    { execute: [client.allowInsecureRequests] },
  );
}

async function publicClient() {
  return client.discovery(
    new URL(sandbox.urls.oidc),
    'sandbox-public',
    undefined,
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
}

/** Signs in as a person would; gives where the browser is sent in the end. */
async function authorize(
  config: client.Configuration,
  options: {
    browser?: Browser;
    as?: string;
    redirectUri?: string;
    parameters?: Record<string, string>;
  } = {},
) {
  const browser = options.browser ?? new Browser();
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: options.redirectUri ?? PORTAL_CALLBACK,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...options.parameters,
  });
  const page = await browser.open(url.href);
  const callback = await browser.choose(page, options.as ?? LEAD);
  return {
    browser,
    page,
    callback,
    checks: {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    },
  };
}

async function signIn(config: client.Configuration, as = LEAD) {
  const { browser, callback, checks } = await authorize(config, { as });
  const tokens = await client.authorizationCodeGrant(
    config,
    new URL(callback.url),
    checks,
  );
  return { browser, tokens, subject: tokens.claims()!.sub };
}

describe('an unmodified openid-client', () => {
  it('discovers the issuer, which is loopback and signs with RS256', async () => {
    const metadata = (await portal()).serverMetadata();
    expect(metadata.issuer).toBe(sandbox.urls.oidc);
    expect(metadata.scopes_supported).toEqual(
      expect.arrayContaining(SCOPE.split(' ')),
    );
    expect(metadata.code_challenge_methods_supported).toEqual(['S256']);
    const { keys } = await fetch(metadata.jwks_uri!).then(r => r.json());
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
    expect(keys[0].d).toBeUndefined();
  });

  it('signs in by code and PKCE, from any port, without asking for consent', async () => {
    const config = await portal();
    const { page, callback, checks } = await authorize(config, {
      redirectUri: 'http://localhost:7437/api/auth/oidc/handler/frame',
    });
    expect(page.html).toContain('Sign in to Fairway');
    expect(callback.url).toMatch(
      /^http:\/\/localhost:7437\/api\/auth\/oidc\/handler\/frame\?code=/,
    );
    const tokens = await client.authorizationCodeGrant(
      config,
      new URL(callback.url),
      checks,
    );
    expect(tokens.claims()!.sub).toBe(LEAD);
    expect(tokens.expires_in).toBe(3600);
    expect(tokens.refresh_token).toEqual(expect.any(String));
    expect(
      await client.fetchUserInfo(config, tokens.access_token, LEAD),
    ).toEqual({
      sub: LEAD,
      preferred_username: LEAD,
      name: 'Sample Platform Lead',
      email: 'sample-platform-lead@example.com',
      email_verified: true,
      groups: ['sample-platform-ai', 'sample-platform-ai-leads'],
    });
  });

  it('offers everybody of the catalog, and nobody else may come in', async () => {
    const browser = new Browser();
    const config = await portal();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: PORTAL_CALLBACK,
      scope: 'openid',
    });
    const page = await browser.open(url.href);
    const offered = [...page.html.matchAll(/name="login" value="([^"]+)"/g)];
    expect(offered.map(([, login]) => login)).toEqual([
      'sample-platform-developer',
      'sample-platform-lead',
      'campaign-developer',
      'campaign-lead',
      'cornjacket-developer',
      'cornjacket-lead',
      'mobilytics-developer',
      'mobilytics-lead',
      'platform-engineer',
      'on-call',
      'outsider',
    ]);
    expect((await browser.choose(page, 'mallory')).status).toBe(400);
  });

  it('refreshes, also twice at once', async () => {
    const config = await portal();
    const { tokens } = await signIn(config);
    const refreshed = await Promise.all([
      client.refreshTokenGrant(config, tokens.refresh_token!),
      client.refreshTokenGrant(config, tokens.refresh_token!),
    ]);
    for (const { access_token: token } of refreshed) {
      expect(token).not.toBe(tokens.access_token);
      const { sub } = await client.fetchUserInfo(config, token, LEAD);
      expect(sub).toBe(LEAD);
    }
  });

  it('introspects a token until it is revoked', async () => {
    const config = await portal();
    const { tokens } = await signIn(config);
    const before = await client.tokenIntrospection(config, tokens.access_token);
    expect(before).toMatchObject({ active: true, sub: LEAD });
    await client.tokenRevocation(config, tokens.refresh_token!);
    const after = await client.tokenIntrospection(config, tokens.access_token);
    expect(after).toEqual({ active: false });
    await expect(
      client.refreshTokenGrant(config, tokens.refresh_token!),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('knows who is signed in, until signed out', async () => {
    const config = await portal();
    const { browser, tokens } = await signIn(config);
    const silent = client.buildAuthorizationUrl(config, {
      redirect_uri: PORTAL_CALLBACK,
      scope: 'openid',
      prompt: 'none',
    });
    expect((await browser.open(silent.href)).url).toContain('code=');

    const end = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: 'http://localhost:7400/',
      state: 'bye',
    });
    const page = await browser.open(end.href);
    expect(page.html).toContain('Sign out?');
    const gone = await browser.submit(page, { logout: 'yes' });
    expect(gone.url).toBe('http://localhost:7400/?state=bye');
    expect((await browser.open(silent.href)).url).toContain(
      'error=login_required',
    );
    // what was given out in the session ends with it
    await expect(
      client.refreshTokenGrant(config, tokens.refresh_token!),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('lets somebody else sign in where somebody is signed in', async () => {
    const config = await portal();
    const { browser } = await signIn(config);
    const { page, callback, checks } = await authorize(config, {
      browser,
      as: 'outsider',
      parameters: { prompt: 'select_account' },
    });
    expect(page.html).toMatch(/value="sample-platform-lead" autofocus/);
    const tokens = await client.authorizationCodeGrant(
      config,
      new URL(callback.url),
      checks,
    );
    expect(tokens.claims()!.sub).toBe('outsider');
  });

  it('is told when consent was refused to a client that is not the portal', async () => {
    const config = await publicClient();
    const redirectUri = 'http://127.0.0.1:7438/callback';
    const { browser, callback: page } = await authorize(config, {
      redirectUri,
    });
    expect(page.html).toContain('Let A program of yours know who you are?');
    const refused = await browser.submit(page, { answer: 'deny' });
    expect(refused.url).toContain('error=access_denied');

    const again = await authorize(config, { redirectUri });
    const allowed = await again.browser.submit(again.callback, {
      answer: 'allow',
    });
    const tokens = await client.authorizationCodeGrant(
      config,
      new URL(allowed.url),
      again.checks,
    );
    expect(tokens.claims()!.sub).toBe(LEAD);
    // a public client's refresh token is good for one use
    const next = await client.refreshTokenGrant(config, tokens.refresh_token!);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
  });
});

describe('what is not right is refused', () => {
  it('a redirect to another path, host or scheme, without sending the browser there', async () => {
    const config = await portal();
    for (const redirectUri of [
      'http://localhost:7400/elsewhere',
      'http://evil.example.com/api/auth/oidc/handler/frame',
      'https://localhost:7400/api/auth/oidc/handler/frame',
    ]) {
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid',
      });
      const page = await new Browser().open(url.href);
      expect(page.status).toBe(400);
      expect(page.html).toContain('invalid_redirect_uri');
    }
  });

  it('a wrong client secret', async () => {
    const { callback, checks } = await authorize(await portal());
    await expect(
      client.authorizationCodeGrant(
        await portal('wrong'),
        new URL(callback.url),
        checks,
      ),
    ).rejects.toThrow(/WWW-Authenticate|invalid_client/);
  });

  it('a code that was used, and then also what it had given', async () => {
    const config = await portal();
    const { callback, checks } = await authorize(config);
    const tokens = await client.authorizationCodeGrant(
      config,
      new URL(callback.url),
      checks,
    );
    await expect(
      client.authorizationCodeGrant(config, new URL(callback.url), checks),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(
      client.refreshTokenGrant(config, tokens.refresh_token!),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('a wrong PKCE verifier, and a public client without PKCE', async () => {
    const config = await portal();
    const { callback, checks } = await authorize(config);
    await expect(
      client.authorizationCodeGrant(config, new URL(callback.url), {
        ...checks,
        pkceCodeVerifier: client.randomPKCECodeVerifier(),
      }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });

    const url = client.buildAuthorizationUrl(await publicClient(), {
      redirect_uri: 'http://localhost:7400/callback',
      scope: 'openid',
    });
    expect((await new Browser().open(url.href)).url).toContain(
      'error=invalid_request',
    );
  });

  it('an interaction that was begun in another browser', async () => {
    const url = client.buildAuthorizationUrl(await portal(), {
      redirect_uri: PORTAL_CALLBACK,
      scope: 'openid',
    });
    const page = await new Browser().open(url.href);
    const foreign = await new Browser().open(page.url);
    expect(foreign.status).toBe(400);
    expect(foreign.html).toContain('not begun in this browser');
    expect((await new Browser().choose(page, LEAD)).status).toBe(400);
  });

  it('an access token that is none', async () => {
    const response = await fetch(`${sandbox.urls.oidc}/me`, {
      headers: { authorization: 'Bearer made-up' },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_token' });
  });
});

describe('its state', () => {
  it('survives a restart, keys and all; a reset signs everybody out', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-oidc-'));
    const port = 7410;
    const start = () => startTestSandbox({ only: ['oidc'], dataDir, port });
    const keys = () =>
      fetch(`${sandbox.urls.oidc}/jwks`).then(response => response.json());
    const everyday = sandbox;
    try {
      sandbox = await start();
      const { tokens } = await signIn(await portal());
      const before = await keys();
      await sandbox.close();

      sandbox = await start();
      expect(await keys()).toEqual(before);
      const config = await portal();
      const next = await client.refreshTokenGrant(
        config,
        tokens.refresh_token!,
      );
      expect(next.claims()!.sub).toBe(LEAD);

      await fetch(`${sandbox.urls.control}/reset`, { method: 'POST' });
      await expect(
        client.refreshTokenGrant(config, tokens.refresh_token!),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
      expect(await keys()).toEqual(before);
    } finally {
      await sandbox.close();
      sandbox = everyday;
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

it('has said nothing on the console in all of this', () => {
  expect(notices).toEqual([]);
});
