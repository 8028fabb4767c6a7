import { parseEntityRef } from '@backstage/catalog-model';

/** `?a=1&b=2,3`, or nothing. */
export function searchOf(query: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return search.size > 0 ? `?${search}` : '';
}

/** `/environments/<namespace>/<name>`, of an entity ref. */
export function environmentPath(environmentRef: string): string {
  const { namespace, name } = parseEntityRef(environmentRef, {
    defaultKind: 'environment',
  });
  return `/environments/${encodeURIComponent(namespace)}/${encodeURIComponent(
    name,
  )}`;
}

/** `/components/<namespace>/<kind>/<name>`, of an entity ref. */
export function componentPath(componentRef: string): string {
  const { kind, namespace, name } = parseEntityRef(componentRef, {
    defaultKind: 'component',
  });
  return `/components/${[namespace, kind.toLocaleLowerCase('en-US'), name]
    .map(encodeURIComponent)
    .join('/')}`;
}

/** `/removals/<id>`. */
export function removalPath(id: string): string {
  return `/removals/${encodeURIComponent(id)}`;
}

/** `/promotions/<id>`. */
export function promotionPath(id: string): string {
  return `/promotions/${encodeURIComponent(id)}`;
}
