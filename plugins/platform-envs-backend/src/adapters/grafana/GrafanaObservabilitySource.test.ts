import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GrafanaObservabilitySource,
  GrafanaObservabilitySourceOptions,
} from './GrafanaObservabilitySource';

jest.setTimeout(60_000);

const signal = new AbortController().signal;

const sourceAt = (
  url: string,
  options: Partial<GrafanaObservabilitySourceOptions> = {},
) =>
  new GrafanaObservabilitySource({
    instance: 'main',
    url,
    frontendUrl: 'https://grafana.example.com/grafana',
    auth: { token: 'sandbox-grafana-token' },
    ...options,
  });

describe('GrafanaObservabilitySource', () => {
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

  it('reads every dashboard and alert with two calls', async () => {
    const before = calls();
    const { dashboards, alerts } = await sourceAt(sandbox.urls.grafana).read(
      signal,
    );
    expect(calls() - before).toBe(2);
    expect(dashboards).toContainEqual({
      uid: 'sample-backend',
      title: 'sample-backend',
      tags: ['sample-backend', 'sample-platform-ai', 'service'],
      url: 'https://grafana.example.com/grafana/d/sample-backend/sample-backend',
      folderTitle: 'sample-platform-ai',
      folderUrl: expect.stringContaining('/dashboards/f/sample-platform-ai'),
    });
    expect(alerts).toContainEqual(
      expect.objectContaining({
        title: 'sample-backend answers with errors in prod',
        state: 'normal',
        since: expect.stringMatching(/Z$/),
        labels: expect.objectContaining({
          service: 'sample-backend',
          environment: 'prod',
          severity: 'critical',
        }),
        annotations: { summary: expect.stringContaining('sample-backend') },
        url: expect.stringMatching(
          /^https:\/\/grafana\.example\.com\/grafana\/alerting\/grafana\/errors-sample-backend-prod\/view$/,
        ),
      }),
    );
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
  });

  it('follows an alert from pending to firing and back', async () => {
    const source = sourceAt(sandbox.urls.grafana);
    const state = async () => {
      const { alerts } = await source.read(signal);
      return alerts.find(
        a => a.title === 'sample-backend answers with errors in uat',
      )!;
    };
    await sandbox.world.scenarios.start('sync-degraded', {
      application: 'sample-backend-uat',
    });
    await until(async () => (await state()).state === 'pending');
    sandbox.world.clock.advance(61_000);
    expect(await state()).toMatchObject({
      state: 'firing',
      since: expect.any(String),
    });
    await sandbox.world.scenarios.start('calm');
    await until(async () => (await state()).state === 'normal');
  });

  it('asks only for the folders and tags of the configuration', async () => {
    const only = await sourceAt(sandbox.urls.grafana, {
      tags: ['sample-frontend'],
      folders: ['sample-platform-ai'],
    }).read(signal);
    expect(only.dashboards.map(d => d.title)).toEqual(['sample-frontend']);
    const none = await sourceAt(sandbox.urls.grafana, {
      folders: ['elsewhere'],
    }).read(signal);
    expect(none.dashboards).toEqual([]);
  });

  it('names the key of a token that is refused, and never the token', async () => {
    const error = await sourceAt(sandbox.urls.grafana, {
      auth: { token: 'stolen' },
    })
      .read(signal)
      .catch(e => e);
    expect(error.name).toBe('NotAllowedError');
    expect(error.message).toMatch(
      /platformEnvs\.grafana\.instances\.main\.token/,
    );
    expect(error.message).not.toContain('stolen');
  });

  it('reads what Grafana says of errors, missing data, recording rules and broken rules', async () => {
    const rule = (name: string, more: object) => ({
      uid: name,
      name,
      state: 'inactive',
      health: 'ok',
      type: 'alerting',
      ...more,
    });
    const alert = (state: string, activeAt = '0001-01-01T00:00:00Z') => ({
      labels: { alertname: 'x' },
      annotations: null,
      state,
      activeAt,
      value: '',
    });
    const server = createServer((req, res) => {
      res.end(
        JSON.stringify(
          req.url!.startsWith('/api/search')
            ? [
                { uid: 'a', title: 'A', url: '/grafana/d/a/a', tags: null },
                { title: 'no uid' },
                'nonsense',
              ]
            : {
                status: 'success',
                data: {
                  groups: [
                    {
                      name: 'g',
                      file: 'f',
                      rules: [
                        rule('failing', {
                          health: 'error',
                          alerts: [alert('Alerting (Error)')],
                        }),
                        rule('empty', { alerts: [alert('Normal (NoData)')] }),
                        rule('odd', { alerts: [alert('Contemplating')] }),
                        rule('never', { health: 'unknown', alerts: [] }),
                        rule('fires', {
                          alerts: [
                            alert('Alerting', '2026-11-21T10:00:00+10:00'),
                          ],
                        }),
                        rule('recorded', { type: 'recording' }),
                        { nonsense: true },
                      ],
                    },
                  ],
                },
              },
        ),
      );
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { dashboards, alerts } = await sourceAt(
      `http://127.0.0.1:${port}`,
    ).read(signal);
    server.close();
    expect(dashboards.map(d => d.url)).toEqual([
      'https://grafana.example.com/grafana/d/a/a',
    ]);
    expect(alerts.map(a => [a.title, a.state, a.since])).toEqual([
      ['failing', 'error', undefined],
      ['empty', 'no-data', undefined],
      ['odd', 'no-data', undefined],
      ['never', 'no-data', undefined],
      ['fires', 'firing', '2026-11-21T00:00:00.000Z'],
    ]);
  });
});

async function until(isSo: () => Promise<boolean>) {
  for (let i = 0; i < 100; i++) {
    if (await isSo()) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('In 10 s it was not so');
}
