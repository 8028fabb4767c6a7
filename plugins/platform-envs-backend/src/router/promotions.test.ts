import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { ComponentDelivery } from '@fairway/plugin-platform-envs-common';
import { platformEnvsAdaptersExtensionPoint } from '@fairway/plugin-platform-envs-node';
import {
  aDeployment,
  FakeDeploymentSource,
  FakeGitHost,
} from '@fairway/plugin-platform-envs-node/testUtils';
import request from 'supertest';
import {
  aComponent,
  anEnvironment,
  anImage,
  anOverlay,
  BACKEND,
  DEV,
  PROD,
  REPOSITORY,
} from '../__testUtils__/entities';
import { impatientScheduler } from '../__testUtils__/impatientScheduler';
import { policyFake } from '../__testUtils__/policyFake';
import {
  aUser,
  LEADS,
  overlayPath,
  UAT,
} from '../services/promotions/__testUtils__/scene';
import plugin from '..';
import { createPromotionsRouter } from './promotions';

jest.setTimeout(60_000);

const HOST = 'git.example.com';
const BASE = '/api/platform-envs';

const entities = [
  aComponent('backend', { 'fairway.dev/environments': 'dev,uat,prod' }),
  anEnvironment('dev', { delivery: { policy: 'auto' } }),
  anEnvironment('uat', { promotionOrder: 20 }),
  anEnvironment('prod', {
    delivery: { policy: 'gated', minApprovals: 1, approvers: [LEADS] },
  }),
  aUser('developer', ['shop']),
  aUser('lead', ['shop', 'shop-leads']),
  aUser('other-developer', ['other']),
  aUser('other-lead', ['other', 'other-leads']),
  aUser('platform-engineer', ['platform-engineering']),
  aUser('on-call', ['on-call']),
  aUser('outsider', []),
];

async function start(
  options: { permissions?: boolean; gitHost?: boolean } = {},
) {
  const gitHost = new FakeGitHost();
  gitHost.push(REPOSITORY, 'main', {
    [overlayPath('dev')]: anOverlay('backend', '1.3.0'),
    [overlayPath('uat')]: anOverlay('backend', '1.2.0'),
    [overlayPath('prod')]: anOverlay('backend', '1.1.0'),
  });
  const source = new FakeDeploymentSource();
  source.set(
    Object.entries({ dev: '1.3.0', uat: '1.2.0', prod: '1.1.0' }).map(
      ([environment, version]) =>
        aDeployment({
          name: `backend-${environment}`,
          labels: {
            'fairway.dev/component': 'backend',
            'fairway.dev/environment': environment,
          },
          images: [anImage('backend', version)],
        }),
    ),
  );
  const adapters = createBackendModule({
    pluginId: 'platform-envs',
    moduleId: 'fakes',
    register(reg) {
      reg.registerInit({
        deps: { adapters: platformEnvsAdaptersExtensionPoint },
        async init(deps) {
          deps.adapters.addDeploymentSource(source);
          deps.adapters.addGitHost(HOST, gitHost);
        },
      });
    },
  });
  const auditor = mockServices.auditor.mock();
  const audited: Array<{ eventId: string; outcome: string }> = [];
  auditor.createEvent.mockImplementation(async ({ eventId }) => ({
    success: async () => void audited.push({ eventId, outcome: 'success' }),
    fail: async () => void audited.push({ eventId, outcome: 'fail' }),
  }));
  const { server } = await startTestBackend({
    features: [
      plugin,
      adapters,
      auditor.factory,
      impatientScheduler,
      policyFake(entities).factory,
      catalogServiceMock.factory({ entities }),
      mockServices.rootConfig.factory({
        data: {
          permission: { enabled: options.permissions ?? true },
          ...(options.gitHost !== false && {
            platformEnvs: { gitHost: { host: HOST } },
          }),
        },
      }),
    ],
  });
  const as = (role: string) => {
    const headers: Record<string, string> = {
      service: mockCredentials.service.header(),
      nobody: mockCredentials.none.header(),
    };
    const authorization =
      headers[role] ?? mockCredentials.user.header(`user:default/${role}`);
    return {
      get: (path: string) =>
        request(server)
          .get(BASE + path)
          .set('Authorization', authorization),
      post: (path: string, body: object) =>
        request(server)
          .post(BASE + path)
          .set('Authorization', authorization)
          .send(body),
    };
  };
  return { as, audited, gitHost };
}

