import { parseEntityRef } from '@backstage/catalog-model';

/** The name in an entity ref; the ref itself when it is none. */
export function refName(ref: string): string {
  try {
    return parseEntityRef(ref, { defaultKind: 'unknown' }).name;
  } catch {
    return ref;
  }
}

/** Lower-case entity ref, so that refs from different sources compare. */
export function normalRef(ref: string): string {
  return ref.toLocaleLowerCase('en-US');
}
