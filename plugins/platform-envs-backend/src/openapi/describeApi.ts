import { z } from 'zod';
import schemas from './schemas.json';

type Schema = Record<string, unknown>;

/** One thing that can be asked of the API. */
export interface Operation {
  method: 'get' | 'post';
  /** As express writes it: `/promotions/:id`. */
  path: string;
  /** Unique, in camel case. */
  id: string;
  summary: string;
  query?: z.ZodObject;
  /** Name of a schema of the body. */
  body?: string;
  /** By status; absent: no body. */
  answers: Record<number, { description: string; schema?: Schema }>;
  /** `text/event-stream` where it is no JSON. */
  contentType?: string;
}

/** Points to a schema of `schemas.json`. */
export function schemaOf(name: keyof typeof schemas): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

const ERRORS: Record<string, string> = {
  400: 'Something in the request is wrong; the message names it.',
  401: 'Nobody is signed in.',
  403: 'They may not; the message says who may.',
  404: 'There is no such thing.',
  409: 'It cannot be done in the present state.',
  503: 'A system behind it does not answer.',
};

/** What Backstage answers with every error. */
const ERROR_SCHEMA: Schema = {
  type: 'object',
  required: ['error', 'response'],
  properties: {
    error: {
      type: 'object',
      required: ['name', 'message'],
      properties: { name: { type: 'string' }, message: { type: 'string' } },
    },
    request: { type: 'object' },
    response: {
      type: 'object',
      required: ['statusCode'],
      properties: { statusCode: { type: 'integer' } },
    },
  },
};

/**
 * The OpenAPI description of the operations.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function describeApi(operations: Operation[]): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fairway environments',
      version: '1.0.0',
      description:
        'What runs where, and promotions between environments. Times are ISO 8601 in UTC. No request here is passed on to Argo CD, AWS or the Git host, except those that change something, and what an answer says of a source has its age and state with it.',
    },
    servers: [{ url: '/api/platform-envs' }],
    security: [{ backstage: [] }],
    paths,
    components: {
      securitySchemes: {
        backstage: {
          type: 'http',
          scheme: 'bearer',
          description: 'A Backstage token of a user or a service.',
        },
      },
      schemas: { ...schemas, Error: ERROR_SCHEMA },
    },
  };
}

function describe(operation: Operation): Schema {
  const { id, summary, path, query, body, answers } = operation;
  const contentType = operation.contentType ?? 'application/json';
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(query ? queryParameters(query) : []),
  ];
  return {
    operationId: id,
    summary,
    ...(parameters.length && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${body}` },
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema }]) => [
          status,
          { description, ...(schema && content(contentType, schema)) },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(ERRORS).map(([status, description]) => [
          status,
          {
            description,
            ...content('application/json', {
              $ref: '#/components/schemas/Error',
            }),
          },
        ]),
      ),
    },
  };
}

function content(type: string, schema: Schema) {
  return { content: { [type]: { schema } } };
}

function queryParameters(query: z.ZodObject): Schema[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}
