import { InputError } from '@backstage/errors';

/**
 * What a component may be called. The name becomes a repository, an image
 * repository, a folder in the GitOps repository, a Kubernetes label and part
 * of a DNS name, so it keeps to what all of them allow: 3 to 40 characters.
 */
export const COMPONENT_NAME_PATTERN = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

/** @throws InputError - the value is not a component name. */
export function assertComponentName(value: string): void {
  if (typeof value !== 'string' || !COMPONENT_NAME_PATTERN.test(value)) {
    throw new InputError(
      `"${printable(
        value,
      )}" cannot be the name of a component: use 3 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`,
    );
  }
  if (value.includes('--')) {
    throw new InputError(
      `"${value}" cannot be the name of a component: an image repository may not have two hyphens in a row`,
    );
  }
}

/** A value from outside, short and without control characters, for a message. */
export function printable(value: unknown): string {
  const text = String(value).replace(/[^\x20-\x7e]/g, '?');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
