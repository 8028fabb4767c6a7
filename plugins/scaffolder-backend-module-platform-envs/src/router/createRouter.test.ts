import {
  CreateRepositoryCommand,
  ECRClient,
  TagResourceCommand,
} from '@aws-sdk/client-ecr';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import express from 'express';
import request from 'supertest';
import {
  openSandboxPlatform,
  SandboxPlatform,
  seedEntities,
} from '../__testUtils__/sandboxPlatform';
import { NameChecks } from '../names/NameChecks';
import { createRouter } from './createRouter';

const SYSTEM = 'system:default/sample-platform-ai';
const TEAM = 'group:default/sample-platform-ai';

describe('names', () => {
  let platform: SandboxPlatform<Sandbox>;
  let ecr: ECRClient;

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['aws', 'github'] }),
    );
    const { sdkCredentialProvider } =
      await platform.awsCredentials.getCredentialProvider({
        accountId: '111100000000',
      });
    ecr = new ECRClient({
      region: 'ap-southeast-2',
      credentials: sdkCredentialProvider,
    });
  }, 60_000);
  afterEach(() => platform.world.faults.remove());
  afterAll(() => platform.stop());

  /** The routes as the portal mounts them, for a person of the given groups. */
  function serve(
    options: {
      may?: boolean;
      groups?: string[];
      timeoutMs?: number;
      now?: () => number;
      awsFails?: Error;
    } = {},
  ) {
    const { may = true, groups = [TEAM], timeoutMs, now, awsFails } = options;
    const catalog = catalogServiceMock({
      entities: [
        ...seedEntities(),
        {
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: {
            name: 'ledger',
            annotations: {
              'github.com/project-slug':
                'sample-platform-ai/sample-platform-ai',
            },
          },
          spec: { owner: 'group:default/mobilytics' },
        },
        {
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: {
            name: 'sample-platform-ai-backend',
            annotations: { 'fairway.dev/gitops-name': 'sample-backend' },
          },
          spec: { owner: TEAM, system: 'sample-platform-ai' },
        },
      ],
    });
    const result: AuthorizeResult.ALLOW | AuthorizeResult.DENY = may
      ? AuthorizeResult.ALLOW
      : AuthorizeResult.DENY;
    const authorize = jest.fn(async (requests: unknown[]) =>
      requests.map(() => ({ result })),
    );
    const names = new NameChecks({
      ...platform,
      ...(awsFails && {
        awsCredentials: {
          getCredentialProvider: async () => {
            throw awsFails;
          },
        },
      }),
      catalog,
      logger: mockServices.logger.mock(),
      timeoutMs,
      now,
    });
    const app = express()
      .use(
        createRouter({
          httpAuth: mockServices.httpAuth(),
          userInfo: mockServices.userInfo({ ownershipEntityRefs: groups }),
          permissions: mockServices.permissions.mock({ authorize }),
          catalog,
          names,
        }),
      )
      .use(mockErrorHandler());
    const ask = (
      name: string,
      query: object = { system: SYSTEM },
      person = 'user:default/sample-platform-developer',
    ) =>
      request(app)
        .get(`/platform-envs/names/${encodeURIComponent(name)}`)
        .query(query)
        .set('authorization', mockCredentials.user.header(person));
    return { app, ask, authorize };
  }

  const upstreamCalls = () =>
    Object.entries(platform.world.counters.read())
      .flatMap(([, { routes }]) => Object.values(routes))
      .reduce((sum, { calls }) => sum + calls, 0);

  it('says that a name is free in all places', async () => {
    const { body, status, headers } = await serve().ask('brand-new-thing');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ name: 'brand-new-thing', system: SYSTEM });
    expect(body.places).toEqual([
      {
        place: 'catalog',
        state: 'free',
        what: 'component:default/brand-new-thing',
      },
      {
        place: 'repository',
        state: 'free',
        what: 'sample-platform-ai/brand-new-thing',
      },
      {
        place: 'registry',
        state: 'free',
        what: 'brand-new-thing in account 111100000000 (ap-southeast-2)',
      },
      {
        place: 'desiredState',
        state: 'free',
        what: 'sample-platform-ai/sample-platform-ai/gitops/overlays/dev/brand-new-thing',
      },
    ]);
  });

  it('says whose a component is, with a link', async () => {
    const { body } = await serve().ask('ledger');
    expect(body.places[0]).toEqual({
      place: 'catalog',
      state: 'taken',
      what: 'component:default/ledger',
      whose: 'group:default/mobilytics',
      url: '/catalog/default/component/ledger',
    });
  });

  it('says whose a repository is by the component that lives there', async () => {
    const { body } = await serve({ groups: ['group:default/mobilytics'] }).ask(
      'sample-platform-ai',
    );
    expect(body.places[1]).toEqual({
      place: 'repository',
      state: 'mine',
      what: 'sample-platform-ai/sample-platform-ai',
      whose: 'group:default/mobilytics',
      url: expect.stringMatching(/\/sample-platform-ai\/sample-platform-ai$/),
    });
  });

  it('says where something is deployed under that name, and whose it is', async () => {
    const { body } = await serve().ask('sample-backend');
    expect(body.places[3]).toEqual({
      place: 'desiredState',
      state: 'mine',
      what: 'sample-platform-ai/sample-platform-ai/gitops/overlays/dev/sample-backend',
      whose: TEAM,
      url: expect.stringMatching(
        /\/sample-platform-ai\/sample-platform-ai\/tree\/main\/gitops\/overlays\/dev\/sample-backend$/,
      ),
    });
  });

  it('says whose an image repository is by its tags, also when they are odd', async () => {
    for (const [repositoryName, owner] of [
      ['tagged-one', TEAM],
      ['oddly-tagged', 'Jane Doe: ring 555 / web'],
      ['untagged', undefined],
    ] as const) {
      const { repository } = await ecr.send(
        new CreateRepositoryCommand({ repositoryName }),
      );
      if (owner) {
        await ecr.send(
          new TagResourceCommand({
            resourceArn: repository!.repositoryArn,
            tags: [{ Key: 'Owner', Value: owner }],
          }),
        );
      }
    }
    const { ask } = serve();
    const inRegistry = async (name: string) => (await ask(name)).body.places[2];
    expect(await inRegistry('tagged-one')).toMatchObject({
      state: 'mine',
      whose: TEAM,
    });
    expect(await inRegistry('oddly-tagged')).toMatchObject({
      state: 'taken',
      whose: 'Jane Doe: ring 555 / web',
    });
    const untagged = await inRegistry('untagged');
    expect(untagged.state).toBe('taken');
    expect(untagged).not.toHaveProperty('whose');
  });

  it.each([
    ['F27', '../../x'],
    ['F27', '%2e%2e%2f'],
    ['F27', '..\\x'],
    ['F27', 'a\0b'],
    ['F28', '${{ secrets.x }}'],
    ['F28', '{{7*7}}'],
    ['F29', 'x'.repeat(4000)],
    ['F29', '🚢ship'],
    ['F29', 'abc\u202e'],
    ['F29', 'prod'],
  ])(
    '%s %# refuses what can never be a name before anybody is asked',
    async (_fault, name) => {
      const { ask, authorize } = serve();
      const before = upstreamCalls();
      const { status, body } = await ask(name);
      expect(status).toBe(400);
      expect(body.error.message).toContain('cannot be the name of a component');
      expect(authorize).not.toHaveBeenCalled();
      expect(upstreamCalls()).toBe(before);
    },
  );

  it.each([
    ['none', {}],
    ['several', { system: [SYSTEM, SYSTEM] }],
    ['a megabyte of it', { system: 'x'.repeat(5000) }],
  ])('refuses a question with %s of the platform', async (_what, query) => {
    const { status, body } = await serve().ask('orders', query);
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/^Say which platform the name is for/);
  });

  it('says that there is no such platform', async () => {
    const { status, body } = await serve().ask('orders', { system: 'nowhere' });
    expect(status).toBe(404);
    expect(body.error.message).toContain('system:default/nowhere');
  });

  it('tells nothing to who is not signed in', async () => {
    const { status } = await request(serve().app)
      .get('/platform-envs/names/orders')
      .set('authorization', mockCredentials.none.header())
      .query({ system: SYSTEM });
    expect(status).toBe(401);
  });

  it('asks nobody for who may not create there, also when it knows the answer', async () => {
    const before = upstreamCalls();
    const { status, body } = await serve({ may: false }).ask('orders');
    expect(status).toBe(403);
    expect(body.error.message).toContain('its owners may, group:default/');
    expect(upstreamCalls()).toBe(before);
  });

  it('calls a place that fails unknown, never free, and asks it anew', async () => {
    const { ask } = serve();
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/repos/:owner/:repo',
      kind: 'status',
      status: 503,
    });
    const { body } = await ask('orders');
    expect(body.places.map((p: { state: string }) => p.state)).toEqual([
      'free',
      'unknown',
      'free',
      'unknown',
    ]);
    expect(body.places[1].reason).toBe('GitHub answered 503');

    platform.world.faults.remove();
    const again = await ask('orders');
    expect(again.body.places[1].state).toBe('free');
  });

  it('does not wait for a place that stalls', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/repos/:owner/:repo',
      kind: 'stall',
    });
    const { body } = await serve({ timeoutMs: 300 }).ask('orders');
    expect(body.places[1]).toMatchObject({
      state: 'unknown',
      reason: 'GitHub did not answer within 0.3 s',
    });
  });

  it('F37 passes on that GitHub asks to slow down, without waiting', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/repos/:owner/:repo',
      kind: 'status',
      status: 429,
    });
    const { body } = await serve().ask('orders');
    expect(body.places[1].reason).toBe(
      'GitHub asks the portal to slow down; try again in a minute',
    );
  });

  it('keeps what an upstream said of the portal to itself', async () => {
    const { body } = await serve({
      awsFails: Object.assign(
        new Error('User: arn:aws:iam::111100000000:role/secret-role is not'),
        { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } },
      ),
    }).ask('orders');
    expect(body.places[2]).toMatchObject({
      state: 'unknown',
      reason: "ECR refuses the portal's credentials (403)",
    });
    expect(JSON.stringify(body)).not.toContain('secret-role');
  });

  it('asks upstreams once within ten seconds, for each person', async () => {
    let now = Date.parse('2026-11-23T10:00:00Z');
    const { ask, authorize } = serve({ now: () => now });
    const first = await ask('orders');
    expect(first.body.checkedAt).toBe('2026-11-23T10:00:00.000Z');
    const after = upstreamCalls();

    now += 9_000;
    const second = await ask('orders');
    expect(second.body.checkedAt).toBe('2026-11-23T10:00:00.000Z');
    expect(upstreamCalls()).toBe(after);
    expect(authorize).toHaveBeenCalledTimes(2);

    const other = await ask('orders', undefined, 'user:default/other');
    expect(other.body.checkedAt).toBe('2026-11-23T10:00:09.000Z');

    now += 2_000;
    const later = await ask('orders');
    expect(later.body.checkedAt).toBe('2026-11-23T10:00:11.000Z');
    expect(upstreamCalls()).toBeGreaterThan(after);
  });

  it('holds back who asks more than sixty times a minute, and only them', async () => {
    const { ask } = serve();
    for (let i = 0; i < 60; i++) await ask('orders');
    const { status, headers, body } = await ask('orders');
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body.error.message).toMatch(/more than 60 times within a minute/);
    const other = await ask('orders', undefined, 'user:default/other');
    expect(other.status).toBe(200);
  });
});
