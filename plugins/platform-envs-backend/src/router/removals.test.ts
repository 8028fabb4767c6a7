import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Server } from 'node:http';
import request from 'supertest';
import { aComponent, anEnvironment, BACKEND } from '../__testUtils__/entities';
import { FollowedAnswers, followAnswers } from '../__testUtils__/followAnswers';
import { policyFake } from '../__testUtils__/policyFake';
import { aUser, LEADS } from '../services/promotions/__testUtils__/scene';
import plugin from '..';

const entities = [
  aComponent('backend', {}, { owner: 'group:default/shop' }),
  anEnvironment('dev', { delivery: { policy: 'auto' } }),
  anEnvironment('prod', {
    delivery: { policy: 'gated', minApprovals: 1, approvers: [LEADS] },
  }),
  aUser('developer', ['shop']),
  aUser('lead', ['shop', 'shop-leads']),
  aUser('other', ['elsewhere']),
];

const ask = (changes: object = {}) => ({
  componentRef: BACKEND,
  reason: 'Replaced',
  things: [
    {
      kind: 'file',
      name: 'gitops/overlays/prod/backend/kustomization.yaml',
      where: 'shop/gitops@main',
      change: 'remove',
    },
  ],
  foreign: [],
  keepImages: true,
  despiteDependents: false,
  ...changes,
});

async function start(options: { permissions: boolean }) {
  const backend = await startTestBackend({
    features: [
      plugin,
      catalogServiceMock.factory({ entities }),
      policyFake(entities).factory,
      mockServices.rootConfig.factory({
        data: { permission: { enabled: options.permissions } },
      }),
    ],
  });
  const as = (name: string) => {
    const authorization = mockCredentials.user.header(`user:default/${name}`);
    const base = '/api/platform-envs/removals';
    return {
      get: (path = '') =>
        request(backend.server)
          .get(`${base}${path}`)
          .set('Authorization', authorization),
      post: (path: string, body: object) =>
        request(backend.server)
          .post(`${base}${path}`)
          .set('Authorization', authorization)
          .send(body),
    };
  };
  return { backend, as };
}

describe('/removals', () => {
  let scene: Awaited<ReturnType<typeof start>>;
  let answers: FollowedAnswers;

  beforeAll(async () => {
    scene = await start({ permissions: true });
    answers = followAnswers(scene.backend.server as Server);
  }, 60_000);
  afterAll(() => scene?.backend.stop());

  it('goes from the request to its end, each by who may', async () => {
    const { as } = scene;
    const developer = as('developer');
    const preview = await developer.post('/plan', ask()).expect(200);
    expect(preview.body.policy.approverGroups).toEqual([LEADS]);
    const { body: removal } = await developer.post('', ask()).expect(201);
    await developer.post('', ask()).expect(200);
    const { id, planDigest } = removal;
    expect(planDigest).toBe(preview.body.planDigest);

    const decision = { verdict: 'approve', comment: 'Looked', planDigest };
    await as('other').post(`/${id}/approvals`, decision).expect(403);
    const own = await developer.post(`/${id}/approvals`, decision).expect(403);
    expect(own.body.error.message).toContain('self_approval');
    const waiting = await as('lead').get('?scope=waiting').expect(200);
    expect(waiting.body.items).toMatchObject([{ viewerCanDecide: true }]);
    const none = await developer.get('?scope=waiting').expect(200);
    expect(none.body.items).toEqual([]);

    await developer.post(`/${id}/begin`, { planDigest }).expect(409);
    await as('lead').post(`/${id}/approvals`, decision).expect(200);
    await as('lead').post(`/${id}/begin`, { planDigest }).expect(403);
    await developer.post(`/${id}/begin`, { planDigest }).expect(200);
    const step = { id: 'a', title: 'A', state: 'done', sentence: 'Done.' };
    await developer.post(`/${id}/steps`, step).expect(200);
    await as('lead').post(`/${id}/completion`, {}).expect(403);
    await developer.post(`/${id}/completion`, {}).expect(200);
    const { body: detail } = await as('other').get(`/${id}`).expect(200);
    expect(detail.removal.state).toBe('DONE');
    expect(detail.events.length).toBeGreaterThan(3);
  });

  it('lets only owners ask', async () => {
    const { body } = await scene.as('other').post('', ask()).expect(403);
    expect(body.error.message).toContain('platform-envs.component.remove');
    await scene.as('other').post('/plan', ask()).expect(403);
  });

  it.each([
    ['no reason', { reason: ' ' }, 400, 'reason'],
    ['no such kind of thing', { things: [{ kind: 'x' }] }, 400, 'things.0'],
    ['something else', { surprise: 1 }, 400, 'surprise'],
    ['a system', { componentRef: 'system:default/x' }, 400, 'componentRef'],
  ])('refuses %s', async (_, changes, status, message) => {
    const { body } = await scene
      .as('developer')
      .post('', ask(changes))
      .expect(status);
    expect(body.error.message).toContain(message);
  });

  it('F07 lets no service ask', async () => {
    await request(scene.backend.server)
      .post('/api/platform-envs/removals')
      .set('Authorization', mockCredentials.service.header())
      .send(ask())
      .expect(403);
  });

  it('answers as the description of the API says', () => {
    expect(answers.problems).toEqual([]);
  });

  it('F08 has nothing that changes anything without permissions', async () => {
    const open = await start({ permissions: false });
    try {
      await open.as('developer').get().expect(200);
      await open.as('developer').post('', ask()).expect(404);
    } finally {
      await open.backend.stop();
    }
  });
});
