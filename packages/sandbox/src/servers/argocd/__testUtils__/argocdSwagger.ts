import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
}

interface Swagger {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { schema?: Schema }> }>
  >;
  definitions: Record<string, Schema>;
}

/** Says what disagrees between a reply and Argo CD's own API description. */
export type ReplyCheck = (
  method: string,
  url: string,
  status: number,
  body: unknown,
) => string[];

/** Definitions whose Go types write JSON of their own: inlined structs, and anything at all. */
const OPEN = new Set([
  '#/definitions/v1alpha1ResourceNode',
  '#/definitions/runtimeRawExtension',
  '#/definitions/v1JSON',
]);

/**
 * The check of replies against Argo CD's own description of the served
 * operations (`__fixtures__/argocdSwagger.json` names its version). Besides
 * types it reports fields that Argo CD does not know.
 */
export function argocdSwagger(): ReplyCheck {
  const swagger: Swagger = JSON.parse(
    readFileSync(
      join(__dirname, '..', '__fixtures__', 'argocdSwagger.json'),
      'utf8',
    ),
  );
  return (method, url, status, body) => {
    const path = url.split('?')[0];
    const template = Object.keys(swagger.paths)
      // Literal segments win over parameters.
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .find(
        candidate =>
          swagger.paths[candidate][method.toLowerCase()] &&
          new RegExp(
            `^${candidate
              .replace(/[.]/g, '\\.')
              .replace(/\{[^}]+\}/g, '[^/]+')}$`,
          ).test(path),
      );
    if (!template) {
      return [`${method} ${path} is not in the description`];
    }
    const { responses } = swagger.paths[template][method.toLowerCase()];
    const schema = (status === 200 ? responses['200'] : responses.default)
      .schema;
    return schema ? check(swagger, schema, body, '') : [];
  };
}

function check(
  swagger: Swagger,
  schema: Schema,
  value: unknown,
  at: string,
): string[] {
  if (schema.$ref) {
    const definition =
      swagger.definitions[schema.$ref.replace('#/definitions/', '')];
    return check(
      swagger,
      OPEN.has(schema.$ref)
        ? { ...definition, additionalProperties: {} }
        : definition,
      value,
      at,
    );
  }
  // Go writes nil slices and maps as null.
  if (value === null && (schema.type === 'array' || schema.type === 'object')) {
    return [];
  }
  const wrong = [`${at || '/'}: ${JSON.stringify(value)} is no ${schema.type}`];
  switch (schema.type) {
    case 'object':
      return !value || typeof value !== 'object' || Array.isArray(value)
        ? wrong
        : checkObject(swagger, schema, value, at);
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) =>
            check(swagger, schema.items ?? {}, item, `${at}/${index}`),
          )
        : wrong;
    case 'string':
      return typeof value !== 'string' ||
        (schema.format === 'date-time' && Number.isNaN(Date.parse(value)))
        ? wrong
        : [];
    case 'integer':
      return Number.isInteger(value) ? [] : wrong;
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong;
    default:
      return [];
  }
}

function checkObject(
  swagger: Swagger,
  schema: Schema,
  value: object,
  at: string,
): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const property = schema.properties?.[key] ?? schema.additionalProperties;
    if (property) {
      return check(swagger, property, inner, `${at}/${key}`);
    }
    return schema.properties ? [`${at}/${key} is unknown to Argo CD`] : [];
  });
}
