import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beyondFeeds } from './upstreamCalls.mjs';

describe('beyondFeeds', () => {
  const idle = { seconds: 60, routes: { 'github GET /branches': 10 } };

  it('is nothing where the feeds explain all of it', () => {
    const routes = { 'github GET /branches': 10 };
    assert.equal(beyondFeeds(routes, 8, idle), 0);
  });

  it('is what is beyond them, and every call of a route that they do not ask', () => {
    const routes = { 'github GET /branches': 13, 'argocd GET /a': 50 };
    assert.equal(beyondFeeds(routes, 8, idle), 53);
  });

  it('lets the feeds ask more often in a longer window', () => {
    const routes = { 'github GET /branches': 20 };
    assert.equal(beyondFeeds(routes, 120, idle), 0);
    assert.equal(beyondFeeds(routes, 60, idle), 10);
  });
});
