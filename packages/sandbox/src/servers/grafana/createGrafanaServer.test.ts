import type { GrafanaApi } from '@backstage-community/plugin-grafana';
import { ConfigReader } from '@backstage/config';
import { dirname, join } from 'node:path';
import {
  eventually,
  startTestSandbox,
} from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';

const TOKEN = { authorization: 'Bearer sandbox-grafana-token' };

/** The plugin without its components, which need a browser. */
const { grafanaPlugin } = jest.requireActual<
  typeof import('@backstage-community/plugin-grafana')
>(
  join(
    dirname(
      require.resolve('@backstage-community/plugin-grafana/package.json'),
    ),
    'dist/plugin.esm.js',
  ),
);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ only: ['argocd', 'aws', 'grafana'] });
}, 60_000);
afterAll(() => sandbox.close());

async function get(path: string, headers: Record<string, string> = TOKEN) {
  const response = await fetch(`${sandbox.urls.grafana}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as any };
}

/** The API that the plugin registers with Backstage; `fetch` stands for Backstage's proxy. */
function pluginApi(unifiedAlerting: boolean): GrafanaApi {
  const factory = [...grafanaPlugin.getApis()].find(
    ({ api }) => api.id === 'plugin.grafana.service',
  )!;
  return factory.factory({
    discoveryApi: { getBaseUrl: async () => sandbox.urls.grafana },
    fetchApi: {
      fetch: (url: string, init?: RequestInit) =>
        fetch(url.replace('/grafana/api', ''), { ...init, headers: TOKEN }),
    },
    configApi: new ConfigReader({
      grafana: {
        domain: sandbox.urls.grafana,
        unifiedAlerting,
      },
    }),
  }) as GrafanaApi;
}

describe("the Grafana plugin's own client", () => {
  it('lists dashboards by tag, whose links land', async () => {
    const found = await pluginApi(true).listDashboards('sample-backend');
    expect(found).toEqual([
      expect.objectContaining({
        title: 'sample-backend',
        url: `${sandbox.urls.grafana}/d/sample-backend/sample-backend`,
        folderTitle: 'sample-platform-ai',
        tags: ['sample-backend', 'sample-platform-ai', 'service'],
      }),
    ]);
    const page = await fetch(
      `${found[0].url}?var-environment=prod&from=now-3h`,
    );
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('<strong>prod</strong>');
    expect(html.match(/<polyline points="[\d., ]+"/g)).toHaveLength(3);
  });

  it('lists dashboards by a query over tags', async () => {
    const found = await pluginApi(true).listDashboards(
      "tags @> 'sample-platform-ai' && tags @> 'service'",
    );
    expect(found.map(({ title }) => title).sort()).toEqual([
      'sample-backend',
      'sample-frontend',
    ]);
  });

  it('tells alerts by label, before, during and after a service is degraded', async () => {
    const api = pluginApi(true);
    const state = async (environment: string) => {
      const alerts = await api.alertsForSelector(['service=sample-backend']);
      return alerts.find(({ name }) => name.endsWith(` in ${environment}`));
    };
    expect(await state('uat')).toMatchObject({ state: 'Normal' });

    await sandbox.world.scenarios.start('sync-degraded', {
      application: 'sample-backend-uat',
    });
    await eventually(async () =>
      (await state('uat'))!.state === 'Pending' ? true : undefined,
    );
    expect(await state('prod')).toMatchObject({ state: 'Normal' });
    sandbox.world.clock.advance(61_000);
    const alert = (await state('uat'))!;
    expect(alert.state).toBe('Alerting');
    const page = await fetch(alert.url).then(response => response.text());
    expect(page).toContain('sample-backend answers with errors in uat');
    expect(page).toContain('Alerting');

    // the errors are in the series too
    sandbox.world.clock.advance(300_000);
    const ratio = await errorRatio('uat');
    expect(ratio).toBeGreaterThan(0.3);
    expect(await errorRatio('prod')).toBeLessThan(0.01);

    await sandbox.world.scenarios.start('calm');
    await eventually(async () =>
      (await state('uat'))!.state === 'Normal' ? true : undefined,
    );
  });

  it('tells alerts by the tag of a dashboard, as before Grafana 9', async () => {
    const alerts = await pluginApi(false).alertsForSelector('sample-frontend');
    expect(alerts.map(({ name }) => name).sort()).toEqual([
      'sample-frontend answers with errors in dev',
      'sample-frontend answers with errors in prod',
      'sample-frontend answers with errors in uat',
    ]);
    for (const { state, url } of alerts) {
      expect(state).toBe('ok');
      expect((await fetch(url)).status).toBe(200);
    }
  });
});

async function errorRatio(environment: string): Promise<number> {
  const of = `service="sample-backend",environment="${environment}"`;
  const query = `sum(rate(http_requests_total{${of},code=~"5.."}[5m])) / sum(rate(http_requests_total{${of}}[5m]))`;
  const { body } = await get(
    `/prometheus/api/v1/query?query=${encodeURIComponent(query)}`,
  );
  return Number(body.data.result[0].value[1]);
}

describe("Grafana's API", () => {
  it('asks for a token, except for its health', async () => {
    expect(await get('/api/search', {})).toEqual({
      status: 401,
      body: { message: 'Unauthorized' },
    });
    const wrong = await get('/api/org', { authorization: 'Bearer x' });
    expect(wrong).toEqual({
      status: 401,
      body: { message: 'Invalid API key' },
    });
    const basic = Buffer.from('admin:admin').toString('base64');
    const org = await get('/api/org', { authorization: `Basic ${basic}` });
    expect(org.body).toEqual({ id: 1, name: 'Main Org.' });
    expect((await get('/api/health', {})).status).toBe(200);
  });

  it('searches by text, type, uid and page', async () => {
    const titles = async (query: string) =>
      (await get(`/api/search?${query}`)).body.map((hit: any) => hit.title);
    expect(await titles('query=SAMPLE-B')).toEqual(['sample-backend']);
    expect(await titles('type=dash-folder')).toEqual([
      'sample-platform-ai',
      'campaign-lifecycle-platform',
      'cornjacket-platform',
      'mobilytics',
    ]);
    expect(await titles('dashboardUIDs=sample-backend,mobilytics-api')).toEqual(
      ['sample-backend', 'mobilytics-api'],
    );
    const all = await titles('type=dash-db');
    expect(await titles('type=dash-db&limit=3&page=2')).toEqual(
      all.slice(3, 6),
    );
    expect(await titles('type=dash-db&limit=3&page=99')).toEqual([]);
    expect(await titles('tag=service&tag=nothing')).toEqual([]);
  });

  it('describes a dashboard whose queries the data source answers', async () => {
    const { body } = await get('/api/dashboards/uid/campaign-auth');
    expect(body.dashboard.templating.list[0].query).toBe('dev,staging,prod');
    expect(body.dashboard.panels).toHaveLength(3);
    for (const { datasource, targets } of body.dashboard.panels) {
      const expr = targets[0].expr.replaceAll('$environment', 'prod');
      const { body: answer } = await get(
        `/api/datasources/proxy/uid/${
          datasource.uid
        }/api/v1/query?query=${encodeURIComponent(expr)}`,
      );
      expect(answer.data.result).toHaveLength(1);
      expect(Number(answer.data.result[0].value[1])).toBeGreaterThan(0);
    }
    expect(await get('/api/dashboards/uid/none')).toEqual({
      status: 404,
      body: { message: 'Dashboard not found', status: 'not-found' },
    });
  });

  const alertOf = async (title: string) => {
    const { body } = await get('/api/prometheus/grafana/api/v1/alerts');
    return body.data.alerts.find((alert: any) =>
      alert.labels.alertname.includes(title),
    );
  };

  it('judges replication by what CloudWatch measured, and has no data while a region is down', async () => {
    const { clock, scenarios } = sandbox.world;
    const lag = async () => (await alertOf('sample-platform-ai-prod')).state;
    const measured = async () => {
      const { body } = await get(
        '/prometheus/api/v1/query?query=max(aws_rds_aurora_global_dbreplication_lag_maximum{system="sample-platform-ai",environment="prod"})',
      );
      return body.data.result.map(({ value }: any) => Number(value[1]));
    };
    expect(await lag()).toBe('Normal');
    expect((await measured())[0]).toBeLessThan(1_000);

    await scenarios.start('lag-spike');
    clock.advance(190_000);
    expect(await lag()).toBe('Alerting');
    expect((await measured())[0]).toBeGreaterThan(1_000);
    await scenarios.start('calm');
    clock.advance(130_000);
    expect(await lag()).toBe('Normal');

    await scenarios.start('region-down');
    clock.advance(6 * 60_000);
    expect(await lag()).toBe('NoData');
    expect(await measured()).toEqual([]);
    await scenarios.start('calm');
    clock.advance(130_000);
    expect(await lag()).toBe('Normal');
  });

  it('alerts on a service of ECS whose tasks fail', async () => {
    const { clock, scenarios } = sandbox.world;
    const state = async (environment: string) =>
      (
        await alertOf(
          `cornjacket-ingestion answers with errors in ${environment}`,
        )
      ).state;
    expect(await state('prod')).toBe('Normal');
    await scenarios.start('ecs-degraded', { environment: 'prod' });
    await eventually(async () =>
      (await state('prod')) === 'Pending' ? true : undefined,
    );
    clock.advance(61_000);
    expect(await state('prod')).toBe('Alerting');
    expect(await state('dev')).toBe('Normal');
    await scenarios.start('calm');
    await eventually(async () =>
      (await state('prod')) === 'Normal' ? true : undefined,
    );
  });

  it('says in its rules what it says in its alerts', async () => {
    const { body } = await get('/api/prometheus/grafana/api/v1/rules');
    const { body: flat } = await get('/api/prometheus/grafana/api/v1/alerts');
    const alerts = body.data.groups.flatMap((group: any) =>
      group.rules.flatMap((rule: any) => rule.alerts),
    );
    const names = (list: any[]) => list.map(a => a.labels.alertname).sort();
    expect(names(alerts)).toEqual(names(flat.data.alerts));
    const uids = Object.values<any>(
      (await get('/api/ruler/grafana/api/v1/rules')).body,
    )
      .flat()
      .flatMap(group => group.rules.map((r: any) => r.grafana_alert.uid));
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids).toHaveLength(alerts.length);
  });

  it('notes deployments as annotations', async () => {
    const { body } = await get(
      '/api/annotations?tags=deployment&tags=sample-backend&tags=prod',
    );
    expect(body.length).toBeGreaterThan(0);
    const { history } = sandbox.world.argocd!.store.get(
      'sample-backend-prod',
    )!.status;
    expect(body.map((a: any) => a.time).sort()).toEqual(
      history!.map(entry => Date.parse(entry.deployedAt)).sort(),
    );
  });
});

describe('Explore', () => {
  const explore = async (expr: string, type: string) => {
    const panes = {
      a: {
        datasource: type,
        queries: [{ refId: 'A', expr, datasource: { type, uid: type } }],
        range: { from: 'now-1h', to: 'now' },
      },
    };
    const search = new URLSearchParams({
      schemaVersion: '1',
      panes: JSON.stringify(panes),
    });
    const page = await fetch(`${sandbox.urls.grafana}/explore?${search}`);
    expect(page.status).toBe(200);
    return page.text();
  };

  it('shows the logs of the pods that a stream selector names, and of no other', async () => {
    const html = await explore(
      '{cluster="sample-platform-ai-uat", namespace="sample-platform-ai", app="sample-backend"}',
      'loki',
    );
    expect(html).toContain('LogQL');
    expect(
      html.match(/<td>sample-backend-[\w-]+<\/td>/g)!.length,
    ).toBeGreaterThan(3);
    expect(html).not.toMatch(/<td>sample-frontend-/);
    expect(html).toContain('&#34;msg&#34;:&#34;request&#34;');
  });

  it('says so when there are none, or when it is no selector', async () => {
    expect(await explore('{app="nobody"}', 'loki')).toContain('No logs found.');
    expect(await explore('sum(rate(up[5m]))', 'loki')).toContain(
      'stream selectors',
    );
  });

  it('draws PromQL', async () => {
    expect(await explore('sum(up)', 'prometheus')).toContain('<polyline');
  });
});
