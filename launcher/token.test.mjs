import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fakeCheckout } from './__testUtils__/fakeCheckout.mjs';
import { awaitPeople } from './steps/awaitPeople.mjs';
import { signInAs } from './steps/signInAs.mjs';

const PAGE =
  '<form method="post" action="/interaction/one/login"><button name="login" value="on-call"></button></form>';

/** A portal and its sandbox on one port: what each of the two asks of a browser. */
async function startPortal(options = {}) {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const cookies = request.headers.cookie ?? '';
    seen.push(`${request.method} ${url.pathname} [${cookies}] ${body}`.trim());
    const go = (to, ...set) => {
      response.writeHead(302, { location: to, 'set-cookie': set });
      response.end();
    };
    switch (url.pathname) {
      case '/api/auth/oidc/start':
        if (options.notFound) {
          response.writeHead(404);
          return response.end('{}');
        }
        return go(
          '/auth',
          'nonce=n; Path=/api/auth/oidc/handler; HttpOnly',
          'gone=; Path=/; Domain=localhost',
        );
      case '/auth':
        return options.circles
          ? go('/auth')
          : go('/interaction/one', 'i=1; path=/interaction/one');
      case '/interaction/one':
        return response.end(PAGE);
      case '/interaction/one/login':
        return go('/api/auth/oidc/handler/frame?code=c');
      case '/api/auth/oidc/handler/frame':
        return go(
          options.refused ? '/?error=Not+in+the+catalog' : '/',
          'refresh=r; Path=/api/auth/oidc; HttpOnly',
        );
      case '/api/auth/oidc/refresh':
        response.setHeader('content-type', 'application/json');
        return response.end(
          JSON.stringify({ backstageIdentity: { token: 'the-token' } }),
        );
      case '/api/catalog/entities/by-refs':
        if (cookies || request.headers.authorization !== 'Bearer the-token') {
          response.writeHead(401);
          return response.end('{}');
        }
        options.missing -= 1;
        return response.end(
          JSON.stringify({
            items: JSON.parse(body).entityRefs.map(ref =>
              options.missing >= 0 && ref.endsWith('/on-call')
                ? null
                : { kind: 'User' },
            ),
          }),
        );
      default:
        response.writeHead(404);
        return response.end();
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    close: () => server.close(),
  };
}

describe('signing in without a browser', { timeout: 30_000 }, () => {
  async function withPortal(options, work) {
    const portal = await startPortal(options);
    try {
      return await work(portal);
    } finally {
      portal.close();
    }
  }

  it('goes the way of a browser, and sends cookies only where they belong', () =>
    withPortal({}, async ({ url, seen }) => {
      assert.equal(await signInAs('on-call', url), 'the-token');
      assert.deepEqual(seen, [
        'GET /api/auth/oidc/start []',
        'GET /auth []',
        'GET /interaction/one [i=1]',
        'POST /interaction/one/login [i=1] login=on-call',
        'GET /api/auth/oidc/handler/frame [nonce=n]',
        'GET /api/auth/oidc/refresh [refresh=r]',
      ]);
    }));

  for (const [what, options, message] of [
    [
      'a portal that is not on the sandbox',
      { notFound: true },
      /does not sign people in at a sandbox/,
    ],
    [
      'a portal that refuses',
      { refused: true },
      /did not let on-call in: Not in the catalog/,
    ],
    ['redirects without end', { circles: true }, /round in circles/],
  ]) {
    it(`says so of ${what}`, () =>
      withPortal(options, ({ url }) =>
        assert.rejects(
          signInAs('on-call', url),
          error => message.test(error.message) && Boolean(error.nextStep),
        ),
      ));
  }

  it('waits until the catalog holds everybody', () =>
    withPortal({ missing: 3 }, async ({ url, seen }) => {
      await awaitPeople(url);
      const asked = seen.filter(line => line.includes('by-refs'));
      assert.equal(asked.length, 4);
      assert.match(asked[0], /"user:default\/outsider"/);
      assert.equal(seen.filter(line => line.includes('/login')).length, 1);
    }));

  for (const [what, options, message] of [
    ['who is missing', { missing: 1000 }, /but on-call cannot sign in/],
    ['why nobody gets in', { refused: true }, /Not in the catalog/],
  ]) {
    it(`says ${what} when it has waited long enough`, () =>
      withPortal(options, ({ url }) =>
        assert.rejects(
          awaitPeople(url, { seconds: 0.3 }),
          error => message.test(error.message) && Boolean(error.nextStep),
        ),
      ));
  }

  it('says how to start a portal that does not answer', () =>
    assert.rejects(
      signInAs('on-call', 'http://127.0.0.1:9'),
      error =>
        /No portal answers at http:\/\/127\.0\.0\.1:9/.test(error.message) &&
        /fairway up/.test(error.nextStep),
    ));
});

describe('fairway token', { timeout: 60_000 }, () => {
  let checkout;
  before(() => {
    checkout = fakeCheckout();
  });
  after(() => checkout.remove());

  for (const [args, message] of [
    [[], /Whose token\?/],
    [['nobody'], /Nobody is called "nobody"/],
    [['--port', '7007'], /Whose token\?/],
  ]) {
    it(`lists the known people for ${JSON.stringify(args)}`, async () => {
      const run = checkout.launch(['token', ...args]);
      assert.equal(await run.ended, 1);
      assert.match(run.output, message);
      assert.match(run.output, /sample-platform-lead.*outsider/);
    });
  }

  it('refuses what it does not know', async () => {
    const run = checkout.launch(['token', 'on-call', '--prot', '1']);
    assert.equal(await run.ended, 1);
    assert.match(run.output, /Unknown option '--prot'/);
  });
});
