const STATIC = /^\/_next\//;

/**
 * What a path counts as: a route that exists by its own name, everything else
 * as one, so that addresses that somebody makes up do not become series.
 */
export function routeOf(path: string, routes: ReadonlySet<string>): string {
  if (STATIC.test(path)) return '/_next';
  return routes.has(path) ? path : 'other';
}
