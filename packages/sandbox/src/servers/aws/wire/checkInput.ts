import { NormalizedSchema } from '@smithy/core/schema';

/** What is wrong with an input: a required member is missing or a value has the wrong type. */
export interface InputProblem {
  kind: 'missing' | 'type';
  /** `ReplicationConfiguration.rules[0].destinations` */
  path: string;
  message: string;
}

/** Static structures carry the number of required members; these come first. */
function requiredCount(schema: NormalizedSchema): number {
  const definition = schema.getSchema() as unknown;
  return Array.isArray(definition) && typeof definition[6] === 'number'
    ? definition[6]
    : 0;
}

function expectedType(schema: NormalizedSchema, value: unknown) {
  if (schema.isListSchema()) {
    return Array.isArray(value) ? undefined : 'a list';
  }
  if (schema.isStructSchema() || schema.isMapSchema()) {
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? undefined
      : 'a structure';
  }
  if (schema.isStringSchema()) {
    return typeof value === 'string' ? undefined : 'a string';
  }
  if (schema.isBooleanSchema()) {
    return typeof value === 'boolean' ? undefined : 'a boolean';
  }
  if (schema.isNumericSchema()) {
    return typeof value === 'number' ? undefined : 'a number';
  }
  if (schema.isTimestampSchema()) {
    return value instanceof Date && !Number.isNaN(value.getTime())
      ? undefined
      : 'a timestamp';
  }
  return undefined;
}

/**
 * Checks a decoded input against its shape, as the front of a service does
 * before anything else.
 *
 * Returns the first problem, or undefined when there is none. Members that the
 * shape does not know were already dropped by decoding.
 */
export function checkInput(
  schema: NormalizedSchema,
  value: unknown,
  path = '',
): InputProblem | undefined {
  const wanted = expectedType(schema, value);
  if (wanted) {
    return {
      kind: 'type',
      path: path || 'request',
      message: `'${path || 'request'}' must be ${wanted}`,
    };
  }
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    for (const [index, item] of (value as unknown[]).entries()) {
      const problem = checkInput(member, item, `${path}[${index}]`);
      if (problem) {
        return problem;
      }
    }
  } else if (schema.isStructSchema()) {
    const record = value as Record<string, unknown>;
    const required = requiredCount(schema);
    let position = 0;
    for (const [name, member] of schema.structIterator()) {
      const memberPath = path ? `${path}.${name}` : name;
      position += 1;
      if (record[name] === undefined || record[name] === null) {
        if (position <= required) {
          return {
            kind: 'missing',
            path: memberPath,
            message: `'${memberPath}' is required`,
          };
        }
        continue;
      }
      const problem = checkInput(member, record[name], memberPath);
      if (problem) {
        return problem;
      }
    }
  }
  return undefined;
}
