import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { notificationService } from '@backstage/plugin-notifications-node';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  FirstDelivery,
  FirstDeliveryStep,
} from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { FollowedAnswers, followAnswers } from './__testUtils__/followAnswers';
import { impatientScheduler } from './__testUtils__/impatientScheduler';
import { sandboxConfig } from './__testUtils__/sandboxConfig';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import { until } from './__testUtils__/until';
import plugin from '.';

jest.setTimeout(60_000);

const MOBILYTICS = PLATFORMS.filter(p => p.system === 'mobilytics');
const [{ org, gitopsRepository, sharedAccountId }] = MOBILYTICS;
const SYSTEM = 'system:default/mobilytics';
const DEVELOPER = 'user:default/developer';
const author = { name: 'Dev', email: 'dev@example.com' };

const system: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'System',
  metadata: {
    name: 'mobilytics',
    namespace: 'default',
    annotations: {
      'fairway.dev/github-org': org,
      'fairway.dev/registry-account-id': sharedAccountId,
      'fairway.dev/registry-region': 'us-east-1',
    },
  },
  spec: { owner: 'group:default/mobilytics' },
};

const component = (name: string): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name,
    namespace: 'default',
    annotations: { 'fairway.dev/environments': 'sandbox' },
  },
  spec: {
    type: 'service',
    lifecycle: 'experimental',
    owner: 'group:default/mobilytics',
    system: 'mobilytics',
  },
});

