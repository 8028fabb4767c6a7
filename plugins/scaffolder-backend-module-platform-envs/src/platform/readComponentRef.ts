import { CompoundEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { printable } from './componentName';
import { readEntityRef } from './readEntityRef';

/**
 * The parts of the ref of a component, or of its name alone.
 *
 * @throws InputError - it is none, or that of something else.
 */
export function readComponentRef(text: string): CompoundEntityRef {
  const ref = readEntityRef(text, { defaultKind: 'component' });
  if (!ref) {
    throw new InputError(
      `The component "${printable(
        text,
      )}" is no entity ref: choose one that the form offers`,
    );
  }
  if (ref.kind.toLowerCase() !== 'component') {
    throw new InputError(
      `${printable(text)} is no component: choose one that the form offers`,
    );
  }
  return ref;
}
