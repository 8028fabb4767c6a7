import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flatten } from './counters.mjs';

describe('flatten', () => {
  it('adds up the routes of upstreams, without sign-in and control', () => {
    const route = calls => ({ calls });
    assert.deepEqual(
      flatten({
        argocd: { routes: { 'GET /api/v1/applications': route(3) } },
        github: { routes: { 'GET /a': route(1), 'GET /b': route(2) } },
        oidc: { routes: { 'GET /auth': route(50) } },
        control: { routes: { 'GET /counters': route(7) } },
      }),
      {
        total: 6,
        routes: {
          'argocd GET /api/v1/applications': 3,
          'github GET /a': 1,
          'github GET /b': 2,
        },
      },
    );
  });

  it('is nothing where nobody asked', () => {
    assert.deepEqual(flatten({}), { total: 0, routes: {} });
  });
});
