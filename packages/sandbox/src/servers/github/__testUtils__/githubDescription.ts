import Ajv, { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unknownFields } from './unknownFields';

/** A schema of OpenAPI 3.0, as far as GitHub's description needs one. */
export interface DescribedSchema {
  $ref?: string;
  nullable?: boolean;
  type?: string;
  properties?: Record<string, DescribedSchema>;
  additionalProperties?: boolean | DescribedSchema;
  items?: DescribedSchema;
  allOf?: DescribedSchema[];
  anyOf?: DescribedSchema[];
  oneOf?: DescribedSchema[];
}

/** GitHub's own description of the operations that the sandbox serves. */
export interface GithubDescription {
  /** As `GET /repos/{owner}/{repo}`, each with its schemas by status; null where a reply has no JSON. */
  operations: Record<string, Record<string, DescribedSchema | null>>;
  /** Which operation a call is, by its path below `/api/v3`. */
  operationOf(method: string, path: string): string | undefined;
  /** Where JSON differs from what the operation's status is described to carry. */
  differences(operation: string, status: number, json: unknown): string[];
  /** Payloads of webhooks that are described, as `issue-comment-created`. */
  webhooks: string[];
  /** Where a webhook's payload differs from what is described. */
  payloadDifferences(webhook: string, payload: unknown): string[];
}

/** Parameters that slashes are part of. */
const WITH_SLASHES = new Set(['path', 'ref', 'basehead', 'branch', 'tree_sha']);

/** Reads `__fixtures__/githubDescription.json`, which names its version. */
export function readGithubDescription(): GithubDescription {
  const { operations, webhooks, components } = JSON.parse(
    readFileSync(
      join(__dirname, '..', '__fixtures__', 'githubDescription.json'),
      'utf8',
    ).replaceAll('#/components/schemas/', ''),
  ) as Pick<GithubDescription, 'operations'> & {
    webhooks: Record<string, DescribedSchema>;
    components: { schemas: Record<string, DescribedSchema> };
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  // GitHub's own examples leave addresses empty.
  ajv.addFormat('uri', value => value === '' || URL.canParse(value));
  ajv.addFormat('timestamp', true);
  for (const [name, schema] of Object.entries(components.schemas)) {
    ajv.addSchema(asJsonSchema(schema), name);
  }
  const compiled = new Map<DescribedSchema, ValidateFunction>();
  const against = (schema: DescribedSchema, json: unknown) => {
    if (!compiled.has(schema)) {
      compiled.set(schema, ajv.compile(asJsonSchema(schema)));
    }
    const validate = compiled.get(schema)!;
    validate(json);
    return [
      ...(validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
      ),
      ...unknownFields(components.schemas, schema, json),
    ];
  };
  const templates = Object.keys(operations)
    .map(operation => ({ operation, pattern: patternOf(operation) }))
    // Of two that fit, the one that leaves less open.
    .sort((a, b) => literal(b.operation) - literal(a.operation));

  return {
    operations,
    operationOf: (method, path) =>
      templates.find(({ pattern }) => pattern.test(`${method} ${path}`))
        ?.operation,
    differences(operation, status, json) {
      const replies = operations[operation];
      // The general errors are not repeated with every operation.
      const schema =
        replies[status] ??
        (status >= 400 ? components.schemas['basic-error'] : undefined);
      if (!schema) {
        return replies[status] === undefined
          ? [`GitHub does not describe the status ${status}`]
          : [];
      }
      return against(schema, json).filter(
        // Every error tells its status; some descriptions forget to say so.
        what => status < 400 || what !== '/status is unknown',
      );
    },
    webhooks: Object.keys(webhooks),
    payloadDifferences: (webhook, payload) =>
      against(webhooks[webhook], payload),
  };
}

/**
 * The schema as JSON schema has it, where OpenAPI's `nullable` is known of
 * types only. Alternatives may both fit: GitHub's errors are described so.
 */
function asJsonSchema(schema: any): any {
  if (Array.isArray(schema)) {
    return schema.map(asJsonSchema);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, inner]) => [
      key === 'oneOf' ? 'anyOf' : key,
      asJsonSchema(inner),
    ]),
  );
  return nullable === true ? { anyOf: [{ type: 'null' }, rest] } : rest;
}

function patternOf(operation: string): RegExp {
  const pattern = operation
    .replaceAll('.', '\\.')
    // The ref of an archive and the path of contents may be left out.
    .replace(/\/\{(path|ref)\}$/, (whole, name) =>
      name === 'path' || /(tar|zip)ball/.test(operation) ? '(?:/.*)?' : whole,
    )
    .replace(/\{([^}]+)\}/g, (_whole, name) =>
      WITH_SLASHES.has(name) ? '.+' : '[^/]+',
    );
  return new RegExp(`^${pattern}$`);
}

function literal(operation: string): number {
  return operation.replace(/\{[^}]+\}/g, '').length;
}