describe('first deliveries on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let answers: FollowedAnswers;
  let stop: () => Promise<void>;
  let api: (userRef?: string) => {
    get: (path: string) => request.Test;
    follow: (body: object) => request.Test;
  };
  const send = jest.fn(async (_: unknown) => {});
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
    const backend = await startTestBackend({
      features: [
        plugin,
        impatientScheduler,
        createServiceFactory({
          service: notificationService,
          deps: {},
          factory: () => ({ send }),
        }),
        catalogServiceMock.factory({
          entities: [
            ...sandboxEntities(MOBILYTICS),
            system,
            component('orders'),
            component('no-registry'),
          ],
        }),
        mockServices.permissions.mock({
          authorize: async (requests, { credentials }) =>
            requests.map(({ permission }) => ({
              result:
                permission.name === 'platform-envs.environment.read' ||
                (credentials.principal as { userEntityRef?: string })
                  .userEntityRef !== 'user:default/outsider'
                  ? AuthorizeResult.ALLOW
                  : AuthorizeResult.DENY,
            })) as never,
        }).factory,
        mockServices.rootConfig.factory({
          data: sandboxConfig(
            { github: sandbox.urls.github, argocd: '' },
            {
              platformEnvs: {
                argocd: {},
                ecs: { pollInterval: { seconds: 1 } },
                gitPollInterval: { seconds: 1 },
              },
            },
          ),
        }),
      ],
    });
    stop = () => backend.stop();
    answers = followAnswers(backend.server as Server);
    api = (userRef = DEVELOPER) => {
      const authorization = mockCredentials.user.header(userRef);
      const base = '/api/platform-envs/first-deliveries';
      const server = request(backend.server);
      return {
        get: path =>
          server.get(`${base}${path}`).set('Authorization', authorization),
        follow: body =>
          server.post(base).set('Authorization', authorization).send(body),
      };
    };
  });

  afterAll(async () => {
    await stop?.();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  /** An image repository that the account of the environment may pull from. */
  const createRegistry = (name: string) =>
    sandbox.world.images.repositories.create(
      { accountId: sharedAccountId, region: 'us-east-1' },
      name,
      {
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: {
                AWS: `arn:aws:iam::${MOBILYTICS[0].environments[0].accountId}:root`,
              },
              Action: 'ecr:*',
            },
          ],
        }),
      },
    );

  /** What the actions of a template leave behind, but for the registry. */
  async function create(name: string) {
    await sandbox.world.git.commit(gitopsRepository, {
      branch: 'main',
      message: `Add ${name} to sandbox`,
      author,
      files: [
        {
          path: `deploy/sandbox/${name}.tfvars.json`,
          content: JSON.stringify({
            image_repository: `${sharedAccountId}.dkr.ecr.us-east-1.amazonaws.com/${name}`,
            image_tag: 'unreleased',
            image_digest: '',
            desired_count: 1,
          }),
        },
      ],
    });
    const response = await fetch(
      `${sandbox.urls.github}/api/v3/orgs/${org}/repos`,
      {
        method: 'POST',
        headers: { authorization: 'Bearer sandbox-github-token' },
        body: JSON.stringify({ name }),
      },
    );
    expect(response.status).toBe(201);
    await sandbox.world.git.commit(`${org}/${name}`, {
      branch: 'main',
      message: `Create ${name}`,
      author,
      files: [
        { path: 'Dockerfile', content: 'FROM scratch\n' },
        { path: '.github/workflows/ci.yml', content: 'name: ci\n' },
      ],
    });
  }

  async function ended(id: string): Promise<FirstDelivery> {
    let last: FirstDelivery | undefined;
    await until('the delivery ends', async () => {
      last = (await api().get(`/${id}`).expect(200)).body;
      return last!.state !== 'following';
    }).catch(error => {
      throw new Error(`${error.message}: ${JSON.stringify(last?.steps)}`);
    });
    return last!;
  }

  const ask = (name: string, more: object = {}) => ({
    componentRef: `component:default/${name}`,
    systemRef: SYSTEM,
    taskId: `task-${name}`,
    ...more,
  });
  const states = (delivery: FirstDelivery) =>
    delivery.steps.map((step: FirstDeliveryStep) => step.state).join(' ');

  it('follows a service on ECS from its push until it runs, and tells its requester once', async () => {
    createRegistry('orders');
    await create('orders');
    const { body } = await api().follow(ask('orders')).expect(201);
    const again = await api().follow(ask('orders')).expect(200);
    expect(again.body.id).toBe(body.id);
    const open = await api().get('?mine=true').expect(200);
    expect(open.body.items).toMatchObject([{ id: body.id }]);

    const delivery = await ended(body.id);
    expect(states(delivery)).toBe('done done skipped done done done');
    expect(delivery).toMatchObject({
      state: 'delivered',
      environmentName: 'sandbox',
      repository: `${org}/orders`,
      requestedBy: DEVELOPER,
      release: { version: '0.1.0' },
      endedAt: expect.any(String),
    });
    expect(delivery.steps[0].link!.url).toBe(
      `${sandbox.urls.github}/${org}/orders`,
    );
    await until(
      'the requester is told',
      async () => send.mock.calls.length > 0,
    );
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith({
      recipients: { type: 'entity', entityRef: DEVELOPER },
      payload: expect.objectContaining({
        title: 'orders runs in sandbox',
        link: '/catalog/default/component/orders/delivery',
        scope: `first-delivery:${body.id}:delivered`,
      }),
    });
    const none = await api().get('').expect(200);
    expect(none.body.items).toEqual([]);
    const all = await api().get('?scope=all&componentRef=orders').expect(200);
    expect(all.body.items).toHaveLength(1);
  });

  it('says why CI failed, and goes on by itself when that is mended', async () => {
    await create('no-registry');
    const { body } = await api().follow(ask('no-registry')).expect(201);
    const stopped = await ended(body.id);
    expect(stopped.state).toBe('stopped');
    expect(states(stopped)).toBe('done failed skipped waiting waiting waiting');
    expect(stopped.sentence).toContain(
      "job build: name unknown: The repository with name 'no-registry' does not exist",
    );
    expect(stopped.steps[1].link!.url).toMatch(/\/actions\/runs\/\d+$/);
    await until('the requester is told', async () =>
      send.mock.calls.some(([sent]) =>
        JSON.stringify(sent).includes(
          'no-registry stopped on its way to sandbox: image built',
        ),
      ),
    );

    createRegistry('no-registry');
    await sandbox.world.git.commit(`${org}/no-registry`, {
      branch: 'main',
      message: 'Try again',
      author,
      files: [{ path: 'README.md', content: 'Again\n' }],
    });
    // whoever retries has it looked at at once
    await until('it is followed again', async () => {
      await api().follow(ask('no-registry')).expect(200);
      const { body: now } = await api().get(`/${body.id}`);
      return now.state !== 'stopped';
    });
    expect((await ended(body.id)).state).toBe('delivered');
  });

  it.each<[string, object, number, string]>([
    ['no system', { systemRef: undefined }, 400, 'systemRef'],
    ['an unknown system', { systemRef: 'system:default/none' }, 404, 'none'],
    [
      'an environment that is none of its own',
      { environment: 'moon' },
      400,
      'no environment "moon"; it has sandbox, dogfood, dev, staging, prod',
    ],
    [
      'a repository of somebody else',
      { repositoryName: '../other/thing' },
      400,
      'repositoryName',
    ],
    ['something else', { surprise: 1 }, 400, 'surprise'],
  ])('refuses %s', async (_, change, status, message) => {
    const { body } = await api().follow(ask('orders', change)).expect(status);
    expect(body.error.message).toContain(message);
  });

  it('lets nobody have followed what they may not create, and everybody look', async () => {
    const outsider = api('user:default/outsider');
    const { body } = await outsider.follow(ask('orders')).expect(403);
    expect(body.error.message).toContain('platform-envs.component.create');
    await outsider.get('?scope=all').expect(200);
    await outsider.get('/not-an-id').expect(400);
    await outsider.get('/01KJM0000000000000000000AB').expect(404);
  });

  it('answers as the description of the API says', () => {
    expect(answers.problems).toEqual([]);
    expect([...answers.seen]).toEqual(
      expect.arrayContaining([
        'listFirstDeliveries',
        'followFirstDelivery',
        'getFirstDelivery',
      ]),
    );
  });
});
