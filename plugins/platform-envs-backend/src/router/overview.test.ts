import { mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  DeliveryCell,
  Overview,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import express from 'express';
import request from 'supertest';
import { createOverviewRouter } from './overview';

function row(
  system: string,
  name: string,
  cells: Array<[DeliveryCell['state'], string?]>,
): OverviewRow {
  return {
    component: {
      ref: `component:default/${name}`,
      name,
      type: 'service',
      lifecycle: 'production',
      ownerRef: `group:default/${system}-team`,
      systemRef: `system:default/${system}`,
    },
    cells: cells.map(
      ([state, since]) => ({ state, ...(since && { since }) } as DeliveryCell),
    ),
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
  const overview: Overview = {
    revision: '7',
    generatedAt: '2026-03-10T12:00:00Z',
    sources: [],
    environments: [],
    rows: ROWS,
  };
  let etag = 'one';
  const app = express();
  app.use(
    createOverviewRouter({
      httpAuth: mockServices.httpAuth(),
      permissions: mockServices.permissions.mock({
        authorize: async requests => requests.map(() => ({ result })),
      }),
      environments: {
        getEtag: () => etag,
        getOverview: () => overview,
        getOverviewJson: () => JSON.stringify(overview),
      } as never,
      streams: {} as never,
    }),
  );
  app.use(mockErrorHandler());
  return {
    api: request(app),
    change: () => {
      etag = 'two';
    },
  };
}

const names = (body: Overview) => body.rows.map(r => r.component.name);

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
    ['state=degraded,unknown', ['web', 'audit']],
    ['q=AU', ['audit']],
    ['q=nothing', []],
    ['system=store&sort=worst&q=b', ['bill']],
  ])('answers ?%s with %j', async (query, expected) => {
    const { body } = await api.get(`/overview?${query}`).expect(200);
    expect(names(body)).toEqual(expected);
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
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(['web', 'audit', 'cart', 'bill']);
  });

  it.each([
    ['sort=loudest', /sort/],
    ['state=fine', /state/],
    ['limit=0', /limit/],
    ['limit=many', /limit/],
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

  it('lets nobody in by an ETag who may not read', async () => {
    const open = await api.get('/overview').expect(200);
    const closed = setUp(AuthorizeResult.DENY);
    await closed.api
      .get('/overview')
      .set('if-none-match', open.headers.etag)
      .expect(403);
  });
});
