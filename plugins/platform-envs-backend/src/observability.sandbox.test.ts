import { Entity } from '@backstage/catalog-model';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  ComponentObservability,
  DeliveryLink,
  RequestSeries,
} from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { FollowedAnswers, followAnswers } from './__testUtils__/followAnswers';
import { impatientScheduler } from './__testUtils__/impatientScheduler';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import plugin from '.';
import { until } from './__testUtils__/until';

jest.setTimeout(120_000);

const SYSTEMS = ['sample-platform-ai', 'mobilytics'];
const PARTS = PLATFORMS.filter(p => SYSTEMS.includes(p.system));
const BACKEND =
  '/api/platform-envs/components/default/component/sample-backend';
// eslint-disable-next-line no-script-url
const SCRIPT_URL = 'javascript:alert(1)';

/** The catalog of the sandbox, with annotations on one component. */
function entitiesWith(annotations: Record<string, string>): Entity[] {
  return sandboxEntities(PARTS).map(entity =>
    entity.metadata.name === 'sample-frontend'
      ? {
          ...entity,
          metadata: {
            ...entity.metadata,
            annotations: { ...entity.metadata.annotations, ...annotations },
          },
        }
      : entity,
  );
}

describe('observability on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let api: ReturnType<typeof request>;
  let answers: FollowedAnswers;
  const stops: Array<() => Promise<void>> = [];

  async function start(platformEnvs: object, permitted = true) {
    const backend = await startTestBackend({
      features: [
        plugin,
        catalogServiceMock.factory({
          entities: entitiesWith({
            'grafana/dashboard-selector':
              'tags @> "sample-platform-ai" && !(title == "sample-backend")',
            'grafana/alert-label-selector': 'service=sample-frontend, nonsense',
            'fairway.dev/runbook': 'https://runbooks.example.com/frontend',
            'dev.env.fairway.dev/runbook': '/docs/default/component/x/runbook',
            'prod.env.fairway.dev/runbook': SCRIPT_URL,
          }),
        }),
        impatientScheduler,
        mockServices.rootConfig.factory({ data: { platformEnvs } }),
        ...(permitted
          ? []
          : [
              mockServices.permissions.mock({
                authorize: async requests =>
                  requests.map(() => ({ result: AuthorizeResult.DENY })),
              }).factory,
            ]),
      ],
    });
    stops.push(() => backend.stop());
    return backend.server;
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: PARTS,
      only: ['argocd', 'grafana'],
    });
    const server = await start(configFor(sandbox));
    answers = followAnswers(server as Server);
    api = request(server);
    await until('everything was read', async () => {
      const { status, body } = await api.get(`${BACKEND}/observability`);
      return (
        status === 200 &&
        body.sources.length === 2 &&
        body.sources.every((s: any) => s.state === 'live') &&
        body.requests.length === 3 &&
        ['dev', 'uat', 'prod'].every(
          name => unknownMinutes(seriesOf(body, name)) < 5,
        )
      );
    });
  });

  afterAll(async () => {
    for (const stop of stops) await stop();
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function observability(
    component = 'sample-backend',
  ): Promise<ComponentObservability> {
    const { body } = await api
      .get(
        `/api/platform-envs/components/default/component/${component}/observability`,
      )
      .expect(200);
    return body;
  }

  async function links(
    component: string,
    environment: string,
    query = '',
  ): Promise<Record<string, DeliveryLink>> {
    const { body } = await api
      .get(
        `/api/platform-envs/components/default/component/${component}/environments/default/${environment}/links${query}`,
      )
      .expect(200);
    return Object.fromEntries(
      body.items.map((l: DeliveryLink) => [l.title, l]),
    );
  }

  it('has three hours of figures in every environment', async () => {
    const all = await observability();
    for (const name of ['dev', 'uat', 'prod']) {
      const series = seriesOf(all, name);
      expect(series.requestRate).toHaveLength(181);
      expect(series.stepSeconds).toBe(60);
      expect(unknownMinutes(series)).toBeLessThan(5);
      expect(Math.max(...series.errorRatio.map(v => v ?? 0))).toBeLessThan(0.1);
      const [p50, p95] = [series.latencyP50[90]!, series.latencyP95[90]!];
      expect(p50).toBeGreaterThan(0);
      expect(p95).toBeGreaterThan(p50);
    }
    expect(seriesOf(all, 'prod').requestRate[90]).toBeGreaterThan(
      seriesOf(all, 'dev').requestRate[90]!,
    );
  });

  it('finds dashboards and alerts by name, and by annotation where there is one', async () => {
    const derived = await observability();
    expect(derived).toMatchObject({
      alertsMatch: 'derived',
      dashboardsMatch: 'derived',
      problems: [],
    });
    expect(ok(derived.dashboards).map(d => d.title)).toEqual([
      'sample-backend',
    ]);
    expect(
      ok(derived.alerts).map(a => [a.title, a.state, a.environmentRef]),
    ).toEqual(
      ['dev', 'prod', 'uat'].map(name => [
        `sample-backend answers with errors in ${name}`,
        'normal',
        `environment:default/sample-platform-ai-${name}`,
      ]),
    );
    const declared = await observability('sample-frontend');
    expect(ok(declared.dashboards).map(d => d.title)).toEqual([
      'sample-frontend',
      'sample-platform-ai overview',
    ]);
    expect(ok(declared.alerts)).toHaveLength(3);
    expect(declared.problems).toEqual([
      expect.stringMatching(/"nonsense" is not of the form label=value/),
      expect.stringMatching(/prod is neither an http or https URL nor a path/),
    ]);
  });

  it('fills links with environment, namespace, time and account, and leaves out a script', async () => {
    const uat = await links('sample-frontend', 'sample-platform-ai-uat');
    const dashboard = new URL(uat['Dashboard sample-frontend'].url);
    expect(Object.fromEntries(dashboard.searchParams)).toEqual({
      'var-environment': 'uat',
      'var-namespace': 'sample-platform-ai',
      from: 'now-1h',
      to: 'now',
    });
    expect(uat.Runbook.url).toBe('https://runbooks.example.com/frontend');
    expect(uat['EKS cluster'].detail).toBe(
      'account 111100000002, ap-southeast-2',
    );
    const around = await links(
      'sample-frontend',
      'sample-platform-ai-uat',
      '?around=2026-11-21T10:00:00.000Z',
    );
    const range = new URL(around['Dashboard sample-frontend'].url).searchParams;
    expect([range.get('from'), range.get('to')]).toEqual([
      `${Date.parse('2026-11-21T09:30:00Z')}`,
      `${Date.parse('2026-11-21T10:30:00Z')}`,
    ]);
    const dev = await links('sample-frontend', 'sample-platform-ai-dev');
    expect(dev.Runbook.url).toBe('/docs/default/component/x/runbook');
    const prod = await links('sample-frontend', 'sample-platform-ai-prod');
    expect(prod.Runbook).toBeUndefined();
    const ecs = await links('mobilytics-api', 'mobilytics-dev');
    expect(Object.keys(ecs)).toEqual(
      expect.arrayContaining(['Logs in CloudWatch', 'CloudWatch metrics']),
    );
    await api
      .get(
        '/api/platform-envs/components/default/component/sample-frontend/environments/default/sample-platform-ai-uat/links?around=yesterday',
      )
      .expect(400);
  });

  it('leads from the Grafana link to a page of Grafana', async () => {
    const dev = await links('sample-backend', 'sample-platform-ai-dev');
    const page = await fetch(dev['Dashboard sample-backend'].url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<strong>dev</strong>');
    const explore = await fetch(dev['Logs in Loki'].url);
    expect(await explore.text()).toContain('app=&#34;sample-backend&#34;');
  });

  it('has links of an environment as a whole', async () => {
    const { body } = await api
      .get('/api/platform-envs/environments/default/sample-platform-ai-uat')
      .expect(200);
    expect(body.environment.links.map((l: DeliveryLink) => l.title)).toEqual(
      expect.arrayContaining([
        'Logs in Loki',
        'EKS cluster',
        'RDS databases',
        'CloudFormation stacks',
      ]),
    );
  });

  it('calls nobody for a page view', async () => {
    const before = sandbox.world.counters.read().grafana.calls;
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        await observability();
        await links('sample-backend', 'sample-platform-ai-uat');
      }),
    );
    // the feeds go on meanwhile: sixty views add nothing
    expect(sandbox.world.counters.read().grafana.calls - before).toBeLessThan(
      20,
    );
  });

  it('shows errors and a firing alert when a deployment is degraded', async () => {
    await sandbox.world.scenarios.start('sync-degraded', {
      application: 'sample-backend-uat',
    });
    const uatAlert = async () =>
      ok((await observability()).alerts).find(a =>
        a.environmentRef?.endsWith('-uat'),
      )!;
    await until('the alert is pending', async () => {
      return (await uatAlert()).state === 'pending';
    });
    sandbox.world.clock.advance(61_000);
    await until('the alert fires', async () => {
      return (await uatAlert()).state === 'firing';
    });
    const [worst] = ok((await observability()).alerts);
    expect(worst).toMatchObject({
      state: 'firing',
      severity: 'warning',
      summary: expect.stringContaining('uat'),
      since: expect.any(String),
    });
    await sandbox.world.scenarios.start('calm');
  });

  it('keeps what it knows when Grafana and Prometheus fail, says so, and heals', async () => {
    const fault = sandbox.world.faults.add({
      upstream: 'grafana',
      kind: 'status',
      status: 503,
    });
    await until('the sources are stale', async () => {
      const { sources } = await observability();
      return sources.every(s => s.state === 'stale' && /503/.test(s.message!));
    });
    const stale = await observability();
    expect(ok(stale.dashboards)).toHaveLength(1);
    expect(stale.alerts).toMatchObject({
      status: 'ok',
      stale: expect.stringContaining('503'),
    });
    expect(seriesOf(stale, 'dev').requestRate[90]).toBeGreaterThan(0);
    sandbox.world.faults.remove(fault.id);
    await until('the sources are live', async () => {
      const { sources } = await observability();
      return sources.every(s => s.state === 'live');
    });
  });

  it('says which keys to set when nothing is configured', async () => {
    const { argocd } = configFor(sandbox);
    const bare = request(await start({ argocd }));
    let body: ComponentObservability | undefined;
    await until('the catalog was read', async () => {
      const answer = await bare.get(`${BACKEND}/observability`);
      body = answer.body;
      return answer.status === 200;
    });
    expect(body).toMatchObject({
      sources: [],
      alerts: {
        status: 'unavailable',
        reason: expect.stringContaining('platformEnvs.grafana.instances'),
      },
      dashboards: { status: 'unavailable' },
    });
    expect(body!.requests[0].series).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('platformEnvs.prometheus.instances'),
    });
  });

  it('tells nothing to those who may not see environments', async () => {
    const closed = request(await start(configFor(sandbox), false));
    await closed.get(`${BACKEND}/observability`).expect(403);
    await closed
      .get(`${BACKEND}/environments/default/sample-platform-ai-uat/links`)
      .expect(403);
  });

  it('answered all of this as the API is described', () => {
    expect(answers.problems).toEqual([]);
    expect([...answers.seen]).toEqual(
      expect.arrayContaining(['getObservability', 'getCellLinks']),
    );
  });
});

function configFor({ urls }: Sandbox) {
  return {
    argocd: {
      instances: {
        main: { url: urls.argocd, token: 'sandbox-argocd-token' },
      },
    },
    grafana: {
      pollInterval: { seconds: 1 },
      instances: {
        main: { url: urls.grafana, token: 'sandbox-grafana-token' },
      },
    },
    prometheus: {
      pollInterval: { seconds: 1 },
      instances: { main: { url: `${urls.grafana}/prometheus` } },
    },
    links: { loki: { datasource: 'loki' } },
  };
}

function ok<T>(
  reading:
    | { status: 'ok'; value: T }
    | { status: 'unavailable'; reason: string },
): T {
  if (reading.status !== 'ok') throw new Error(reading.reason);
  return reading.value;
}

function unknownMinutes({ requestRate }: RequestSeries): number {
  return requestRate.filter(value => value === null).length;
}

function seriesOf(
  { requests }: ComponentObservability,
  shortName: string,
): RequestSeries {
  return ok(
    requests.find(r => r.environmentRef.endsWith(`-${shortName}`))!.series,
  );
}
