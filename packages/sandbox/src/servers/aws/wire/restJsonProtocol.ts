import {
  JsonShapeDeserializer,
  JsonShapeSerializer,
} from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { messageMember } from './jsonProtocol';
import { compareSpecificity, matchPath } from './matchPath';
import { Protocol, WireReply, WireRequest } from './Protocol';
import {
  isBound,
  payloadOf,
  readBindings,
  statusOf,
  writeHeaders,
} from './restBindings';
import { HttpBinding, OperationModel, ServiceModel } from './ServiceModel';

const EPOCH_SECONDS = 7;
const BODY_SETTINGS = {
  jsonName: true,
  timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
} as const;
const CONTENT_TYPE = 'application/json';

/** Operations of a service that are bound to paths, the most specific first. */
const routes = new WeakMap<ServiceModel, OperationModel[]>();

function routesOf(service: ServiceModel): OperationModel[] {
  let found = routes.get(service);
  if (!found) {
    found = [...service.operations.values()]
      .filter(({ http }) => http)
      .sort((a, b) => compareSpecificity(a.http!, b.http!));
    routes.set(service, found);
  }
  return found;
}

async function readJson(schema: NormalizedSchema, body: Buffer) {
  const text = body.toString('utf8') || '{}';
  const parsed = JSON.parse(text);
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new SyntaxError('the body is not a JSON object');
  }
  return (await new JsonShapeDeserializer(BODY_SETTINGS).read(
    schema,
    text,
  )) as Record<string, unknown>;
}

/** The members that stand in the body: one that is all of it, or all that are bound nowhere else. */
async function readBody(
  schema: NormalizedSchema,
  body: Buffer,
): Promise<Record<string, unknown>> {
  const payload = payloadOf(schema);
  if (!payload) {
    const members = await readJson(schema, body);
    for (const [name, member] of schema.structIterator()) {
      if (isBound(member)) {
        delete members[name];
      }
    }
    return members;
  }
  const [name, member] = payload;
  if (body.length === 0) {
    return {};
  }
  if (member.isBlobSchema()) {
    return { [name]: new Uint8Array(body) };
  }
  if (member.isStringSchema()) {
    return { [name]: body.toString('utf8') };
  }
  return { [name]: await readJson(member, body) };
}

function writeJson(schema: NormalizedSchema, value: unknown): string {
  const serializer = new JsonShapeSerializer(BODY_SETTINGS);
  serializer.write(schema, value);
  return String(serializer.flush());
}

function writeBody(
  schema: NormalizedSchema,
  output: Record<string, unknown>,
): string | Uint8Array {
  const payload = payloadOf(schema);
  if (!payload) {
    const bound = new Set<string>();
    for (const [name, member] of schema.structIterator()) {
      if (isBound(member)) {
        bound.add(name);
      }
    }
    return writeJson(
      schema,
      Object.fromEntries(
        Object.entries(output).filter(([name]) => !bound.has(name)),
      ),
    );
  }
  const [name, member] = payload;
  const value = output[name];
  if (value === undefined || value === null) {
    return '';
  }
  if (member.isBlobSchema()) {
    return value as Uint8Array;
  }
  return member.isStringSchema() ? String(value) : writeJson(member, value);
}

/**
 * AWS REST JSON: the operation is named by method and path; members stand in
 * the path, the query string, headers or a JSON body, as the schemas say.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export const restJsonProtocol: Protocol = {
  commonErrors: {
    missingCredentials: {
      code: 'MissingAuthenticationTokenException',
      status: 403,
    },
    unknownCredentials: { code: 'UnrecognizedClientException', status: 403 },
    expiredCredentials: { code: 'ExpiredTokenException', status: 403 },
    throttled: { code: 'ThrottlingException', status: 429 },
    unknownOperation: { code: 'UnknownOperationException', status: 404 },
    malformedRequest: { code: 'SerializationException', status: 400 },
    internalFailure: { code: 'InternalFailure', status: 500 },
  },

  operationName(request, service) {
    return service
      ? routesOf(service).find(({ http }) => matches(http!, request))?.name
      : undefined;
  },

  async decode(operation, request) {
    if (!operation.input.isStructSchema()) {
      return {};
    }
    return {
      ...(await readBody(operation.input, request.body)),
      ...readBindings(operation, request),
    };
  },

  encode(_service, operation, output, _request, requestId): WireReply {
    const members = output as Record<string, unknown>;
    const structure = operation.output.isStructSchema();
    return {
      status: structure
        ? statusOf(operation, members)
        : operation.http?.status ?? 200,
      headers: {
        'content-type': CONTENT_TYPE,
        'x-amzn-requestid': requestId,
        ...(structure ? writeHeaders(operation.output, members) : {}),
      },
      body: structure ? writeBody(operation.output, members) : '{}',
    };
  },

  encodeError(_service, error, _request, requestId) {
    const members = { ...error.members, [messageMember(error)]: error.message };
    return {
      status: error.status,
      headers: {
        'content-type': CONTENT_TYPE,
        'x-amzn-errortype': error.model?.name ?? error.code,
        'x-amzn-requestid': requestId,
      },
      body: error.model
        ? String(writeBody(error.model.schema, members))
        : JSON.stringify(members),
    };
  },
};

/** Whether a request is for a binding; a path that cannot be decoded is for none. */
function matches(binding: HttpBinding, request: WireRequest): boolean {
  try {
    return matchPath(binding, request) !== undefined;
  } catch {
    return false;
  }
}
