import { connect } from 'node:net';
import { startTestSandbox } from '../__testUtils__/startTestSandbox';
import { Sandbox, startSandbox } from '../index';
import { GITHUB_TOKEN } from '../world/GithubState';
import { createTimeline } from '../world/timeline';

describe('what all servers have in common', () => {
  let sandbox: Sandbox;
  const user = (init: RequestInit = {}) =>
    fetch(`${sandbox.urls.github}/api/v3/user`, {
      ...init,
      headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
    });
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.urls.control}${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });

  beforeAll(async () => {
    sandbox = await startTestSandbox({
      only: ['github', 'argocd', 'kubernetes', 'aws'],
    });
  });
  afterAll(() => sandbox.close());
  afterEach(() => control('DELETE', '/faults'));

  it('counts calls, bytes, failures and the peak by route', async () => {
    await control('DELETE', '/counters');
    const replies = await Promise.all([user(), user(), user()]);
    const body = await replies[0].text();
    await fetch(`${sandbox.urls.github}/api/v3/users/nobody`, {
      headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
    });
    const { github } = await (await control('GET', '/counters')).json();
    expect(github.routes['GET /api/v3/user']).toMatchObject({
      calls: 3,
      bytes: 3 * body.length,
      failures: 0,
      open: 0,
    });
    expect(
      github.routes['GET /api/v3/user'].peakConcurrency,
    ).toBeGreaterThanOrEqual(1);
    expect(github.routes['GET /api/v3/users/:username']).toMatchObject({
      calls: 1,
      failures: 1,
    });
    expect(github.calls).toBe(4);
  });

  it('F38 answers a status in the vendor shape, as often as asked', async () => {
    const fault = await control('POST', '/faults', {
      upstream: 'github',
      path: '/api/v3/user',
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '1' },
      count: 2,
    });
    expect(fault.status).toBe(201);
    const replies = [await user(), await user(), await user()];
    expect(replies.map(reply => reply.status)).toEqual([503, 503, 200]);
    expect(replies[0].headers.get('retry-after')).toBe('1');
    expect(await replies[0].json()).toMatchObject({
      message: expect.any(String),
      documentation_url: expect.any(String),
    });
    expect(await (await control('GET', '/faults')).json()).toEqual([]);
  });

  it('F38 drops, truncates, stalls and delays', async () => {
    const play = (kind: string, more: object = {}) =>
      control('POST', '/faults', {
        upstream: 'github',
        path: '/^/api/v3/us.r$/',
        kind,
        count: 1,
        ...more,
      });
    await play('drop');
    await expect(user()).rejects.toThrow('fetch failed');

    await play('truncate');
    const cut = await user();
    expect(cut.status).toBe(200);
    await expect(cut.json()).rejects.toThrow();

    await play('stall');
    await expect(
      user({ signal: AbortSignal.timeout(300) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });

    await play('delay', { delayMs: 250 });
    const started = Date.now();
    expect((await user()).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(245);
  });

  it('ends a fault after its time', async () => {
    await control('POST', '/faults', {
      upstream: 'github',
      kind: 'status',
      status: 500,
      forSeconds: 60,
    });
    expect((await user()).status).toBe(500);
    const later = Date.now() + 60_001;
    const now = jest.spyOn(Date, 'now').mockImplementation(() => later);
    try {
      expect((await user()).status).toBe(200);
    } finally {
      now.mockRestore();
    }
  });

  it.each([
    [{ upstream: 'gitlab', kind: 'drop' }, 'upstream'],
    [{ upstream: 'github', kind: 'status' }, 'status from 400'],
    [{ upstream: 'github', kind: 'delay' }, 'delayMs'],
    [{ upstream: 'github', kind: 'drop', path: '/(/' }, 'regular expression'],
    [{ upstream: 'github', kind: 'drop', pathh: '/' }, 'pathh'],
    ['nonsense', 'expected object'],
  ])('refuses the fault %j', async (fault, reason) => {
    const reply = await control('POST', '/faults', fault);
    expect(reply.status).toBe(400);
    expect((await reply.json()).error).toContain(reason);
  });

  it('starts and ends scenarios, and says which there are', async () => {
    const unknown = await control('POST', '/scenarios/storm');
    expect(unknown.status).toBe(404);
    expect((await unknown.json()).error).toContain('calm');
    const start = await control('POST', '/scenarios/merge-blocked');
    expect(start.status).toBe(200);
    const active = async () =>
      (await (await control('GET', '/scenarios')).json())
        .filter((scenario: any) => scenario.active)
        .map((scenario: any) => scenario.name);
    expect(await active()).toEqual(['merge-blocked']);
    const refused = await control('POST', '/scenarios/tag-missing', {
      component: 'no-such',
    });
    expect(refused.status).toBe(400);
    await control('POST', '/scenarios/calm');
    expect(await active()).toEqual(['calm']);
  });

  it('answers 300 malformed requests a server and lives', async () => {
    let seed = 7;
    const chance = (limit: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % limit;
    };
    const pick = <T>(from: T[]) => from[chance(from.length)];
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
    const paths = [
      '/',
      '/api/v3/repos/a/b/contents/%2e%2e%2f',
      '/api/v3/repos/cornjacket/platform-docs/contents/%00',
      '/api/v3/repos/cornjacket/platform-docs/commits/--output=x',
      '/api/v3/repos/cornjacket/platform-docs/git/trees/$(id)',
      '/api/v3/repos/cornjacket/platform-docs/compare/a...',
      '/api/v3/repos/cornjacket/platform-docs/commits?sha=-p&since=x',
      '/api/v3/repos/cornjacket/platform-docs/branches/main/protection',
      '/api/v3/orgs/cornjacket/repos',
      '/api/graphql',
      '/cornjacket/platform-docs.git/git-receive-pack',
      '/cornjacket/platform-docs.git/info/refs?service=git-upload-pack',
      '/api/v1/applications/%E0%A4%A',
      '/api/v1/applications?fields=%5B',
      '/api/v1/session',
      '/api/v1/stream/applications?resourceVersion=abc',
      '/apis/apps/v1/deployments?labelSelector=%21%21',
      '/%',
      `/${'x'.repeat(5000)}`,
    ];
    const bodies = [
      undefined,
      '{',
      '[]',
      'null',
      '"x"',
      '{"a":'.repeat(200),
      'Action=Nothing&Version=1',
      '\u0000\u0001',
    ];
    const bases = Object.values(sandbox.urls).filter(Boolean);
    const broken: string[] = [];
    for (const base of bases) {
      for (let call = 0; call < 300; call += 1) {
        const method = pick(methods);
        const body = ['GET', 'HEAD'].includes(method)
          ? undefined
          : pick(bodies);
        const reply = await fetch(`${base}${pick(paths)}`, {
          method,
          body,
          signal: AbortSignal.timeout(5000),
          headers: {
            authorization: pick([
              `Bearer ${GITHUB_TOKEN}`,
              'Basic ====',
              'AWS4-HMAC-SHA256 Credential=/',
              'Bearer',
            ]),
            'content-type': pick([
              'application/json',
              'application/x-amz-json-1.1',
              'application/x-www-form-urlencoded',
              'application/x-git-receive-pack-request',
              'weird',
            ]),
          },
        });
        if (reply.status === 500) {
          broken.push(`${method} ${reply.url} ${body}`);
        }
        await reply.body?.cancel();
      }
      await garbage(Number(new URL(base).port));
    }
    expect(broken).toEqual([]);
    expect((await control('GET', '/healthz')).status).toBe(200);
    expect((await user()).status).toBe(200);
  }, 120_000);

  it('closes at once although connections are open and calls stall', async () => {
    const other = await startSandbox({
      dataDir: `${sandbox.world.dataDir}-other`,
      only: ['github'],
    });
    other.world.faults.add({ upstream: 'github', kind: 'stall' });
    const stalled = fetch(`${other.urls.github}/api/v3/user`).catch(
      () => 'cut',
    );
    await new Promise(resolve => setTimeout(resolve, 100));
    const started = Date.now();
    await other.close();
    expect(await stalled).toBe('cut');
    expect(Date.now() - started).toBeLessThan(2000);
  });
});

describe('timeline', () => {
  it('runs tasks sooner when the clock is moved, faster by its speed, never after the end', async () => {
    const errors: unknown[] = [];
    const { clock, schedule, stop } = createTimeline({
      speed: 10,
      report: (_message, error) => errors.push(error),
    });
    const ran: string[] = [];
    schedule(1000, () => ran.push('soon'));
    schedule(3_600_000, () => ran.push('in an hour'));
    schedule(100, () => {
      throw new Error('bad');
    });
    schedule(1, () => ran.push('taken back'))();
    clock.advance(3_600_000);
    expect(clock.now().getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(ran.sort()).toEqual(['in an hour', 'soon']);
    expect(errors).toHaveLength(1);
    expect(() => clock.advance(-1)).toThrow(/only moves forward/);
    schedule(10, () => ran.push('late'));
    stop();
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(ran).not.toContain('late');
  });
});

/** Bytes that are no HTTP at all. */
function garbage(port: number): Promise<void> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.end('\x16\x03\x01 not http\r\n\r\n'),
    );
    socket.on('close', () => resolve());
    socket.on('error', () => {});
    socket.resume();
  });
}
