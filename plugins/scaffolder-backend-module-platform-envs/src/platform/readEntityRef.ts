import { CompoundEntityRef, parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { printable } from './componentName';

const KIND = /^[A-Za-z][A-Za-z0-9]*$/;

/** Namespace or name of an entity; it becomes part of a URL. */
const NAME = /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/;

/** The parts of an entity ref that came from outside; undefined where it is none. */
export function readEntityRef(
  text: string,
  context: { defaultKind?: string } = {},
): CompoundEntityRef | undefined {
  let ref;
  try {
    ref = parseEntityRef(text, { ...context, defaultNamespace: 'default' });
  } catch {
    return undefined;
  }
  return KIND.test(ref.kind) && NAME.test(ref.namespace) && NAME.test(ref.name)
    ? ref
    : undefined;
}

/**
 * The parts of the ref of an entity of one kind, or of its name alone.
 *
 * @param expected.word - what people call that kind
 * @param expected.choice - what to do instead
 * @throws InputError - it is no entity ref, or that of something else.
 */
export function readRefOfKind(
  text: string,
  expected: { kind: string; word: string; choice?: string },
): CompoundEntityRef {
  const { kind, word, choice = 'choose one that the form offers' } = expected;
  const ref = readEntityRef(text, { defaultKind: kind });
  if (!ref) {
    throw new InputError(
      `The ${word} "${printable(
        text,
      )}" is no entity ref: choose one that the form offers`,
    );
  }
  if (ref.kind.toLowerCase() !== kind) {
    throw new InputError(`${printable(text)} is no ${word}: ${choice}`);
  }
  return ref;
}
