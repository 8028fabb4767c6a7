import { Problem } from '../problem.mjs';

/** Longer than any way from the portal to the sandbox and back. */
const MOST_REDIRECTS = 15;

/**
 * Signs in to a portal on the sandbox as a browser would: from the portal to
 * the sandbox's sign-in, choosing a person there, and back.
 *
 * @param {string} person of the sandbox
 * @param {string} portal its address, without trailing slash
 * @returns {Promise<string>} a Backstage token; good for an hour
 * @throws Problem when no portal answers, it does not run on the sandbox, or
 *   refuses
 */
export async function signInAs(person, portal) {
  const browser = new CookieJar();
  const start = new URL(`${portal}/api/auth/oidc/start`);
  start.search = new URLSearchParams({
    env: 'development',
    scope: 'openid profile email',
    origin: portal,
    flow: 'redirect',
    redirectUrl: `${portal}/`,
  });
  const chooser = await reach(browser, start.href, portal);
  const action = chooser.text.match(
    /<form method="post" action="(\/interaction\/[^"]+\/login)"/,
  )?.[1];
  if (!action) throw notOnTheSandbox(portal);

  const back = await follow(
    browser,
    new URL(action, chooser.url).href,
    { method: 'POST', body: new URLSearchParams({ login: person }) },
    url => url.split('?')[0] === `${portal}/`,
  );
  const refused = new URL(back.url).searchParams.get('error');
  if (refused) {
    throw new Problem(
      `The portal did not let ${person} in: ${refused}`,
      'read .fairway/logs/portal.log.',
    );
  }
  const session = await browser.fetch(
    `${portal}/api/auth/oidc/refresh?env=development`,
    { headers: { 'x-requested-with': 'XMLHttpRequest' } },
  );
  const token = session.ok
    ? (await session.json()).backstageIdentity?.token
    : undefined;
  if (!token) {
    throw new Problem(
      `The portal gave no token for ${person} (HTTP ${session.status}).`,
      'read .fairway/logs/portal.log.',
    );
  }
  return token;
}

async function reach(browser, url, portal) {
  try {
    return await follow(browser, url);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `No portal answers at ${portal}, or not its sandbox (${
        error.cause?.code ?? error.message
      }).`,
      'start them with ./fairway up; if it runs at another port, name it with --port.',
    );
  }
}

function notOnTheSandbox(portal) {
  return new Problem(
    `The portal at ${portal} does not sign people in at a sandbox.`,
    'tokens are printed for a portal that ./fairway up has started; elsewhere sign in with a browser.',
  );
}

/** Follows redirects until there are none, or `isEnd` says of an address that it is the end. */
async function follow(browser, first, init, isEnd = () => false) {
  let url = first;
  let request = init;
  for (let i = 0; i < MOST_REDIRECTS; i++) {
    if (isEnd(url)) return { url, text: '' };
    const response = await browser.fetch(url, request);
    const location = response.headers.get('location');
    const text = await response.text();
    if (!location) return { url, text };
    url = new URL(location, url).href;
    request = undefined;
  }
  throw new Problem(
    `Signing in went round in circles, last at ${new URL(url).origin}.`,
    'read .fairway/logs/portal.log and .fairway/logs/sandbox.log.',
  );
}

/** `fetch` that keeps cookies, by host and path, and follows no redirect. */
class CookieJar {
  #cookies = new Map();

  async fetch(url, init = {}) {
    const { host, pathname } = new URL(url);
    const cookie = [...this.#cookies.values()]
      .filter(c => c.host === host && pathname.startsWith(c.path))
      .map(c => `${c.name}=${c.value}`)
      .join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, ...(cookie && { cookie }) },
      signal: AbortSignal.timeout(20_000),
    });
    for (const line of response.headers.getSetCookie()) {
      this.#keep(host, line);
    }
    return response;
  }

  #keep(host, line) {
    const [pair, ...attributes] = line.split(/;\s*/);
    const [, name, value] = pair.match(/^([^=]*)=(.*)$/s) ?? [];
    if (!name) return;
    // one for a whole domain is the legacy form that the portal takes back
    if (attributes.some(a => /^domain=/i.test(a))) return;
    const path =
      attributes.find(a => /^path=/i.test(a))?.replace(/^path=/i, '') || '/';
    const key = `${host} ${path} ${name}`;
    if (value) this.#cookies.set(key, { host, path, name, value });
    else this.#cookies.delete(key);
  }
}
