import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { TemplateParametersV1beta3 } from '@backstage/plugin-scaffolder-common';
import { JsonObject } from '@backstage/types';
import { explainComponentName } from '@fairway/plugin-platform-envs-common';
import type { ValidationError } from 'jsonschema';
import { Worker } from 'node:worker_threads';

/** More is not something that a person typed into a form. */
const MOST_CHARACTERS = 100_000;

/** A pattern that takes longer than this for a form never ends. */
const TIMEOUT_MS = 2_000;

/** What is wrong with one field. */
export interface FieldError {
  /** Path in the form, `name` or `sizes.prod.replicas`; empty: the form itself. */
  field: string;
  /** The rule of the schema: `pattern`, `maxLength`, `required` and the like. */
  rule: string;
  /** One sentence, with the field's title. */
  message: string;
}

/** The form's values break rules of the template; which, is in `fields`. */
export class InvalidValuesError extends InputError {
  readonly fields: FieldError[];

  constructor(fields: FieldError[]) {
    super([...new Set(fields.map(({ message }) => message))].join('. '));
    this.name = 'InputError';
    this.fields = fields;
  }
}

/** What the worker sends back of each error. */
type Found = Pick<ValidationError, 'name' | 'argument' | 'message'> & {
  path: Array<string | number>;
  title?: string;
  /** Which of the portal's fields it is entered with. */
  uiField?: string;
  /** What was entered; of texts only. */
  instance?: string;
};

/**
 * Holds the values of a form against the schemas of a template, with the same
 * validator as the scaffolder itself. It runs beside the portal: a pattern that
 * takes exponential time stops nobody else.
 *
 * @throws InvalidValuesError - naming every field and rule that is broken.
 * @throws InputError - the values are larger than any form's.
 * @throws ServiceUnavailableError - a pattern of the template does not come to
 *   an end.
 */
export async function checkValues(
  values: JsonObject,
  parameters: TemplateParametersV1beta3 | TemplateParametersV1beta3[] = [],
): Promise<void> {
  assertModest(values);
  const schemas = [parameters].flat();
  if (schemas.length === 0) return;
  const found = await validateBeside(values, schemas);
  if (found.length > 0) {
    throw new InvalidValuesError(found.map(toFieldError));
  }
}

function assertModest(values: JsonObject): void {
  const total = JSON.stringify(values).length;
  if (total <= MOST_CHARACTERS) return;
  const [field] = Object.keys(values).sort(
    (a, b) => sizeOf(values[b]) - sizeOf(values[a]),
  );
  throw new InvalidValuesError([
    {
      field,
      rule: 'maxLength',
      message: `${shorten(
        field,
      )} is too long: shorten it. A form holds at most ${MOST_CHARACTERS} characters in all, this one has ${total}`,
    },
  ]);
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { validate } = require(workerData.library);
const { values, schemas } = workerData;
// What depends on a choice is held against the branch that was chosen; an error
// of the whole would name none of its fields.
const parts = schema => {
  const { dependencies = {}, ...rest } = schema;
  const chosen = [];
  const kept = {};
  for (const [key, dependency] of Object.entries(dependencies)) {
    const branches = (dependency.oneOf ?? []).filter(branch =>
      branch.properties?.[key] && validate(values[key], branch.properties[key]).valid);
    const own = schemas.map(({ properties }) => properties?.[key]).find(Boolean);
    if (branches.length === 1) chosen.push(branches[0]);
    // a choice that is none is told of by itself
    else if (!own || validate(values[key], own).valid) kept[key] = dependency;
  }
  return [{ ...rest, dependencies: kept }, ...chosen.flatMap(parts)];
};
const found = schemas.flatMap(parts).flatMap(schema =>
  validate(values, schema).errors.map(({ name, argument, message, path, instance, schema: part }) => ({
    name,
    argument: typeof argument === 'object' ? undefined : argument,
    message,
    path,
    title: typeof part === 'object' && path.length > 0 ? part.title : undefined,
    uiField: typeof part === 'object' ? part['ui:field'] : undefined,
    instance: typeof instance === 'string' ? instance : undefined,
  })),
);
parentPort.postMessage(found);
`;

function validateBeside(
  values: JsonObject,
  schemas: TemplateParametersV1beta3[],
): Promise<Found[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, {
      eval: true,
      workerData: {
        // Plain copies, in case something else hangs on them.
        values: JSON.parse(JSON.stringify(values)),
        schemas: JSON.parse(JSON.stringify(schemas)),
        library: require.resolve('jsonschema'),
      },
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    const timer = setTimeout(() => {
      finish(() =>
        reject(
          new ServiceUnavailableError(
            'A pattern of the template takes endlessly with these values: ask the owner of the template to simplify it',
          ),
        ),
      );
    }, TIMEOUT_MS);
    let isFinished = false;
    function finish(answer: () => void) {
      if (isFinished) return;
      isFinished = true;
      clearTimeout(timer);
      worker.terminate();
      answer();
    }
    worker.once('message', (found: Found[]) => finish(() => resolve(found)));
    worker.once('error', error => finish(() => reject(error)));
    worker.once('exit', () =>
      finish(() => reject(new Error('The values could not be checked'))),
    );
  });
}

function toFieldError(found: Found): FieldError {
  const { name, argument, path, title } = found;
  const at = path.map(part => shorten(String(part)));
  if (name === 'required' && typeof argument === 'string') {
    const field = [...at, argument].join('.');
    return { field, rule: name, message: `"${field}" is missing: fill it in` };
  }
  const field = at.join('.');
  return {
    field,
    rule: name,
    message: `${title ? `${title} ("${field}")` : `"${field}"`} ${inWords(
      found,
    )}`,
  };
}

/** The patterns of our templates in words: they say nothing to most people. */
const PATTERNS: Record<string, string> = {
  '^[^\\x00-\\x1f\\x7f]+$':
    'has to be one line of text, without characters that cannot be seen',
  '^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]+$':
    'has to be text without characters that cannot be seen',
  '^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$':
    'has to begin and end with a letter or digit, and may have dots, hyphens and underscores between',
  '^(?!\\.{1,2}$)[A-Za-z0-9._-]+$':
    'has to be a name of letters, digits, dots, hyphens and underscores',
};

function inWords({ name, argument, message, uiField, instance }: Found) {
  const why =
    uiField === 'ComponentName' && instance !== undefined
      ? explainComponentName(instance)
      : undefined;
  if (why) return `cannot be the name of a component: ${why}`;
  return (name === 'pattern' && PATTERNS[argument!]) || message;
}

/** Names of fields come from outside, too. */
function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
