import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { PromotionDetail } from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { impatientScheduler } from './__testUtils__/impatientScheduler';
import { policyFake } from './__testUtils__/policyFake';
import { sandboxConfig } from './__testUtils__/sandboxConfig';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import { until } from './__testUtils__/until';
import { aUser } from './services/promotions/__testUtils__/scene';
import plugin from '.';

jest.setTimeout(120_000);

const MOBILYTICS = PLATFORMS.filter(p => p.system === 'mobilytics');
const COMPONENT = 'component:default/mobilytics-api';
const environment = (name: string) => `environment:default/mobilytics-${name}`;

/** The sandbox's catalog; to staging releases come by hand. */
function catalogEntities(): Entity[] {
  return [
    ...sandboxEntities(MOBILYTICS).map(entity =>
      entity.metadata.name === 'mobilytics-staging'
        ? ({
            ...entity,
            spec: { ...entity.spec, delivery: { policy: 'manual' } },
          } as Entity)
        : entity,
    ),
    aUser('developer', ['mobilytics']),
  ];
}

describe('promotions to ECS, on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let stop: () => Promise<void>;
  let get: (path: string) => request.Test;
  let post: (path: string, body: object) => request.Test;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: MOBILYTICS,
      speed: 20,
      only: ['github', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    const entities = catalogEntities();
    const backend = await startTestBackend({
      features: [
        plugin,
        catalogServiceMock.factory({ entities }),
        impatientScheduler,
        policyFake(entities).factory,
        mockServices.rootConfig.factory({
          data: {
            permission: { enabled: true },
            ...sandboxConfig(
              { github: sandbox.urls.github, argocd: '' },
              {
                platformEnvs: {
                  argocd: {},
                  ecs: { pollInterval: { seconds: 1 } },
                  gitPollInterval: { seconds: 1 },
                  promotions: { soak: { seconds: 1 } },
                },
              },
            ),
          },
        }),
      ],
    });
    stop = () => backend.stop();
    const authorization = mockCredentials.user.header('user:default/developer');
    const api = request(backend.server);
    get = path =>
      api.get(`/api/platform-envs${path}`).set('Authorization', authorization);
    post = (path, body) =>
      api
        .post(`/api/platform-envs${path}`)
        .set('Authorization', authorization)
        .send(body);
  });

  afterAll(async () => {
    await stop?.();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  const cellIn = async (name: string) => {
    const { body } = await get(
      '/components/default/component/mobilytics-api/delivery',
    );
    return body.row.cells.find(
      (c: { environmentRef: string }) => c.environmentRef === environment(name),
    );
  };

  it('is followed from its commit until ECS runs the release and is well', async () => {
    await until('dev is known to be well', async () => {
      return (await cellIn('dev'))?.state === 'healthy';
    });
    expect((await cellIn('staging')).live.value.version).toBe('0.8.3');
    let id = '';
    await until('it can be asked for', async () => {
      const { status, body } = await post('/promotions', {
        componentRef: COMPONENT,
        fromEnvironmentRef: environment('dev'),
        toEnvironmentRef: environment('staging'),
        reason: 'Release to staging',
        idempotencyKey: 'dev-staging',
      });
      id = body.id;
      return status === 201;
    });
    const detail = async (): Promise<PromotionDetail> =>
      (await get(`/promotions/${id}`).expect(200)).body;
    await until('the promotion succeeds', async () => {
      const { promotion, events } = await detail();
      if (promotion.state === 'FAILED') {
        throw new Error(
          events.map(e => `${e.toState}: ${e.message}`).join('\n'),
        );
      }
      return promotion.state === 'SUCCEEDED';
    });
    const { events } = await detail();
    const messages = events.map(e => e.message);
    expect(messages).toContainEqual(
      expect.stringMatching(/^mobilytics-api runs .*0\.8\.4/),
    );
    expect(messages).toContain('mobilytics-api is Healthy and Synced.');
    await until('the board says so, too', async () => {
      const { state, live } = await cellIn('staging');
      return state === 'healthy' && live.value?.version === '0.8.4';
    });
  });
});
