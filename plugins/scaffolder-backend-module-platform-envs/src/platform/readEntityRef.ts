import { CompoundEntityRef, parseEntityRef } from '@backstage/catalog-model';

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
