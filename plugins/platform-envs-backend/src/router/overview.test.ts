import { mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  DeliveryCell,
  DeliveryRow,
  expandOverview,
  OverviewPage,
} from '@fairway/plugin-platform-envs-common';
import express from 'express';
import request from 'supertest';
import { toBoardLine } from '../services/boardLine';
import { LiveBoard } from '../services/LiveBoard';
import { overviewJson } from '../services/overviewPage';
import { LineQuery } from '../services/selectLines';
import { createOverviewRouter } from './overview';

function row(
  system: string,
  name: string,
  cells: Array<[DeliveryCell['state'], string?]>,
): DeliveryRow {
  return {
    component: {
      ref: `component:default/${name}`,
      name,
      type: 'service',
      lifecycle: 'production',
      ownerRef: `group:default/${system}-team`,
      systemRef: `system:default/${system}`,
    },
    cells: cells.map(([state, since]) => ({
      componentRef: `component:default/${name}`,
      environmentRef: `environment:default/${system}-dev`,
      state,
      sentence: state,
      sync: 'Synced',
      health: 'Healthy',
      ...(since && { since }),
      desired: { status: 'unavailable', reason: 'none' },
      live: { status: 'unavailable', reason: 'none' },
      source: { state: 'live' },
      links: [],
    })),
    findings: [],
  };
}

const ROWS = [
  row('shop', 'cart', [
    ['healthy', '2026-03-01T00:00:00Z'],
    ['healthy', '2026-03-09T00:00:00Z'],
  ]),
  row('shop', 'web', [['degraded', '2026-03-05T00:00:00Z']]),
  row('store', 'audit', [['out-of-sync'], ['unknown']]),
  row('store', 'bill', []),
];

function setUp(result: AuthorizeResult.ALLOW | AuthorizeResult.DENY) {
  const board = {
    lines: ROWS.map(toBoardLine),
    environments: [],
    revision: 'one',
  };
  let asked = 0;
  const audience = { read: jest.fn() };
  const app = express();
  app.use(
    createOverviewRouter({
      httpAuth: mockServices.httpAuth(),
      userInfo: mockServices.userInfo({
        ownershipEntityRefs: ['user:default/me', 'group:default/Store-Team'],
      }),
      permissions: mockServices.permissions.mock({
        authorize: async requests => requests.map(() => ({ result })),
      }),
      audience,
      environments: {
        getRevision: () => board.revision,
        getOverviewJson: (query: LineQuery) => {
          asked += 1;
          return overviewJson(board as unknown as LiveBoard, query, {
            sources: [],
            now: new Date('2026-03-10T12:00:00Z'),
          });
        },
      } as never,
      streams: {} as never,
    }),
  );
  app.use(mockErrorHandler());
  return {
    api: request(app),
    asked: () => asked,
    audience,
    change: () => {
      board.revision = 'two';
    },
  };
}

const names = (body: OverviewPage) =>
  expandOverview(body).rows.map(r => r.component.name);

