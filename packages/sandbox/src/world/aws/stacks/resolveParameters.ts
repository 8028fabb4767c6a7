import { AwsError } from '../AwsError';
import { Template, TemplateParameter } from './parseTemplate';

/** A parameter as a caller gives it. */
export interface GivenParameter {
  key: string;
  value: string | undefined;
  /** Take the value that the stack has. */
  usePrevious: boolean;
}

/**
 * Values of all parameters of a template: as given, else as the stack has them,
 * else the default.
 *
 * @throws AwsError - ValidationError for parameters that are missing, unknown or not allowed.
 */
export function resolveParameters(
  template: Template,
  given: GivenParameter[],
  previous: Record<string, string> = {},
): Record<string, string> {
  const unknown = given
    .map(({ key }) => key)
    .filter(key => !(key in template.Parameters));
  if (unknown.length > 0) {
    throw new AwsError(
      'ValidationError',
      `Parameters: [${unknown.join(', ')}] do not exist in the template`,
    );
  }
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [key, definition] of Object.entries(template.Parameters)) {
    const entry = given.find(parameter => parameter.key === key);
    const value = entry?.usePrevious ? previous[key] : entry?.value;
    const chosen =
      value ??
      (definition.Default === undefined
        ? undefined
        : String(definition.Default));
    if (chosen === undefined) {
      missing.push(key);
    } else {
      check(key, chosen, definition);
      values[key] = chosen;
    }
  }
  if (missing.length > 0) {
    throw new AwsError(
      'ValidationError',
      `Parameters: [${missing.join(', ')}] must have values`,
    );
  }
  return values;
}

function check(
  key: string,
  value: string,
  definition: TemplateParameter,
): void {
  const refuse = (reason: string) =>
    new AwsError(
      'ValidationError',
      definition.ConstraintDescription
        ? `Parameter ${key} failed to satisfy constraint: ${definition.ConstraintDescription}`
        : reason,
    );
  const allowed = definition.AllowedValues?.map(String);
  if (allowed && !allowed.includes(value)) {
    throw refuse(
      `Parameter '${key}' must be one of AllowedValues: [${allowed.join(
        ', ',
      )}]`,
    );
  }
  if (
    definition.AllowedPattern &&
    !new RegExp(`^(?:${definition.AllowedPattern})$`).test(value)
  ) {
    throw refuse(
      `Parameter '${key}' must match pattern ${definition.AllowedPattern}`,
    );
  }
  if (value.length < Number(definition.MinLength ?? 0)) {
    throw refuse(
      `Parameter '${key}' must contain at least ${definition.MinLength} characters`,
    );
  }
  if (value.length > Number(definition.MaxLength ?? Infinity)) {
    throw refuse(
      `Parameter '${key}' must contain at most ${definition.MaxLength} characters`,
    );
  }
  if (definition.Type === 'Number' && Number.isNaN(Number(value || NaN))) {
    throw refuse(`Parameter '${key}' must be a number`);
  }
}
