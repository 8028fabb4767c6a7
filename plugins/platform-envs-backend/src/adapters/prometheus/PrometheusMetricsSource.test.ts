import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONVENTIONS, fillQuery } from './conventions';
import {
  PrometheusMetricsSource,
  PrometheusMetricsSourceOptions,
} from './PrometheusMetricsSource';

jest.setTimeout(60_000);

const STEP_MS = 60_000;
const signal = new AbortController().signal;

const sourceAt = (
  url: string,
  options: Partial<PrometheusMetricsSourceOptions> = {},
) =>
  new PrometheusMetricsSource({
    instance: 'main',
    url,
    auth: {},
    matchers: '',
    ...CONVENTIONS.prometheus,
    ...options,
  });

describe('PrometheusMetricsSource', () => {
  let dataDir: string;
  let sandbox: Sandbox;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: PLATFORMS.filter(p => p.system === 'sample-platform-ai'),
      only: ['argocd', 'grafana'],
    });
  });

  const calls = () => sandbox.world.counters.read().grafana?.calls ?? 0;

  afterAll(async () => {
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const range = (minutes: number) => {
    const nowMs = sandbox.world.clock.now().getTime();
    const endMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
    return {
      startMs: endMs - (minutes - 1) * STEP_MS,
      endMs,
      stepMs: STEP_MS,
    };
  };

  it('reads all components in all environments with four calls', async () => {
    const before = calls();
    const measured = await sourceAt(
      `${sandbox.urls.grafana}/prometheus`,
    ).readRequests(range(10), signal);
    expect(calls() - before).toBe(4);
    expect(
      measured
        .map(m => `${m.subject.component} ${m.subject.environment}`)
        .sort(),
    ).toEqual([
      'sample-backend dev',
      'sample-backend prod',
      'sample-backend uat',
      'sample-frontend dev',
      'sample-frontend prod',
      'sample-frontend uat',
    ]);
    for (const one of measured) {
      expect(one.requests).toHaveLength(10);
      const [requests, errors, p50, p95] = [
        one.requests,
        one.errors,
        one.latencyP50,
        one.latencyP95,
      ].map(values => values.at(-1)!);
      expect(requests).toBeGreaterThan(0);
      expect(errors).toBeGreaterThan(0);
      expect(errors).toBeLessThan(requests);
      expect(p50).toBeGreaterThan(0);
      expect(p95).toBeGreaterThan(p50);
      expect(p95).toBeLessThan(2);
    }
  });

  it('leaves unknown what no series tells, errors among it, and never says zero', async () => {
    const unknownErrors = await sourceAt(`${sandbox.urls.grafana}/prometheus`, {
      queries: {
        ...CONVENTIONS.prometheus.queries,
        errors: 'sum by ({labels}) (rate(http_requests_total{code="nil"}[5m]))',
        latencyP95: 'sum by ({labels}) (rate(no_such_metric{{matchers}}[5m]))',
      },
    }).readRequests(range(5), signal);
    expect(unknownErrors[0].requests.every(v => v > 0)).toBe(true);
    expect(unknownErrors[0].errors.every(Number.isNaN)).toBe(true);
    expect(unknownErrors[0].latencyP95.every(Number.isNaN)).toBe(true);
  });

  it('narrows every query by the matchers of the configuration', async () => {
    const measured = await sourceAt(`${sandbox.urls.grafana}/prometheus`, {
      matchers: 'environment="uat",service=~"sample-b.*"',
    }).readRequests(range(3), signal);
    expect(measured.map(m => m.subject.component)).toEqual(['sample-backend']);
  });

  it('goes through the proxy of a Grafana data source with a token', async () => {
    const url = `${sandbox.urls.grafana}/api/datasources/proxy/uid/prometheus`;
    const auth = { token: 'sandbox-grafana-token' };
    expect(
      await sourceAt(url, { auth }).readRequests(range(2), signal),
    ).toHaveLength(6);
    await expect(sourceAt(url).readRequests(range(2), signal)).rejects.toThrow(
      /^Prometheus main refuses the credentials \(401.*see platformEnvs\.prometheus\.instances\.main$/,
    );
  });

  it('F46 refuses what is no series: HTML, a redirect, cut JSON, another shape', async () => {
    const answers: Array<[number, string, RegExp]> = [
      [200, '<html>Sign in</html>', /not JSON/],
      [302, '', /redirect \(302\)/],
      [200, '{"status":"success","data":{"resultT', /not JSON/],
      [
        200,
        '{"status":"success","data":{"resultType":"vector","result":[]}}',
        /not a series/,
      ],
      [
        400,
        '{"status":"error","error":"parse error"}',
        /answered 400: parse error/,
      ],
      [503, 'upstream', /answered 503$/],
    ];
    for (const [status, body, message] of answers) {
      const server = createServer((_, res) => {
        res.writeHead(status, { location: 'https://sso.example.com' });
        res.end(body);
      });
      await new Promise<void>(resolve =>
        server.listen(0, '127.0.0.1', resolve),
      );
      const { port } = server.address() as AddressInfo;
      await expect(
        sourceAt(`http://127.0.0.1:${port}`).readRequests(range(2), signal),
      ).rejects.toThrow(message);
      server.close();
    }
  });

  it('gives up on one that does not answer in time', async () => {
    const server = createServer(() => {});
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(
      sourceAt(`http://127.0.0.1:${port}`, { timeoutMs: 50 }).readRequests(
        range(2),
        signal,
      ),
    ).rejects.toThrow(/took too long/);
    server.closeAllConnections();
    server.close();
  });
});

describe('fillQuery', () => {
  it('fills labels and matchers, and leaves no comma behind', () => {
    const values = {
      labels: {
        component: 'app',
        environment: '',
        namespace: 'ns',
        cluster: '',
      },
      matchers: '',
    };
    const { errors, latencyP50 } = CONVENTIONS.prometheus.queries;
    expect(fillQuery(errors, values)).toBe(
      'sum by (app, ns) (rate(http_requests_total{code=~"5.."}[5m]))',
    );
    expect(fillQuery(latencyP50, { ...values, matchers: 'a="$&"' })).toBe(
      'histogram_quantile(0.5, sum by (le, app, ns) (rate(http_request_duration_seconds_bucket{a="$&"}[5m])))',
    );
    expect(fillQuery(CONVENTIONS.istio.queries.latencyP95, values)).toMatch(
      /istio_request_duration_milliseconds_bucket\{\}\[5m\]\)\)\) \/ 1000$/,
    );
  });
});
