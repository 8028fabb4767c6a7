import { InputError } from '@backstage/errors';
import { explainComponentName } from '@fairway/plugin-platform-envs-common';

export { COMPONENT_NAME_PATTERN } from '@fairway/plugin-platform-envs-common';

/** @throws InputError - the value is not a component name. */
export function assertComponentName(value: string): void {
  const reason = explainComponentName(value);
  if (reason) {
    throw new InputError(
      `"${printable(value)}" cannot be the name of a component: ${reason}`,
    );
  }
}

/** A value from outside, short and without control characters, for a message. */
export function printable(value: unknown): string {
  const text = String(value).replace(/[^\x20-\x7e]/g, '?');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
