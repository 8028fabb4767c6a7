import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ only: ['argocd', 'grafana'] });
}, 60_000);
afterAll(() => sandbox.close());

const OF = 'service="sample-backend",environment="prod"';

async function ask(
  path: string,
  parameters: Record<string, string>,
  init?: RequestInit,
) {
  const search = init ? '' : `?${new URLSearchParams(parameters)}`;
  const response = await fetch(
    `${sandbox.urls.grafana}/prometheus/api/v1/${path}${search}`,
    init && { ...init, body: new URLSearchParams(parameters) },
  );
  return { status: response.status, body: (await response.json()) as any };
}

/** The only value of an instant query. */
async function value(query: string, time?: number): Promise<number> {
  const { body } = await ask('query', {
    query,
    ...(time && { time: `${time}` }),
  });
  expect(body).toMatchObject({ status: 'success' });
  expect(body.data.result).toHaveLength(1);
  return Number(body.data.result[0].value[1]);
}

const nowS = () => Math.floor(sandbox.world.clock.now().getTime() / 1000);

describe('Prometheus', () => {
  it('counts requests by code, and never backwards but for a deployment', async () => {
    const end = nowS();
    const { body } = await ask('query_range', {
      query: `http_requests_total{${OF}}`,
      start: `${end - 3600}`,
      end: `${end}`,
      step: '1m',
    });
    expect(body.data.resultType).toBe('matrix');
    expect(body.data.result.map((s: any) => s.metric.code).sort()).toEqual([
      '200',
      '404',
      '500',
    ]);
    for (const { values } of body.data.result) {
      expect(values).toHaveLength(61);
      const counts = values.map(([, text]: [number, string]) => Number(text));
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }
  });

  it('has failures and latency rise and fall by themselves, and alike whenever they are asked for', async () => {
    const end = nowS();
    const range = {
      start: `${end - 3 * 3600}`,
      end: `${end}`,
      step: '1m',
    };
    const of = async (query: string) => {
      const { body } = await ask('query_range', { query, ...range });
      return body.data.result[0].values.map(([, text]: [number, string]) =>
        Number(text),
      ) as number[];
    };
    const failing = `sum(rate(http_requests_total{${OF},code="500"}[5m])) / sum(rate(http_requests_total{${OF}}[5m]))`;
    const latency = `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{${OF}}[5m])))`;
    for (const [query, most] of [
      [failing, 0.02],
      [latency, 1],
    ] as const) {
      const values = await of(query);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      expect(low).toBeGreaterThan(0);
      expect(high).toBeLessThan(most);
      expect(high / low).toBeGreaterThan(1.15);
      expect(await of(query)).toEqual(values);
    }
  });

  it('agrees with itself: rate, increase, sums and buckets', async () => {
    const at = nowS();
    const rate = await value(`sum(rate(http_requests_total{${OF}}[5m]))`, at);
    expect(rate).toBeGreaterThan(1);
    expect(
      await value(`sum(increase(http_requests_total{${OF}}[5m]))`, at),
    ).toBeCloseTo(rate * 300, 1);
    expect(
      await value(
        `sum by (code) (rate(http_requests_total{${OF},code="200"}[5m])) / 2 * 2`,
        at,
      ),
    ).toBeCloseTo(
      await value(`rate(http_requests_total{${OF},code="200"}[5m])`, at),
      6,
    );
    expect(
      await value(
        `rate(http_request_duration_seconds_bucket{${OF},le="+Inf"}[5m])`,
        at,
      ),
    ).toBeCloseTo(rate, 1);
    const quantile = (q: number) =>
      value(
        `histogram_quantile(${q}, sum by (le) (rate(http_request_duration_seconds_bucket{${OF}}[5m])))`,
        at,
      );
    const [p50, p95] = [await quantile(0.5), await quantile(0.95)];
    expect(p50).toBeGreaterThan(0.001);
    expect(p95).toBeGreaterThan(p50);
    expect(p95).toBeLessThan(1);
  });

  it('restarts its counters when pods are replaced, and rate does not mind', async () => {
    const { history } = sandbox.world.argocd!.store.get(
      'sample-backend-prod',
    )!.status;
    const deployedS = Date.parse(history!.at(-1)!.deployedAt) / 1000;
    const all = `sum(http_requests_total{${OF}})`;
    expect(await value(all, deployedS + 60)).toBeLessThan(
      await value(all, deployedS - 60),
    );
    const rate = `sum(rate(http_requests_total{${OF}}[5m]))`;
    const before = await value(rate, deployedS - 60);
    const across = await value(rate, deployedS + 120);
    expect(Math.abs(across - before) / before).toBeLessThan(0.25);
    // new pods answer slowly at first
    const slow = `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{${OF}}[1m])))`;
    expect(await value(slow, deployedS + 75)).toBeGreaterThan(
      1.5 * (await value(slow, deployedS - 60)),
    );
  });

  it('answers the same by form as by address', async () => {
    const time = `${nowS() - 60}`;
    const query = 'count by (system) (up)';
    const byAddress = await ask('query', { query, time });
    const byForm = await ask('query', { query, time }, { method: 'POST' });
    expect(byForm).toEqual(byAddress);
    expect(byForm.body.data.result.length).toBe(4);
  });

  it('lists labels, values and series', async () => {
    expect((await ask('labels', {})).body.data).toEqual(
      expect.arrayContaining(['__name__', 'code', 'environment', 'service']),
    );
    expect((await ask('label/environment/values', {})).body.data).toContain(
      'uat',
    );
    const { body } = await ask('series', {
      'match[]': `http_requests_total{${OF}}`,
    });
    expect(body.data).toHaveLength(3);
    expect((await ask('series', {})).body).toMatchObject({
      errorType: 'bad_data',
      error: 'no match[] parameter provided',
    });
  });

  it('has no answer, and no error, for what nobody measures', async () => {
    const { status, body } = await ask('query', { query: 'made_up_total' });
    expect(status).toBe(200);
    expect(body.data).toEqual({ resultType: 'vector', result: [] });
    const { body: early } = await ask('query', {
      query: `http_requests_total{${OF}}`,
      time: '1000',
    });
    expect(early.data.result).toEqual([]);
  });

  const TOO_DEEP = `${'('.repeat(5000)}up`;
  it.each([
    ['', 'no expression found'],
    ['sum(', 'unexpected end of input'],
    ['rate(up)', 'expected type range vector'],
    ['sum(up[5m])', 'expected type instant vector'],
    ['label_replace(up, "a", "b", "c", "d")', 'unknown function'],
    ['up{service=~"("}', 'error parsing regexp'],
    ['up{service=~"(a+)+"}', 'error parsing regexp'],
    ['{}', 'at least one non-empty matcher'],
    ['up{service=}', 'label matching'],
    ['up[5x]', 'not a valid duration'],
    ['up $ 1', 'unexpected character'],
    ['up up', 'unexpected "up"'],
    ['5,000 parentheses', 'nested too deeply'],
  ])('refuses %j with its own shape of error', async (given, message) => {
    const query = given === '5,000 parentheses' ? TOO_DEEP : given;
    const { status, body } = await ask('query', { query }, { method: 'POST' });
    expect(status).toBe(400);
    expect(body).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringContaining(message),
    });
  });

  it('refuses ranges that are backwards, endless or without a step', async () => {
    const range = (start: number, end: number, step: string) =>
      ask('query_range', {
        query: 'up',
        start: `${start}`,
        end: `${end}`,
        step,
      });
    for (const { status, body } of await Promise.all([
      range(2000, 1000, '15s'),
      range(0, 1_000_000, '1s'),
      range(0, 1000, '0'),
      range(0, 1000, 'soon'),
      range(NaN, 1000, '15s'),
    ])) {
      expect(status).toBe(400);
      expect(body.errorType).toBe('bad_data');
    }
  });
});
