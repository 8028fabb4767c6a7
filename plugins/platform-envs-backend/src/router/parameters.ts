import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { z } from 'zod';

const name = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$/i,
    'must be a name of letters, digits and - _ . between them',
  );

const environmentParameters = z.object({ namespace: name, name });

const componentParameters = z.object({ namespace: name, kind: name, name });

const cellParameters = componentParameters.extend({
  environmentNamespace: name,
  environmentName: name,
});

/** The environment that a path names. @throws InputError */
export function environmentRefOf(parameters: unknown): string {
  const parsed = parse(environmentParameters, parameters);
  return stringifyEntityRef({ kind: 'environment', ...parsed });
}

/** The component that a path names. @throws InputError */
export function componentRefOf(parameters: unknown): string {
  return stringifyEntityRef(parse(componentParameters, parameters));
}

/** The component and the environment that a path names. @throws InputError */
export function cellOf(parameters: unknown): {
  componentRef: string;
  environmentRef: string;
} {
  const parsed = parse(cellParameters, parameters);
  return {
    componentRef: stringifyEntityRef({
      kind: parsed.kind,
      namespace: parsed.namespace,
      name: parsed.name,
    }),
    environmentRef: stringifyEntityRef({
      kind: 'environment',
      namespace: parsed.environmentNamespace,
      name: parsed.environmentName,
    }),
  };
}

/** Reads the entity ref of one kind, and makes it a full one. */
export const refOf = (kind: string) =>
  z
    .string()
    .max(250)
    .transform((value, context) => {
      try {
        const ref = parseEntityRef(value, { defaultKind: kind });
        if (ref.kind.toLocaleLowerCase('en-US') === kind) {
          return stringifyEntityRef(ref);
        }
      } catch {
        // told below
      }
      context.addIssue({
        code: 'custom',
        message: `must be the entity ref of a ${kind}, e.g. ${kind}:default/name`,
      });
      return z.NEVER;
    });

/** @throws InputError - naming every value that is wrong. */
export function parse<T extends z.ZodType>(
  schema: T,
  value: unknown,
): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError(
    parsed.error.issues
      .map(issue => `${issue.path.join('.') || 'request'}: ${issue.message}`)
      .join('; '),
  );
}