describe('/overview', () => {
  const { api, change } = setUp(AuthorizeResult.ALLOW);

  it.each([
    ['', ['cart', 'web', 'audit', 'bill']],
    ['sort=platform', ['cart', 'web', 'audit', 'bill']],
    ['sort=name', ['audit', 'bill', 'cart', 'web']],
    ['sort=worst', ['web', 'audit', 'cart', 'bill']],
    ['sort=changed', ['cart', 'web', 'audit', 'bill']],
    ['system=shop', ['cart', 'web']],
    ['system=system:default/store', ['audit', 'bill']],
    ['owner=store-team', ['audit', 'bill']],
    ['mine=true', ['audit', 'bill']],
    ['attention=true', ['web', 'audit']],
    ['attention=false', ['cart', 'web', 'audit', 'bill']],
    ['state=degraded,unknown', ['web', 'audit']],
    ['component=component:default/web,component:default/gone', ['web']],
    ['q=AU', ['audit']],
    ['q=SHOP%20deg', ['web']],
    ['q=nothing', []],
    ['system=store&sort=worst&q=b', ['bill']],
    ['limit=all', ['cart', 'web', 'audit', 'bill']],
  ])('answers ?%s with %j', async (query, expected) => {
    const { body } = await api.get(`/overview?${query}`).expect(200);
    expect(names(body)).toEqual(expected);
    expect(body.total).toBe(expected.length);
    expect(body.nextCursor).toBeUndefined();
  });

  it('gives every row once, page by page, in the order asked for', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api
        .get(`/overview?sort=worst&limit=1${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      seen.push(...names(body));
      expect(body).toMatchObject({ total: 4, attention: 2 });
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(['web', 'audit', 'cart', 'bill']);
  });

  it('packs the whole board once for all who ask, and not for who cannot unpack', async () => {
    const { api: fresh, asked } = setUp(AuthorizeResult.ALLOW);
    const all = await Promise.all(
      Array.from({ length: 5 }, () => fresh.get('/overview?limit=all')),
    );
    expect(new Set(all.map(r => r.headers['content-encoding']))).toEqual(
      new Set(['gzip']),
    );
    expect(new Set(all.map(r => names(r.body).length))).toEqual(new Set([4]));
    expect(asked()).toBe(1);
    const plain = await fresh
      .get('/overview?limit=all')
      .set('accept-encoding', 'identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toContain('Accept-Encoding');
    expect(plain.body.rows).toEqual(all[0].body.rows);
    const other = await fresh.get('/overview?limit=all&sort=name');
    expect(names(other.body)[0]).toBe('audit');
  });

  it('says on the first page what there is to filter by, whatever is filtered', async () => {
    const first = await api.get('/overview?q=web&limit=1').expect(200);
    expect(first.body).toMatchObject({
      total: 1,
      attention: 1,
      facets: {
        platforms: [
          { ref: 'system:default/shop', count: 2 },
          { ref: 'system:default/store', count: 2 },
        ],
        owners: [
          { ref: 'group:default/shop-team', count: 2 },
          { ref: 'group:default/store-team', count: 2 },
        ],
      },
    });
    const next = await api
      .get('/overview?cursor=component:default/web')
      .expect(200);
    expect(next.body.facets).toBeUndefined();
    // who has all rows can count them
    const whole = await api.get('/overview?limit=all').expect(200);
    expect(whole.body.rows).toHaveLength(4);
    expect(whole.body.facets).toBeUndefined();
    const part = await api.get('/overview?limit=all&q=web').expect(200);
    expect(part.body.facets).toBeDefined();
  });

  it.each([
    ['sort=loudest', /sort/],
    ['state=fine', /state/],
    ['limit=0', /limit/],
    ['limit=501', /limit/],
    ['limit=many', /limit/],
    ['mine=perhaps', /mine/],
    [`component=${Array(51).fill('c').join(',')}`, /component/],
    ['cursor=component:default/gone', /begin with the first page again/],
  ])('refuses ?%s', async (query, message) => {
    const { body } = await api.get(`/overview?${query}`).expect(400);
    expect(body.error.message).toMatch(message);
  });

  it('answers 304 to who has it, but not across questions or changes', async () => {
    const first = await api.get('/overview?sort=name').expect(200);
    const known = { 'if-none-match': first.headers.etag };
    await api.get('/overview?sort=name').set(known).expect(304);
    await api.get('/overview?sort=worst').set(known).expect(200);
    change();
    await api.get('/overview?sort=name').set(known).expect(200);
  });

  it('F74 lets nobody in by an ETag who may not read', async () => {
    const open = await api.get('/overview').expect(200);
    const closed = setUp(AuthorizeResult.DENY);
    await closed.api
      .get('/overview')
      .set('if-none-match', open.headers.etag)
      .expect(403);
  });

  it('has nothing asked upstream for whoever may not read', async () => {
    const closed = setUp(AuthorizeResult.DENY);
    await closed.api.get('/overview').expect(403);
    expect(closed.audience.read).not.toHaveBeenCalled();
    const open = setUp(AuthorizeResult.ALLOW);
    await open.api.get('/overview').expect(200);
    expect(open.audience.read).toHaveBeenCalledTimes(1);
  });
});
