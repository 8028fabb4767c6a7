import { CompoundEntityRef } from '@backstage/catalog-model';
import { readRefOfKind } from './readEntityRef';

/**
 * The parts of the ref of a component, or of its name alone.
 *
 * @throws InputError - it is none, or that of something else.
 */
export function readComponentRef(text: string): CompoundEntityRef {
  return readRefOfKind(text, { kind: 'component', word: 'component' });
}
