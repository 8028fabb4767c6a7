import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  DeliveryCell,
  OverviewPage,
} from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { impatientScheduler } from './__testUtils__/impatientScheduler';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import plugin from '.';
import { sandboxConfig } from './__testUtils__/sandboxConfig';
import { until } from './__testUtils__/until';

jest.setTimeout(120_000);

const PROJECT = '/api/v1/projects/sample-platform-ai';

describe('situations of the sandbox, as the board tells them', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let api: ReturnType<typeof request>;
  let stop: () => Promise<void>;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    const platforms = PLATFORMS.filter(p =>
      ['sample-platform-ai', 'mobilytics'].includes(p.system),
    );
    sandbox = await startSandbox({
      dataDir,
      platforms,
      speed: 20,
      only: ['github', 'argocd', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    const backend = await startTestBackend({
      features: [
        plugin,
        catalogServiceMock.factory({ entities: sandboxEntities(platforms) }),
        impatientScheduler,
        mockServices.rootConfig.factory({
          data: sandboxConfig(sandbox.urls, {
            argocd: {
              relistInterval: { seconds: 2 },
              idleTimeout: { seconds: 3 },
            },
            platformEnvs: {
              gitPollInterval: { seconds: 1 },
              ecs: { pollInterval: { seconds: 1 } },
            },
          }),
        }),
      ],
    });
    stop = () => backend.stop();
    api = request(backend.server);
    await until('all is well', isCalm);
  });

  afterEach(async () => {
    await sandbox.world.scenarios.start('calm');
    await until('it has healed by itself', isCalm);
  });

  afterAll(async () => {
    await stop?.();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  async function cell(
    component: string,
    shortName: string,
  ): Promise<DeliveryCell> {
    const { body } = await api
      .get(
        `/api/platform-envs/components/default/component/${component}/delivery`,
      )
      .expect(200);
    return body.row.cells.find((c: DeliveryCell) =>
      c.environmentRef.endsWith(`-${shortName}`),
    );
  }

  async function overview(): Promise<OverviewPage> {
    return (await api.get('/api/platform-envs/overview').expect(200)).body;
  }

  async function isCalm(): Promise<boolean> {
    const [{ sources, rows }, uat, api0] = await Promise.all([
      overview(),
      cell('sample-backend', 'uat').catch(() => undefined),
      cell('mobilytics-api', 'dev').catch(() => undefined),
    ]);
    return (
      rows.length > 0 &&
      sources.every(s => s.state === 'live') &&
      uat?.state === 'healthy' &&
      !uat.syncWindow &&
      api0?.state === 'healthy'
    );
  }

  const start = (name: string, parameters = {}) =>
    sandbox.world.scenarios.start(name, parameters);

  it('argo-silent: says how long nothing was heard, and what was last known', async () => {
    await start('argo-silent');
    let found: DeliveryCell;
    await until('silence is told', async () => {
      found = await cell('sample-backend', 'uat');
      return found.state === 'unknown';
    });
    expect(found!).toMatchObject({
      health: 'Healthy',
      live: { status: 'ok', value: { version: '1.8.2' } },
      source: { state: 'stale', observedAt: expect.any(String) },
      sentence: expect.stringMatching(
        /^Argo CD has not answered for \d+ (s|min)( \(.+\))?; last known: Healthy\.$/,
      ),
    });
    const { sources } = await overview();
    expect(sources.find(s => s.id === 'argocd:main')).toMatchObject({
      state: 'stale',
      observedAt: found!.source.observedAt,
    });
    // the rest of the board is not touched
    expect((await cell('mobilytics-api', 'dev')).state).toBe('healthy');
  });

  it('sync-degraded: says since when, which pod, and why', async () => {
    await start('sync-degraded', { application: 'sample-backend-uat' });
    let found: DeliveryCell;
    await until('it is degraded', async () => {
      found = await cell('sample-backend', 'uat');
      return found.state === 'degraded' && /Pod|probe|pod/.test(found.sentence);
    });
    expect(found!.sentence).toMatch(/^Degraded for \d+ (s|min|h): .+\.$/);
    expect(found!.since).toBeDefined();
    expect(found!.source.state).toBe('live');
    expect((await cell('sample-backend', 'prod')).state).toBe('healthy');
  });

  it('image-missing: names the image that cannot be pulled', async () => {
    await start('image-missing', { application: 'sample-backend-uat' });
    let found: DeliveryCell;
    await until('the image is named', async () => {
      found = await cell('sample-backend', 'uat');
      return /cannot be pulled/.test(found.sentence);
    });
    expect(['progressing', 'degraded']).toContain(found!.state);
    expect(found!.sentence).toMatch(
      /^(Progressing|Degraded) for \d+ (s|min|h): the image \S+sample-backend:1\.8\.2@sha256:[0-9a-f]{64} cannot be pulled\.$/,
    );
    expect(found!.resources?.[0]).toMatchObject({
      kind: 'Pod',
      health: 'Degraded',
      message: expect.stringMatching(/image/),
    });
  });

  it('throttled: says that AWS throttles, since when, and keeps what was known', async () => {
    const before = await cell('mobilytics-api', 'dev');
    await start('throttled');
    let found: DeliveryCell;
    await until('throttling is told', async () => {
      found = await cell('mobilytics-api', 'dev');
      return found.source.state !== 'live' && found.state === 'unknown';
    });
    expect(found!.source).toMatchObject({
      state: 'stale',
      observedAt: expect.any(String),
      message: expect.stringMatching(/throttl/i),
    });
    expect(found!.sentence).toMatch(
      /^Amazon ECS has not answered for \d+ (s|min) \(.*throttl.*\); last known: Healthy/i,
    );
    expect(found!.live).toMatchObject({
      status: 'ok',
      value: { version: (before.live as any).value.version },
    });
    expect((await cell('sample-backend', 'uat')).state).toBe('healthy');
  });

  it('sync-window-closed: says until when, and that people are refused too', async () => {
    await start('sync-window-closed', { application: 'sample-backend-uat' });
    await start('live-drift', { application: 'sample-backend-uat' });
    let found: DeliveryCell;
    await until('it is out of sync and the window is closed', async () => {
      found = await cell('sample-backend', 'uat');
      return found.state === 'out-of-sync' && !!found.syncWindow;
    });
    const { closedUntil } = found!.syncWindow!;
    const hours = (Date.parse(closedUntil!) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(7.9);
    expect(hours).toBeLessThan(8.1);
    expect(found!.sentence).toMatch(/its sync window is closed until .*Freeze/);
    const { body } = await api
      .post(
        '/api/platform-envs/components/default/component/sample-backend/environments/default/sample-platform-ai-uat/sync',
      )
      .expect(409);
    expect(body.error.message).toMatch(/blocked by sync window/);
    // the other clusters of the project stay open
    expect((await cell('sample-backend', 'prod')).syncWindow).toBeUndefined();
  });

  it('a closed sync window is part of the sentence of what waits', async () => {
    const call = async (method: string, body?: unknown) => {
      const response = await fetch(`${sandbox.urls.argocd}${PROJECT}`, {
        method,
        headers: {
          Authorization: 'Bearer sandbox-argocd-token',
          'Content-Type': 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return response.json() as Promise<any>;
    };
    const { metadata, spec } = await call('GET');
    const save = (syncWindows: object[]) =>
      call('PUT', {
        project: {
          metadata: { name: metadata.name },
          spec: { ...spec, syncWindows },
        },
      });
    const hour = new Date(Date.now() + 3_600_000).getUTCHours();
    await save([
      {
        kind: 'allow',
        schedule: `0 ${(hour + 2) % 24} * * *`,
        duration: '1h',
        applications: ['sample-backend-uat'],
        description: 'Evenings',
      },
    ]);
    await start('live-drift', { application: 'sample-backend-uat' });
    let found: DeliveryCell;
    await until('it is out of sync and the window is closed', async () => {
      found = await cell('sample-backend', 'uat');
      return found.state === 'out-of-sync' && !!found.syncWindow;
    });
    expect(found!.syncWindow).toMatchObject({
      kind: 'allow',
      isOpen: false,
      manualSync: false,
      closedUntil: expect.stringMatching(/T\d\d:00:00\.000Z$/),
    });
    expect(found!.sentence).toMatch(
      /^Out of sync for \d+ s: 1 resource differs; Argo CD does not sync this environment on its own, and its sync window is closed until \w{3} \d+ \w{3,4} \d\d:00 UTC \(Evenings\)\.$/,
    );
    await save([]);
  });
});