/** The Delivery tab, once the catalog has been read. */
async function deliveryOf(person: {
  get: (path: string) => request.Test;
}): Promise<ComponentDelivery> {
  for (let i = 0; i < 50; i++) {
    const { status, body } = await person.get(
      '/components/default/component/backend/delivery',
    );
    if (status === 200) return body;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('The catalog was not read in 5 s');
}

const toProd = (idempotencyKey: string, overrides: object = {}) => ({
  componentRef: BACKEND,
  fromEnvironmentRef: UAT,
  toEnvironmentRef: PROD,
  reason: 'Release it',
  idempotencyKey,
  ...overrides,
});

const ROLES = [
  'developer',
  'lead',
  'other-developer',
  'other-lead',
  'platform-engineer',
  'on-call',
  'outsider',
  'stranger',
  'service',
  'nobody',
];

/** What each role gets from each route that changes something, on a promotion that the developer asked for. */
const MATRIX: Record<string, number[]> = {
  'POST /promotions/plan': [200, 200, 403, 403, 403, 403, 403, 403, 403, 401],
  'POST /promotions': [201, 200, 403, 403, 403, 403, 403, 403, 403, 401],
  'POST /promotions/:id/approvals': [
    403, 200, 403, 403, 403, 403, 403, 403, 403, 401,
  ],
  'POST /promotions/:id/cancellation': [
    200, 403, 403, 403, 200, 403, 403, 403, 403, 401,
  ],
};

function routesOf(unavailableReason?: string): string[] {
  const router = createPromotionsRouter({ unavailableReason } as never);
  return router.stack.flatMap(({ route }) =>
    route
      ? Object.keys((route as never as { methods: object }).methods).map(
          method => `${method.toUpperCase()} ${route.path}`,
        )
      : [],
  );
}

describe('who may change something', () => {
  it('F09 has a row of the matrix for every route that changes something', () => {
    const changing = routesOf().filter(route => !route.startsWith('GET '));
    expect(changing.sort()).toEqual(Object.keys(MATRIX).sort());
  });

  const cells = Object.entries(MATRIX).flatMap(([route, codes]) =>
    ROLES.map((role, index) => [route, role, codes[index]] as const),
  );
  let backend: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    backend = await start();
  });

  it.each(cells)('F07 %s by %s gives %d', async (route, role, status) => {
    const { as } = backend;
    const { body: existing } = await as('developer').post(
      '/promotions',
      toProd('matrix'),
    );
    const path = route.split(' ')[1].replace(':id', existing.id);
    const bodies: Record<string, object> = {
      'POST /promotions/plan': toProd('x'),
      'POST /promotions': toProd(`${route}${role}`),
      'POST /promotions/:id/approvals': {
        verdict: 'approve',
        comment: 'Yes',
        planDigest: existing.plan.planDigest,
      },
      'POST /promotions/:id/cancellation': { reason: 'No' },
    };
    // Only the first to ask makes a promotion; others are led to it.
    const fresh = await start();
    const target =
      status < 300 && route !== 'POST /promotions/plan' ? fresh : backend;
    let realPath = path;
    if (target === fresh && route !== 'POST /promotions') {
      const { body } = await fresh
        .as('developer')
        .post('/promotions', toProd('own'));
      realPath = route.split(' ')[1].replace(':id', body.id);
    }
    if (target === fresh && status === 200 && route === 'POST /promotions') {
      await fresh.as('developer').post('/promotions', toProd('first'));
    }
    const response = await target.as(role).post(realPath, bodies[route]);
    expect(response.status).toBe(status);
  });

  it('lets people of the catalog and services read, and nobody else', async () => {
    const codes: Record<string, number> = {};
    for (const role of ROLES) {
      codes[role] = (await backend.as(role).get('/promotions')).status;
    }
    expect(codes).toEqual({
      ...Object.fromEntries(ROLES.map(role => [role, 200])),
      stranger: 403,
      nobody: 401,
    });
  });
});

