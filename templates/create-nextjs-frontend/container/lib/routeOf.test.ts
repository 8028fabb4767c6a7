import { expect, it } from 'vitest';
import { routeOf } from './routeOf';

it('names routes that exist and lumps the rest together', () => {
  const routes = new Set(['/', '/about']);
  expect(routeOf('/about', routes)).toBe('/about');
  expect(routeOf('/_next/static/chunk.js', routes)).toBe('/_next');
  expect(routeOf('/wp-admin.php', routes)).toBe('other');
});
