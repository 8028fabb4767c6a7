import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  ComponentComparison,
  DeliveryCell,
} from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import plugin from '.';
import { sandboxConfig } from './__testUtils__/sandboxConfig';
import { until } from './__testUtils__/until';

jest.setTimeout(120_000);

const SECRET = 'sandbox-github-webhook-secret';
const WEBHOOK = '/api/platform-envs/webhooks/github';
const PLATFORMS_HERE = PLATFORMS.filter(p =>
  ['sample-platform-ai', 'mobilytics'].includes(p.system),
);
const GITOPS = 'sample-platform-ai/sample-platform-ai';

/** Of each service the repository and the folder that the sandbox keeps it in. */
const sourceAnnotations = (name: string): Record<string, string> => {
  const service = PLATFORMS_HERE.flatMap(p => p.services).find(
    s => s.name === name,
  );
  return service
    ? {
        'github.com/project-slug': service.sourceRepository,
        'fairway.dev/source-path': name.startsWith('sample-')
          ? `app/${name.replace('sample-', '')}`
          : `services/${name.replace('mobilytics-', '')}`,
      }
    : {};
};

describe('delivery from git, on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let api: ReturnType<typeof request>;
  let stop: () => Promise<void>;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: PLATFORMS_HERE,
      speed: 20,
      only: ['github', 'argocd', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    const backend = await startTestBackend({
      features: [
        plugin,
        catalogServiceMock.factory({
          entities: sandboxEntities(PLATFORMS_HERE).map(entity => ({
            ...entity,
            metadata: {
              ...entity.metadata,
              annotations: {
                ...entity.metadata.annotations,
                ...sourceAnnotations(entity.metadata.name),
              },
            },
          })),
        }),
        mockServices.rootConfig.factory({
          data: sandboxConfig(sandbox.urls, {
            platformEnvs: {
              gitPollInterval: { hours: 1 },
              webhooks: { github: { secret: SECRET } },
            },
          }),
        }),
      ],
    });
    stop = () => backend.stop();
    api = request(backend.server);
    await hook((backend.server.address() as AddressInfo).port);
    await until('commits are known', async () => {
      const [, uat, prod] = await cellsOf('sample-backend');
      return (
        uat?.behind?.commits !== undefined &&
        prod?.behind?.commits !== undefined &&
        prod.live.status === 'ok'
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

  /** What an administrator does once for each repository or organisation. */
  async function hook(port: number) {
    const response = await fetch(
      `${sandbox.urls.github}/api/v3/repos/${GITOPS}/hooks`,
      {
        method: 'POST',
        headers: {
          authorization: 'Bearer sandbox-github-token',
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          name: 'web',
          events: ['push'],
          config: {
            url: `http://localhost:${port}${WEBHOOK}`,
            content_type: 'json',
            secret: SECRET,
          },
        }),
      },
    );
    expect(response.status).toBe(201);
  }

  const path = (component: string) =>
    `/api/platform-envs/components/default/component/${component}`;

  async function cellsOf(component: string): Promise<DeliveryCell[]> {
    const { body } = await api.get(`${path(component)}/delivery`);
    return body.row?.cells ?? [];
  }

  async function compare(
    component: string,
    query: Record<string, string>,
  ): Promise<ComponentComparison> {
    const { body } = await api
      .get(`${path(component)}/comparison`)
      .query(query)
      .expect(200);
    return body;
  }

  it('says which commits of the application an environment lacks, and not those of its neighbours', async () => {
    const [dev, uat, prod] = await cellsOf('sample-backend');
    expect(uat.behind).toMatchObject({ state: 'behind', commits: 1 });
    expect(prod.behind).toMatchObject({ state: 'behind', commits: 2 });
    expect(prod.behind!.missing).toHaveLength(2);
    expect(prod.behind!.missing![0]).toMatchObject({
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      author: expect.any(String),
      subject: expect.stringMatching(/^sample-backend: /),
      url: expect.stringContaining(`${GITOPS}/commit/`),
    });
    const { body } = await api.get('/api/platform-envs/overview').expect(200);
    expect(JSON.stringify(body)).not.toContain('"missing"');
    expect(dev.desired).toMatchObject({
      value: {
        replicas: 1,
        revision: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    });
  });

  it('compares two environments: image, commits, configuration, rendered', async () => {
    const answer = await compare('sample-backend', {
      from: 'environment:default/sample-platform-ai-prod',
      to: 'environment:default/sample-platform-ai-dev',
    });
    expect(answer.image).toMatchObject({
      from: { value: { version: '1.8.0' } },
      to: { value: { version: '1.8.3' } },
      same: false,
    });
    expect(answer.commits).toMatchObject({
      status: 'ok',
      value: {
        totals: { onlyFrom: 0, onlyTo: 3 },
        url: expect.stringMatching(
          /\/compare\/[0-9a-f]{40}\.\.\.[0-9a-f]{40}$/,
        ),
      },
    });
    expect(answer.config).toMatchObject({
      status: 'ok',
      value: {
        differences: [{ group: 'replicas', key: 'sample-backend', to: '1' }],
      },
    });
    expect(answer.rendered).toMatchObject({
      status: 'ok',
      value: {
        objects: [
          { kind: 'Deployment', state: 'different' },
          { kind: 'Service', state: 'same' },
        ],
      },
    });
  });

  it('renders once for each application and commit, however often it is compared', async () => {
    const calls = () => sandbox.world.counters.read().argocd.calls;
    const query = {
      from: 'environment:default/sample-platform-ai-uat',
      to: 'environment:default/sample-platform-ai-dev',
    };
    await compare('sample-frontend', query);
    const before = calls();
    await Promise.all(
      Array.from({ length: 10 }, () => compare('sample-frontend', query)),
    );
    expect(calls() - before).toBeLessThan(5);
  });

  it('compares what Git says with what runs', async () => {
    const answer = await compare('sample-backend', {
      environment: 'environment:default/sample-platform-ai-dev',
      against: 'live',
    });
    expect(answer.from.kind).toBe('live');
    expect(answer.image.same).toBe(true);
    expect(answer.rendered).toMatchObject({ status: 'ok' });
    expect(answer.config).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('no overlay'),
    });
  });

  it('compares environments on ECS, and says what it cannot', async () => {
    const answer = await compare('mobilytics-api', {
      from: 'environment:default/mobilytics-staging',
      to: 'environment:default/mobilytics-sandbox',
    });
    expect(answer.config).toMatchObject({
      status: 'ok',
      value: {
        differences: [{ group: 'replicas', from: '2', to: '1' }],
      },
    });
    expect(answer.commits.status).toBe('ok');
    expect(answer.rendered).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('Amazon ECS applies no Kubernetes'),
    });
  });

  it.each([
    [{}, 400],
    [{ from: 'environment:default/sample-platform-ai-dev' }, 400],
    [{ environment: 'x', against: 'dead' }, 400],
    [{ from: 'a b', to: 'c' }, 400],
    [{ from: 'nowhere', to: 'elsewhere' }, 404],
  ])('refuses the comparison %j with %i', async (query, status) => {
    const { body } = await api
      .get(`${path('sample-backend')}/comparison`)
      .query(query);
    expect(body.response.statusCode).toBe(status);
  });

  it('shows a push within a second, though it polls once an hour', async () => {
    const file = 'gitops/overlays/uat/sample-frontend/kustomization.yaml';
    const content = await sandbox.world.git.readFile(GITOPS, 'main', file);
    const [dev] = await cellsOf('sample-frontend');
    if (dev.desired.status !== 'ok') throw new Error('Nothing is desired');
    const { version, digest } = dev.desired.value;
    await sandbox.world.git.commit(GITOPS, {
      branch: 'main',
      message: 'Release the frontend to uat',
      author: { name: 'Ada', email: 'ada@example.com' },
      files: [
        {
          path: file,
          content: content!.replace(
            /newTag: .*/,
            `newTag: ${version}@${digest}`,
          ),
        },
      ],
    });
    const pushedAt = performance.now();
    await until('uat wants what dev has', async () => {
      const [, uat] = await cellsOf('sample-frontend');
      return (
        uat.behind?.state === 'same' &&
        uat.desired.status === 'ok' &&
        uat.desired.value.author === 'Ada'
      );
    });
    // a second at most on a quiet machine; this one may be busy
    expect(performance.now() - pushedAt).toBeLessThan(5_000);
  });

  it('F69 refuses a push that nobody signed', async () => {
    await api.post(WEBHOOK).send({ ref: 'refs/heads/main' }).expect(401);
  });
});
