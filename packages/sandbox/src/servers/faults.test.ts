import {
  CloudWatchClient,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { Octokit } from '@octokit/rest';
import { startTestSandbox } from '../__testUtils__/startTestSandbox';
import { Sandbox } from '../index';
import { GITHUB_TOKEN } from '../world/GithubState';
import { KUBERNETES_TOKEN } from './kubernetes/createKubernetesServer';

const AWS = {
  region: 'ap-southeast-2',
  credentials: {
    accessKeyId: 'AKIA111100000000SANDBOX',
    secretAccessKey: 'sandbox',
  },
  maxAttempts: 1,
};

describe('faults over the wire', () => {
  let sandbox: Sandbox;

  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.urls.control}${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const add = async (fault: object) => {
    const reply = await control('POST', '/faults', fault);
    const json = await reply.json();
    expect({ status: reply.status, json }).toMatchObject({ status: 201 });
    return json;
  };
  const github = (path: string, init: RequestInit = {}) =>
    fetch(`${sandbox.urls.github}/api/v3${path}`, {
      ...init,
      headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
    });
  const argocd = (path: string, init: RequestInit = {}) =>
    fetch(`${sandbox.urls.argocd}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer sandbox-argocd-token`,
        ...init.headers,
      },
    });
  const kubernetes = (path: string, init: RequestInit = {}) =>
    fetch(`${sandbox.urls.kubernetes}/clusters/sample-platform-ai-dev${path}`, {
      ...init,
      headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` },
    });
  const aws = () => ({ ...AWS, endpoint: sandbox.urls.aws });
  const ecr = () =>
    new ECRClient(aws()).send(new DescribeRepositoriesCommand({}));

  /** One harmless call to each upstream; rejects when it fails. */
  const CALLS: Record<string, (init?: RequestInit) => Promise<Response>> = {
    github: init => github('/user', init),
    argocd: init => argocd('/api/v1/projects', init),
    kubernetes: init => kubernetes('/api/v1/namespaces', init),
    aws: init =>
      fetch(`${sandbox.urls.aws}/`, {
        ...init,
        method: 'POST',
        body: '{}',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target':
            'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories',
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKIA111100000000SANDBOX/20260101/ap-southeast-2/ecr/aws4_request, SignedHeaders=host, Signature=0',
        },
      }),
    grafana: init =>
      fetch(`${sandbox.urls.grafana}/api/search`, {
        ...init,
        headers: { authorization: 'Bearer sandbox-grafana-token' },
      }),
    oidc: init =>
      fetch(`${sandbox.urls.oidc}/.well-known/openid-configuration`, init),
    control: init => fetch(`${sandbox.urls.control}/scenarios`, init),
  };

  beforeAll(async () => {
    sandbox = await startTestSandbox({
      only: ['github', 'argocd', 'kubernetes', 'aws', 'oidc', 'grafana'],
    });
  });
  afterAll(() => sandbox?.close());
  afterEach(() => control('DELETE', '/faults'));

  /** What a 503 looks like, by upstream. */
  const UNAVAILABLE: Record<string, object> = {
    github: { documentation_url: expect.any(String), status: '503' },
    argocd: { code: 14, error: expect.any(String) },
    kubernetes: { kind: 'Status', code: 503, reason: 'ServiceUnavailable' },
    aws: { __type: expect.stringMatching(/ServiceUnavailable$/) },
    grafana: { message: expect.stringMatching(/^Injected fault/) },
    oidc: { error: 'server_error', error_description: expect.any(String) },
    control: { error: expect.stringMatching(/^Injected fault/) },
  };

  /** How each says that it is called too often. */
  const THROTTLED: Record<string, { status: number; body: object }> = {
    github: {
      status: 403,
      body: { message: expect.stringContaining('secondary rate limit') },
    },
    argocd: { status: 429, body: { code: 8 } },
    kubernetes: {
      status: 429,
      body: {
        kind: 'Status',
        reason: 'TooManyRequests',
        details: { retryAfterSeconds: 1 },
      },
    },
    aws: {
      status: 400,
      body: { __type: expect.stringMatching(/ThrottlingException$/) },
    },
    grafana: { status: 429, body: { message: expect.any(String) } },
    oidc: { status: 429, body: { error_description: expect.any(String) } },
    control: { status: 429, body: {} },
  };

  describe.each(Object.keys(CALLS))('%s', upstream => {
    const call = (init?: RequestInit) => CALLS[upstream](init);
    const once = (fault: object) => add({ upstream, count: 1, ...fault });

    it('F38 fails with a status, in its own error format', async () => {
      await once({ kind: 'status', status: 503 });
      const reply = await call();
      expect(reply.status).toBe(503);
      expect(await reply.json()).toMatchObject(UNAVAILABLE[upstream]);
      expect((await call()).status).toBe(200);
    });

    it('F37 throttles as its vendor does', async () => {
      await once({ kind: 'throttle' });
      const reply = await call();
      const { status, body } = THROTTLED[upstream];
      expect(reply.status).toBe(status);
      expect(await reply.json()).toMatchObject(body);
      // AWS has its clients find out for themselves.
      const seconds = Number(reply.headers.get('retry-after'));
      expect(seconds > 0).toBe(upstream !== 'aws');
    });

    it('F46 answers with a sign-in page', async () => {
      await once({ kind: 'html' });
      const reply = await call();
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-type')).toContain('text/html');
      expect(await reply.text()).toContain('<title>Sign in</title>');
    });

    it('F38 drops, truncates, stalls and delays', async () => {
      await once({ kind: 'drop' });
      await expect(call()).rejects.toThrow('fetch failed');
      await once({ kind: 'truncate' });
      const cut = await call();
      expect(cut.status).toBe(200);
      await expect(cut.json()).rejects.toThrow();
      await once({ kind: 'stall' });
      await expect(
        call({ signal: AbortSignal.timeout(200) }),
      ).rejects.toMatchObject({ name: 'TimeoutError' });
      await once({ kind: 'delay', delayMs: 200 });
      const started = performance.now();
      expect((await call()).status).toBe(200);
      expect(performance.now() - started).toBeGreaterThanOrEqual(195);
    });

    it('fails for a time, then answers again', async () => {
      await add({ upstream, kind: 'status', status: 503, forSeconds: 60 });
      expect((await call()).status).toBe(503);
      const later = Date.now() + 60_001;
      const now = jest.spyOn(Date, 'now').mockImplementation(() => later);
      try {
        expect((await call()).status).toBe(200);
      } finally {
        now.mockRestore();
      }
    });

    it('hits a share of the calls, the same ones for the same seed', async () => {
      const pattern = async (seed: number) => {
        await control('DELETE', '/faults');
        await add({ upstream, kind: 'status', status: 500, share: 0.5, seed });
        const statuses = [];
        for (let index = 0; index < 24; index += 1) {
          statuses.push((await call()).status);
        }
        return statuses;
      };
      const first = await pattern(1);
      const failed = first.filter(status => status === 500).length;
      expect(failed).toBeGreaterThan(4);
      expect(failed).toBeLessThan(20);
      expect(await pattern(1)).toEqual(first);
      expect(await pattern(2)).not.toEqual(first);
    });
  });

  it('hits routes by method, glob and the name that the counters show', async () => {
    await add({
      upstream: 'github',
      method: 'get',
      path: '/api/v3/users/:username',
      kind: 'status',
      status: 502,
    });
    await add({
      upstream: 'argocd',
      path: '/api/v1/applications/*/resource-tree',
      kind: 'status',
      status: 500,
    });
    expect((await github('/users/cornjacket-lead')).status).toBe(502);
    expect((await github('/user')).status).toBe(200);
    const application = '/api/v1/applications/sample-backend-dev';
    expect((await argocd(`${application}/resource-tree`)).status).toBe(500);
    expect((await argocd(application)).status).toBe(200);
  });

  it('F39 hits one action of one AWS service, in whatever protocol it is called', async () => {
    const rds = new RDSClient(aws());
    const cloudWatch = new CloudWatchClient(aws());
    await add({
      upstream: 'aws',
      service: 'rds',
      action: 'describedbclusters',
      kind: 'throttle',
    });
    await add({ upstream: 'aws', service: 'cloudwatch', kind: 'throttle' });
    await expect(
      rds.send(new DescribeDBClustersCommand({})),
    ).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
    await expect(
      rds.send(new DescribeDBInstancesCommand({})),
    ).resolves.toBeDefined();
    await expect(
      cloudWatch.send(new ListMetricsCommand({})),
    ).rejects.toMatchObject({ message: 'Rate exceeded' });
    await expect(ecr()).resolves.toBeDefined();
    const { aws: counted } = await (await control('GET', '/counters')).json();
    expect(counted.routes['POST /rds/DescribeDBClusters']).toMatchObject({
      failures: expect.any(Number),
    });
  });

  it('F40 gives AWS errors their code', async () => {
    await add({
      upstream: 'aws',
      kind: 'status',
      status: 400,
      code: 'AccessDeniedException',
      message: 'not allowed',
    });
    await expect(ecr()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not allowed',
    });
    await expect(
      new RDSClient(aws()).send(new DescribeDBClustersCommand({})),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('F37 makes Octokit see a secondary rate limit', async () => {
    await add({ upstream: 'github', kind: 'throttle', count: 1 });
    const octokit = new Octokit({
      auth: GITHUB_TOKEN,
      baseUrl: `${sandbox.urls.github}/api/v3`,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await expect(octokit.users.getAuthenticated()).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('secondary rate limit'),
      response: { headers: { 'retry-after': '60' } },
    });
    await expect(octokit.users.getAuthenticated()).resolves.toBeDefined();
  });

  describe('streams', () => {
    /** Opens the watch; `events` grows as messages come. */
    const watch = async (from?: string) => {
      const query = from === undefined ? '' : `?resourceVersion=${from}`;
      const reply = await argocd(`/api/v1/stream/applications${query}`, {
        headers: { accept: 'text/event-stream' },
      });
      const seen = { events: 0, marks: new Set<string>(), ended: false };
      (async () => {
        try {
          for await (const chunk of reply.body!.pipeThrough(
            new TextDecoderStream(),
          )) {
            seen.events += chunk.match(/^data: /gm)?.length ?? 0;
            for (const [, mark] of chunk.matchAll(/"touched":"([^"]+)"/g)) {
              seen.marks.add(mark);
            }
          }
        } catch {
          // cut
        }
        seen.ended = true;
      })();
      return { seen, close: () => reply.body?.cancel().catch(() => {}) };
    };
    const pause = (ms: number) =>
      new Promise(resolve => setTimeout(resolve, ms));
    const until = async (holds: () => boolean) => {
      for (let waited = 0; !holds() && waited < 5000; waited += 20) {
        await pause(20);
      }
      expect(holds()).toBe(true);
    };
    /** Makes a change that watchers are told of. */
    const change = (name: string) => {
      const { store } = sandbox.world.argocd!;
      const application = store.get(name)!;
      application.metadata.labels = {
        ...application.metadata.labels,
        touched: `${Math.random()}`,
      };
      store.save(application);
    };
    const path = '/api/v1/stream';

    it('F48 stalls in mid-stream and goes on when the fault is cleared', async () => {
      const { seen } = await watch(
        sandbox.world.argocd!.store.resourceVersion(),
      );
      change('sample-backend-dev');
      await until(() => seen.events > 0);
      await add({ upstream: 'argocd', path, kind: 'stall', at: 'stream' });
      const before = seen.events;
      change('sample-backend-uat');
      change('sample-backend-prod');
      await pause(300);
      expect(seen).toMatchObject({ ended: false });
      expect(seen.events).toBe(before);
      await control('DELETE', '/faults');
      await until(() => seen.events >= before + 2);
    });

    it('F38 drops a stream after some events', async () => {
      await add({
        upstream: 'argocd',
        path,
        kind: 'drop',
        afterEvents: 5,
        count: 1,
      });
      const cut = await watch();
      await until(() => cut.seen.ended);
      const whole = await watch();
      await until(() => whole.seen.events > cut.seen.events);
      await pause(100);
      expect(whole.seen.ended).toBe(false);
    });

    it('F49 loses a part of the events', async () => {
      const { store } = sandbox.world.argocd!;
      await add({ upstream: 'argocd', path, kind: 'lose', share: 0.2 });
      const { seen } = await watch(store.resourceVersion());
      const names = store.list().map(a => a.metadata.name);
      for (const name of [...names, ...names, ...names]) {
        change(name);
      }
      await pause(500);
      const sent = 3 * names.length;
      expect(seen.marks.size).toBeLessThan(sent);
      expect(seen.marks.size).toBeGreaterThan(sent * 0.5);
    });
  });

  it.each([
    [{ upstream: 'githup', kind: 'drop' }, 'did you mean "github"?'],
    [{ upstream: 'github', kind: 'throtle' }, 'did you mean "throttle"?'],
    [{ upstream: 'github', kind: 'status', status: 200 }, 'from 400'],
    [{ upstream: 'github', kind: 'delay', delayMs: 5, at: 'stream' }, 'delay'],
    [{ upstream: 'github', service: 'rds', kind: 'drop' }, 'upstream aws'],
    [{ upstream: 'aws', service: 'rds', path: '/x', kind: 'drop' }, 'either'],
    [{ upstream: 'github', kind: 'drop', share: 0 }, 'share'],
    [{ upstream: 'github', kind: 'drop', share: 1.5 }, 'share'],
  ])('refuses the fault %j', async (fault, reason) => {
    const reply = await control('POST', '/faults', fault);
    expect(reply.status).toBe(400);
    expect((await reply.json()).error).toContain(reason);
  });

  it('can always be cleared, even when everything stalls', async () => {
    await add({ upstream: 'control', kind: 'stall' });
    const reply = await control('DELETE', '/faults');
    expect(await reply.json()).toEqual({ removed: 1 });
  });
});
