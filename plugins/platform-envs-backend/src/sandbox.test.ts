import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  ComponentDelivery,
  DeliveryRow,
  OverviewPage,
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
import { sandboxConfig } from './__testUtils__/sandboxConfig';
import { until } from './__testUtils__/until';

jest.setTimeout(120_000);

/** Pages that are viewed to see whom that calls. */
const VIEWS = 100;

const SAMPLE = PLATFORMS.filter(p => p.system === 'sample-platform-ai');
const MOBILYTICS = PLATFORMS.filter(p => p.system === 'mobilytics');

describe('platformEnvsPlugin on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let api: ReturnType<typeof request>;
  let answers: FollowedAnswers;
  let stop: () => Promise<void>;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    const platforms = [...SAMPLE, ...MOBILYTICS];
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
              relistInterval: { seconds: 5 },
              idleTimeout: { seconds: 5 },
            },
            platformEnvs: {
              gitPollInterval: { seconds: 1 },
              ecs: { pollInterval: { seconds: 30 } },
            },
          }),
        }),
      ],
    });
    stop = () => backend.stop();
    answers = followAnswers(backend.server as Server);
    api = request(backend.server);
    await until('every source is live', async () => {
      const { rows, sources } = await overview();
      return (
        rows.length > 0 &&
        sources.every(s => s.state === 'live') &&
        (await current('sample-backend', 'dev')).live.status === 'ok'
      );
    });
  });

  afterAll(async () => {
    await stop?.();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  async function overview(): Promise<OverviewPage> {
    return (await api.get('/api/platform-envs/overview').expect(200)).body;
  }

  async function rowOf(component: string): Promise<DeliveryRow> {
    const { body } = await api
      .get(
        `/api/platform-envs/components/default/component/${component}/delivery`,
      )
      .expect(200);
    return body.row;
  }

  async function current(component: string, shortName: string) {
    const { cells } = await rowOf(component);
    return cells.find(c => c.environmentRef.endsWith(`-${shortName}`))!;
  }

  it('shows what stands where', async () => {
    const backend = await rowOf('sample-backend');
    expect(backend.findings).toEqual([]);
    expect(
      backend.cells.map(c => [
        c.desired.status === 'ok' && c.desired.value.version,
        c.live.status === 'ok' && c.live.value.version,
        c.sync,
        c.health,
        c.state,
        c.behind?.state,
        c.application?.match,
      ]),
    ).toEqual([
      ['1.8.3', '1.8.3', 'Synced', 'Healthy', 'healthy', undefined, 'declared'],
      ['1.8.2', '1.8.2', 'Synced', 'Healthy', 'healthy', 'behind', 'declared'],
      ['1.8.0', '1.8.0', 'Synced', 'Healthy', 'healthy', 'behind', 'declared'],
    ]);
    const [dev] = backend.cells;
    expect(dev.sentence).toMatch(/^Healthy and synced; 1\.8\.3/);
    expect(dev.live).toMatchObject({
      value: { revision: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect(dev.desired).toMatchObject({
      value: {
        digest: expect.stringMatching(/^sha256:/),
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
        author: expect.any(String),
      },
    });
    expect(dev.links.map(l => l.type)).toEqual(['argocd', 'git']);
  });

  it('shows what runs on ECS, and compares it with Git by digest', async () => {
    const dev = await current('mobilytics-api', 'dev');
    expect(dev).toMatchObject({
      state: 'healthy',
      sync: 'Synced',
      health: 'Healthy',
      sentence: expect.stringMatching(/^Healthy and synced; 0\.8\.4 for/),
      desired: { status: 'ok', value: { version: '0.8.4' } },
      live: { status: 'ok', value: { version: '0.8.4' } },
      source: { state: 'live' },
    });
    expect(dev.links.map(l => l.type)).toEqual(['aws', 'git']);
    expect((await current('mobilytics-api', 'prod')).state).toBe(
      'not-deployed',
    );
    const { body } = await api
      .get(
        '/api/platform-envs/components/default/component/mobilytics-api/delivery',
      )
      .expect(200);
    const { history, row } = body as ComponentDelivery;
    expect(row.findings).toEqual([]);
    expect(
      history.filter(h => h.environmentRef.endsWith('mobilytics-dev')).length,
    ).toBeGreaterThan(1);
    const { items } = (await api.get('/api/platform-envs/applications')).body;
    expect(items.length).toBeGreaterThan(0);
    expect(items.some((d: any) => d.instance === 'ecs')).toBe(false);
  });

  it('calls nobody for a page view', async () => {
    const before = sandbox.world.counters.read();
    await Promise.all(
      Array.from({ length: VIEWS }, async () => {
        await overview();
        await api
          .get(
            '/api/platform-envs/components/default/component/sample-backend/delivery',
          )
          .expect(200);
        await api
          .get('/api/platform-envs/environments/default/sample-platform-ai-uat')
          .expect(200);
        await api
          .get(
            '/api/platform-envs/environments/default/sample-platform-ai-uat/replication-lag',
          )
          .expect(200);
      }),
    );
    const after = sandbox.world.counters.read();
    // What is asked on schedule goes on in the meantime; views add nothing.
    for (const upstream of ['argocd', 'github', 'aws']) {
      for (const [route, { calls }] of Object.entries(after[upstream].routes)) {
        // goes with each of the others, so it is the sum of them
        if (route.endsWith('/AssumeRole')) continue;
        const since = calls - (before[upstream].routes[route]?.calls ?? 0);
        expect([upstream, route, since < VIEWS]).toEqual([
          upstream,
          route,
          true,
        ]);
      }
    }
  });

  it('follows a commit through git and Argo CD to the board', async () => {
    const path = 'gitops/overlays/uat/sample-frontend/kustomization.yaml';
    const repository = SAMPLE[0].gitopsRepository;
    const dev = await current('sample-frontend', 'dev');
    const uat = await current('sample-frontend', 'uat');
    if (dev.desired.status !== 'ok' || uat.desired.status !== 'ok') {
      throw new Error('Nothing is desired');
    }
    const content = await sandbox.world.git.readFile(repository, 'main', path);
    const tag = (cellValue: { version?: string; digest?: string }) =>
      `${cellValue.version}@${cellValue.digest}`;
    await sandbox.world.git.commit(repository, {
      branch: 'main',
      message: 'Release the frontend',
      author: { name: 'Ada', email: 'ada@example.com' },
      files: [
        {
          path,
          content: content!.replace(
            tag(uat.desired.value),
            tag(dev.desired.value),
          ),
        },
      ],
    });
    await until('the board sees the commit', async () => {
      const { desired } = await current('sample-frontend', 'uat');
      return (
        desired.status === 'ok' &&
        desired.value.version === '2.4.0' &&
        desired.value.author === 'Ada'
      );
    });
    const cellPath =
      '/api/platform-envs/components/default/component/sample-frontend/environments/default/sample-platform-ai-uat';
    await api.post(`${cellPath}/refresh`).expect(202);
    await until('Argo CD calls it out of sync', async () => {
      const { state } = await current('sample-frontend', 'uat');
      return state === 'out-of-sync';
    });
    await api.post(`${cellPath}/sync`).expect(202);
    await until('the new version is healthy', async () => {
      const { state, live } = await current('sample-frontend', 'uat');
      return (
        state === 'healthy' &&
        live.status === 'ok' &&
        live.value.version === '2.4.0'
      );
    });
    await until('the history names who did it, and each release', async () => {
      const { body } = await api.get(
        '/api/platform-envs/components/default/component/sample-frontend/delivery',
      );
      const history: ComponentDelivery['history'] = body.history;
      const [latest] = history;
      return (
        history.length > 3 &&
        history.every(entry => entry.release?.version) &&
        latest.author?.includes('Ada') === true &&
        latest.release?.version === '2.4.0'
      );
    });
  });

  it('reads the replication lag of the global databases', async () => {
    await until('the lag was polled', async () => {
      const { body } = await api.get(
        '/api/platform-envs/environments/default/sample-platform-ai-uat/replication-lag',
      );
      return body.lag.status === 'ok';
    });
    const { body } = await api
      .get(
        '/api/platform-envs/environments/default/sample-platform-ai-uat/replication-lag',
      )
      .expect(200);
    const [lag] = body.lag.value;
    expect(lag).toMatchObject({
      globalCluster: 'sample-platform-ai-uat',
      writer: { region: 'ap-southeast-2' },
      reader: { region: 'ap-southeast-4' },
      lagMs: { status: 'ok', value: expect.any(Number) },
    });
    expect(lag.series.length).toBeGreaterThan(60);
    const dev = await api.get(
      '/api/platform-envs/environments/default/sample-platform-ai-dev/replication-lag',
    );
    expect(dev.body.absentReason).toBe(
      'Single-region database: there is nothing to replicate.',
    );
  });

  it('F46 F48 says so when Argo CD goes wrong, keeps the picture, and recovers', async () => {
    const fault = sandbox.world.faults.add({
      upstream: 'argocd',
      kind: 'truncate',
      path: '/api/v1/applications',
    });
    const drop = sandbox.world.faults.add({
      upstream: 'argocd',
      kind: 'drop',
      path: '/api/v1/stream',
    });
    await until('the source is not live', async () => {
      const { sources } = await overview();
      return sources.some(
        s => s.id === 'argocd:main' && s.state !== 'live' && !!s.message,
      );
    });
    const dev = await current('sample-backend', 'dev');
    expect(dev).toMatchObject({ state: 'unknown', health: 'Healthy' });
    expect(dev.sentence).toMatch(/last known: Healthy/);
    sandbox.world.faults.remove(fault.id);
    sandbox.world.faults.remove(drop.id);
    await until('it is live again', async () => {
      return (await current('sample-backend', 'dev')).state === 'healthy';
    });
  });

  it('answered all of this as the API is described', () => {
    expect(answers.problems).toEqual([]);
    expect([...answers.seen]).toEqual(
      expect.arrayContaining([
        'getDelivery',
        'getEnvironment',
        'getOverview',
        'getReplicationLag',
        'listApplications',
      ]),
    );
  });
});
