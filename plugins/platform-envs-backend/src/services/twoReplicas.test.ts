import { mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import {
  aDeployment,
  FakeDeploymentSource,
  FakeGitHost,
} from '@fairway/plugin-platform-envs-node/testUtils';
import express from 'express';
import knexFactory, { Knex } from 'knex';
import request from 'supertest';
import {
  aComponent,
  anEnvironment,
  anImage,
  anOverlay,
  BACKEND,
  DEV,
  REPOSITORY,
} from '../__testUtils__/entities';
import { startPostgres } from '../database/__testUtils__/startPostgres';
import { DatabaseSnapshotStore } from '../database/DatabaseSnapshotStore';
import { migrate } from '../database/migrate';
import { createOverviewRouter } from '../router/overview';
import { EnvironmentService } from './EnvironmentService';

jest.setTimeout(60_000);

const OVERLAY = 'gitops/overlays/dev/backend/kustomization.yaml';
const HEALTHY = aDeployment({
  name: 'backend-dev',
  images: [anImage('backend', '1.2.0')],
});
const DEGRADED: Deployment = { ...HEALTHY, health: 'Degraded' };

const settle = () => new Promise(resolve => setTimeout(resolve, 120));

describe('two replicas on one PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  const open: Knex[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(async () => {
    await Promise.all(open.map(knex => knex.destroy()));
    await postgres?.stop();
  });

  beforeEach(async () => {
    const knex = await connect();
    await knex('snapshot').delete();
  });

  async function connect(): Promise<Knex> {
    const knex = knexFactory({
      client: 'pg',
      connection: postgres.connectionString,
    });
    open.push(knex);
    await migrate(mockServices.database({ knex }));
    return knex;
  }

  async function aReplica() {
    const knex = await connect();
    const logger = mockServices.logger.mock();
    const gitHost = new FakeGitHost();
    gitHost.push(REPOSITORY, 'main', {
      [OVERLAY]: anOverlay('backend', '1.2.0'),
    });
    const source = new FakeDeploymentSource();
    const service = new EnvironmentService({
      catalog: catalogServiceMock({
        entities: [
          anEnvironment('dev'),
          aComponent('backend', { 'fairway.dev/environments': 'dev' }),
        ],
      }),
      auth: mockServices.auth(),
      logger,
      gitHost,
      deploymentSources: [source],
      linkTemplates: [],
      store: new DatabaseSnapshotStore(knex, logger),
    });
    await service.load();
    const app = express();
    app.use(
      createOverviewRouter({
        httpAuth: mockServices.httpAuth(),
        userInfo: mockServices.userInfo(),
        permissions: mockServices.permissions.mock({
          authorize: async requests =>
            requests.map(() => ({ result: AuthorizeResult.ALLOW })),
        }),
        audience: { read: () => {} },
        environments: service,
        streams: {} as never,
      }),
    );
    app.use(mockErrorHandler());
    return {
      knex,
      logger,
      service,
      source,
      api: request(app),
      async feed() {
        service.start();
        await service.refreshCatalog();
        await service.pollDesiredState();
        source.set([HEALTHY]);
        await settle();
      },
    };
  }

  it('answer a reader who moves between them by what they show, not by how often it changed', async () => {
    const [one, other] = [await aReplica(), await aReplica()];
    await one.feed();
    // one has seen more changes than the other, and shows the same
    one.source.set([DEGRADED]);
    await settle();
    one.source.set([HEALTHY]);
    await settle();
    await other.feed();
    const first = await one.api.get('/overview').expect(200);
    const known = { 'If-None-Match': first.headers.etag };
    await other.api.get('/overview').set(known).expect(304);

    one.source.set([DEGRADED]);
    await settle();
    const newer = await one.api.get('/overview').set(known).expect(200);
    expect(newer.body.rows[0].cells[0].state).toBe('degraded');
    // the other is behind: it says what it has, under another name
    const older = await other.api
      .get('/overview')
      .set('If-None-Match', newer.headers.etag)
      .expect(200);
    expect(older.body.revision).toBe(first.body.revision);

    other.source.set([DEGRADED]);
    await settle();
    const again = await other.api
      .get('/overview')
      .set('If-None-Match', older.headers.etag)
      .expect(200);
    expect(again.body.revision).toBe(newer.body.revision);
    await one.api
      .get('/overview')
      .set('If-None-Match', again.headers.etag)
      .expect(304);
    await Promise.all([one.service.stop(), other.service.stop()]);
  });

  it('save side by side, and a third begins with what they knew', async () => {
    const [one, other] = [await aReplica(), await aReplica()];
    await Promise.all([one.feed(), other.feed()]);
    const many = Array.from({ length: 1_000 }, (_, i) =>
      aDeployment({ name: `app-${i}` }),
    );
    one.source.set([HEALTHY, ...many]);
    other.source.set([...many.toReversed(), HEALTHY]);
    await Promise.all([one.service.save(), other.service.save()]);
    expect(one.logger.warn).not.toHaveBeenCalled();
    expect(other.logger.warn).not.toHaveBeenCalled();
    const third = await aReplica();
    expect(third.source.getSnapshot().deployments).toHaveLength(1_001);
    expect(third.service.getCell(BACKEND, DEV)).toMatchObject({
      health: 'Healthy',
      state: 'unknown',
      source: { state: 'stale' },
    });
    await Promise.all([one.service.stop(), other.service.stop()]);
  });

  it('does not put an old picture over a newer one', async () => {
    const [live, cutOff] = [await aReplica(), await aReplica()];
    await live.feed();
    await cutOff.feed();
    live.source.set([DEGRADED]);
    cutOff.source.set([HEALTHY], { state: 'stale', message: 'refused' });
    await settle();
    await live.service.save();
    await cutOff.service.save();
    const third = await aReplica();
    expect(third.service.getCell(BACKEND, DEV).health).toBe('Degraded');
    await Promise.all([live.service.stop(), cutOff.service.stop()]);
  });

  it('F85 drops the one document that is poisoned, and no other', async () => {
    const one = await aReplica();
    await one.feed();
    one.source.set([HEALTHY, aDeployment({ name: 'broken' })]);
    await one.service.save();
    await one
      .knex('snapshot')
      .where({ name: 'deployment:main/argocd/broken' })
      .update({ content: '{"instance": 7' });
    const other = await aReplica();
    expect(other.source.getSnapshot().deployments.map(d => d.name)).toEqual([
      'backend-dev',
    ]);
    expect(other.service.getCell(BACKEND, DEV).health).toBe('Healthy');
    expect(other.logger.warn).toHaveBeenCalledWith(
      'A saved snapshot cannot be used and is dropped',
      expect.objectContaining({ name: 'deployment:main/argocd/broken' }),
    );
    await one.service.stop();
  });

  it('F64 read on from memory while the database is gone, and save once it is back', async () => {
    const one = await aReplica();
    await one.feed();
    await one.service.save();
    await one.knex.destroy();
    one.source.set([DEGRADED]);
    await settle();
    await one.service.save();
    expect(one.logger.warn).toHaveBeenCalledWith(
      'The snapshot of the board was not saved',
      expect.anything(),
    );
    const { body } = await one.api.get('/overview').expect(200);
    expect(body.rows[0].cells[0].state).toBe('degraded');
    one.knex.initialize();
    await one.service.save();
    const other = await aReplica();
    expect(other.service.getCell(BACKEND, DEV).health).toBe('Degraded');
    await one.service.stop();
  });
});
