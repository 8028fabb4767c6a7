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
import { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { FollowedAnswers, followAnswers } from './__testUtils__/followAnswers';
import { impatientScheduler } from './__testUtils__/impatientScheduler';
import { policyFake } from './__testUtils__/policyFake';
import { sandboxEntities } from './__testUtils__/sandboxEntities';
import { aUser } from './services/promotions/__testUtils__/scene';
import plugin from '.';
import { until } from './__testUtils__/until';

jest.setTimeout(120_000);

const SAMPLE = PLATFORMS.filter(p => p.system === 'sample-platform-ai');
const REPOSITORY = SAMPLE[0].gitopsRepository;
const COMPONENT = 'component:default/sample-backend';
const environment = (name: string) =>
  `environment:default/sample-platform-ai-${name}`;
const overlay = (name: string) =>
  `gitops/overlays/${name}/sample-backend/kustomization.yaml`;

/** The sandbox's catalog, with the delivery policies of the seed and some people. */
function catalogEntities(): Entity[] {
  const policies: Record<string, object> = {
    'sample-platform-ai-dev': { policy: 'auto' },
    'sample-platform-ai-uat': { policy: 'manual' },
    'sample-platform-ai-prod': {
      policy: 'gated',
      minApprovals: 1,
      approvers: ['group:default/sample-platform-ai-leads'],
    },
  };
  return [
    ...sandboxEntities(SAMPLE).map(entity =>
      policies[entity.metadata.name] && entity.kind === 'Environment'
        ? ({
            ...entity,
            spec: { ...entity.spec, delivery: policies[entity.metadata.name] },
          } as Entity)
        : entity,
    ),
    aUser('developer', ['sample-platform-ai']),
    aUser('lead', ['sample-platform-ai', 'sample-platform-ai-leads']),
  ];
}

describe('promotions on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let answers: FollowedAnswers;
  let stop: () => Promise<void>;
  let as: (name: string) => {
    get: (path: string) => request.Test;
    post: (path: string, body: object) => request.Test;
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: SAMPLE,
      speed: 20,
      only: ['github', 'argocd'],
    });
    const entities = catalogEntities();
    const host = new URL(sandbox.urls.github).host;
    const backend = await startTestBackend({
      features: [
        plugin,
        catalogServiceMock.factory({ entities }),
        impatientScheduler,
        policyFake(entities).factory,
        mockServices.rootConfig.factory({
          data: {
            permission: { enabled: true },
            integrations: {
              github: [
                {
                  host,
                  apiBaseUrl: `${sandbox.urls.github}/api/v3`,
                  token: 'sandbox-github-token',
                },
              ],
            },
            platformEnvs: {
              gitHost: { host },
              promotions: { soak: { seconds: 1 } },
              argocd: {
                instances: {
                  main: {
                    url: sandbox.urls.argocd,
                    token: 'sandbox-argocd-token',
                    relistInterval: { seconds: 5 },
                  },
                },
              },
            },
          },
        }),
      ],
    });
    stop = () => backend.stop();
    answers = followAnswers(backend.server as Server);
    as = name => {
      const authorization = mockCredentials.user.header(`user:default/${name}`);
      const api = request(backend.server);
      return {
        get: path =>
          api
            .get(`/api/platform-envs${path}`)
            .set('Authorization', authorization),
        post: (path, body) =>
          api
            .post(`/api/platform-envs${path}`)
            .set('Authorization', authorization)
            .send(body),
      };
    };
    await until('Argo CD is live', async () => {
      const { body } = await as('developer').get('/overview');
      return body.sources.every((s: { state: string }) => s.state === 'live');
    });
  });

  afterAll(async () => {
    await stop?.();
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function detail(id: string): Promise<PromotionDetail> {
    return (await as('lead').get(`/promotions/${id}`).expect(200)).body;
  }

  async function succeeds(id: string) {
    await until('the promotion succeeds', async () => {
      const { promotion, events } = await detail(id);
      if (promotion.state === 'FAILED') {
        throw new Error(
          events.map(e => `${e.toState}: ${e.message}`).join('\n'),
        );
      }
      return promotion.state === 'SUCCEEDED';
    });
    return detail(id);
  }

  const file = (name: string) =>
    sandbox.world.git.readFile(REPOSITORY, 'main', overlay(name));

  it('brings dev to uat without approval and uat to prod with one, one commit each', async () => {
    const before = { uat: (await file('uat'))!, prod: (await file('prod'))! };
    const ask = (from: string, to: string) =>
      as('developer').post('/promotions', {
        componentRef: COMPONENT,
        fromEnvironmentRef: environment(from),
        toEnvironmentRef: environment(to),
        reason: `Release to ${to}`,
        idempotencyKey: `${from}-${to}`,
      });

    const toUat = (await ask('dev', 'uat').expect(201)).body;
    expect(toUat.state).toBe('APPROVED');
    await succeeds(toUat.id);
    const [line] = toUat.plan.files;
    expect(await file('uat')).toBe(before.uat.replace(line.before, line.after));
    expect(line.after).toContain('1.8.3@sha256:');

    let toProd = { id: '', plan: toUat.plan };
    await until(
      'uat counts as healthy, so that prod can be asked for',
      async () => {
        const response = await ask('uat', 'prod');
        toProd = response.body;
        return response.status === 201;
      },
    );
    expect((await detail(toProd.id)).promotion.state).toBe('WAITING');
    const decision = {
      verdict: 'approve',
      comment: 'Tested in uat',
      planDigest: toProd.plan.planDigest,
    };
    await as('developer')
      .post(`/promotions/${toProd.id}/approvals`, decision)
      .expect(403);
    await as('lead')
      .post(`/promotions/${toProd.id}/approvals`, decision)
      .expect(200);
    const { promotion } = await succeeds(toProd.id);

    const log = await sandbox.world.git.log(REPOSITORY, 'main', {
      path: overlay('prod'),
    });
    expect(log[0].sha).toBe(promotion.commitSha);
    expect(log[0].message).toContain(`Promotion-Id: ${toProd.id}`);
    expect(log[0].message).toContain('Approved-By: user:default/lead');
    expect(log.filter(c => c.message.includes('Promotion-Id: '))).toHaveLength(
      1,
    );
    const [prodLine] = toProd.plan.files;
    expect(await file('prod')).toBe(
      before.prod.replace(prodLine.before, prodLine.after),
    );
    await until('the board shows it healthy in prod', async () => {
      const { body } = await as('developer').get(
        '/components/default/component/sample-backend/delivery',
      );
      const cell = body.row.cells.at(-1);
      return cell.state === 'healthy' && cell.live.value?.version === '1.8.3';
    });
  });

  it('answered all of this as the API is described', () => {
    expect(answers.problems).toEqual([]);
    expect([...answers.seen]).toEqual(
      expect.arrayContaining([
        'decidePromotion',
        'getPromotion',
        'requestPromotion',
      ]),
    );
  });
});