describe('/promotions', () => {
  it('answers 201 to a new request, 200 to the same, 422 to another under its key', async () => {
    const { as, audited } = await start();
    const first = await as('developer').post('/promotions', toProd('k'));
    expect([first.status, first.body.state]).toEqual([201, 'WAITING']);
    const again = await as('developer').post('/promotions', toProd('k'));
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    await as('developer')
      .post('/promotions', toProd('k', { reason: 'Another' }))
      .expect(422);
    expect(audited).toEqual([
      { eventId: 'promotion-request', outcome: 'success' },
      { eventId: 'promotion-request', outcome: 'success' },
      { eventId: 'promotion-request', outcome: 'fail' },
    ]);
  });

  it('F01 makes one decision and one commit of a hundred clicks', async () => {
    const { as, gitHost } = await start();
    const { body } = await as('developer').post('/promotions', toProd('k'));
    const decision = {
      verdict: 'approve',
      comment: 'Yes',
      planDigest: body.plan.planDigest,
    };
    const responses = await Promise.all(
      Array.from({ length: 100 }, () =>
        as('lead').post(`/promotions/${body.id}/approvals`, decision),
      ),
    );
    const codes = new Set(responses.map(r => r.status));
    expect([...codes].every(code => [200, 409].includes(code))).toBe(true);
    for (let i = 0; i < 100; i++) {
      const { body: detail } = await as('lead').get(`/promotions/${body.id}`);
      if (detail.promotion.commitSha) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    const { body: detail } = await as('lead').get(`/promotions/${body.id}`);
    expect(detail.promotion.approvals).toHaveLength(1);
    expect(
      gitHost
        .log(REPOSITORY, 'main')
        .filter(c => c.body.includes(`Promotion-Id: ${body.id}`)),
    ).toHaveLength(1);
  });

  it('F03 says self_approval to the requester, and has it audited', async () => {
    const { as, audited } = await start();
    const { body } = await as('lead').post('/promotions', toProd('k'));
    const response = await as('lead').post(`/promotions/${body.id}/approvals`, {
      verdict: 'approve',
      comment: 'Mine',
      planDigest: body.plan.planDigest,
    });
    expect(response.status).toBe(403);
    expect(response.body.error.message).toMatch(/^self_approval/);
    expect(audited).toContainEqual({
      eventId: 'promotion-decide',
      outcome: 'fail',
    });
  });

  it('answers 409 plan_changed to a decision on another plan', async () => {
    const { as } = await start();
    const { body } = await as('developer').post('/promotions', toProd('k'));
    const response = await as('lead').post(`/promotions/${body.id}/approvals`, {
      verdict: 'approve',
      comment: 'Yes',
      planDigest: '0'.repeat(64),
    });
    expect(response.status).toBe(409);
    expect(response.body.error.message).toMatch(/^plan_changed/);
  });

  it.each([
    ['no comment', { comment: ' ' }, /comment: must not be empty/],
    ['F82 a long comment', { comment: 'x'.repeat(2001) }, /comment: .*2000/],
    ['another verdict', { verdict: 'perhaps' }, /verdict/],
    ['no digest', { planDigest: undefined }, /planDigest/],
  ])('answers 400 to a decision with %s', async (_, change, message) => {
    const { as } = await start();
    const { body } = await as('developer').post('/promotions', toProd('k'));
    const response = await as('lead').post(`/promotions/${body.id}/approvals`, {
      verdict: 'approve',
      comment: 'Yes',
      planDigest: body.plan.planDigest,
      ...change,
    });
    expect(response.status).toBe(400);
    expect(response.body.error.message).toMatch(message);
  });

  it.each([
    [
      'a ref of another kind',
      { componentRef: 'user:default/x' },
      /componentRef/,
    ],
    ['nonsense', { toEnvironmentRef: '::' }, /toEnvironmentRef/],
    ['no reason', { reason: '' }, /reason/],
    ['no key', { idempotencyKey: '' }, /idempotencyKey/],
  ])('answers 400 to a request with %s', async (_, change, message) => {
    const { as } = await start();
    const response = await as('developer').post(
      '/promotions',
      toProd('k', change),
    );
    expect(response.status).toBe(400);
    expect(response.body.error.message).toMatch(message);
  });

  it('lists and shows, for whoever looks', async () => {
    const { as } = await start();
    const { body } = await as('developer').post('/promotions', toProd('k'));
    const ids = async (role: string, query: string) =>
      (await as(role).get(`/promotions?${query}`)).body.items.map(
        (item: { promotion: { id: string } }) => item.promotion.id,
      );
    expect(await ids('lead', 'scope=waiting')).toEqual([body.id]);
    expect(await ids('developer', 'scope=waiting')).toEqual([]);
    expect(await ids('developer', 'mine=true')).toEqual([body.id]);
    expect(await ids('lead', 'mine=true')).toEqual([]);
    expect(await ids('lead', `environmentRef=${PROD}`)).toEqual([body.id]);
    expect(await ids('lead', `environmentRef=${DEV}`)).toEqual([]);
    expect(await ids('lead', 'state=FAILED')).toEqual([]);
    await as('lead').get('/promotions?scope=none').expect(400);
    await as('lead').get('/promotions/nonsense').expect(400);
    await as('lead')
      .get(`/promotions/${'0'.repeat(26)}`)
      .expect(404);
    const { body: detail } = await as('developer').get(
      `/promotions/${body.id}`,
    );
    expect(detail.availableActions[0].reason).toBe(
      'You asked for this promotion; another member of shop-leads must approve.',
    );
  });

  it('tells the Delivery tab what can be promoted, and by whom', async () => {
    const { as } = await start();
    await as('developer').post('/promotions', toProd('k'));
    const mine = await deliveryOf(as('developer'));
    expect(mine.promotions).toHaveLength(1);
    expect(
      mine.promotionTargets.map((t: { allowed: boolean }) => t.allowed),
    ).toEqual([false, true, true]);
    const theirs = await deliveryOf(as('outsider'));
    expect(theirs.promotionTargets[2]).toMatchObject({
      allowed: false,
      reason: 'Only members of shop can ask for a promotion to prod.',
    });
  });

  it('answers the permission system about its resources', async () => {
    const { as } = await start();
    const apply = (environmentRef: string, rule: string, claims: string[]) =>
      as('service').post(
        '/.well-known/backstage/permissions/apply-conditions',
        {
          items: [
            {
              id: '1',
              resourceType: 'platform-envs-promotion-target',
              resourceRef: `${BACKEND}@${environmentRef}`,
              conditions: {
                resourceType: 'platform-envs-promotion-target',
                rule,
                params: { claims },
              },
            },
          ],
        },
      );
    const result = async (...args: Parameters<typeof apply>) =>
      (await apply(...args)).body.items[0].result;
    expect(await result(PROD, 'IS_APPROVER', [LEADS])).toBe('ALLOW');
    expect(await result(UAT, 'IS_APPROVER', [LEADS])).toBe('DENY');
    expect(await result(PROD, 'IS_TEAM_MEMBER', ['group:default/shop'])).toBe(
      'ALLOW',
    );
    expect(await result(PROD, 'IS_TEAM_MEMBER', [LEADS])).toBe('DENY');
    expect(
      await result('environment:default/none', 'IS_APPROVER', [LEADS]),
    ).toBe('DENY');
  });
});

describe('F08 where permissions are off', () => {
  it('has no route that changes something, and says why', async () => {
    const { as } = await start({ permissions: false });
    for (const path of [
      '/promotions',
      '/promotions/plan',
      `/promotions/${'0'.repeat(26)}/approvals`,
      `/promotions/${'0'.repeat(26)}/cancellation`,
    ]) {
      await as('lead').post(path, toProd('k')).expect(404);
    }
    const { body } = await as('lead').get('/promotions').expect(200);
    expect(body).toEqual({
      items: [],
      unavailableReason:
        'Nothing can be promoted, for permissions are off: set permission.enabled to true.',
    });
    expect(routesOf('reason').every(route => route.startsWith('GET '))).toBe(
      true,
    );
  });

  it('says so too where there is no Git host', async () => {
    const { as } = await start({ gitHost: false });
    await as('lead').post('/promotions', toProd('k')).expect(404);
    const { body } = await as('lead').get('/promotions').expect(200);
    expect(body.unavailableReason).toMatch(/platformEnvs.gitHost.host/);
    const delivery = await deliveryOf(as('developer'));
    expect(delivery.promotionTargets[1].reason).toMatch(/no Git host/);
  });
});
