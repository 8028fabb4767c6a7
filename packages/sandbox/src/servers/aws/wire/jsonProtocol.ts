import {
  JsonShapeDeserializer,
  JsonShapeSerializer,
} from '@aws-sdk/core/protocols';
import { Protocol, WireError, WireRequest } from './Protocol';
import { ServiceModel } from './ServiceModel';

const EPOCH_SECONDS = 7;
const SETTINGS = {
  jsonName: false,
  timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
} as const;

function contentType(request: WireRequest): string {
  return request.headers['content-type'] ?? 'application/x-amz-json-1.1';
}

/** JSON 1.0 names error shapes in full, JSON 1.1 by their last part. */
function errorType(
  service: ServiceModel | undefined,
  error: WireError,
  request: WireRequest,
): string {
  const name = error.model?.name ?? error.code;
  return service && error.model && contentType(request).includes('json-1.0')
    ? `${service.namespace}#${name}`
    : name;
}

/** Name of the member that carries the message; the services differ in its case. */
export function messageMember(error: WireError): string {
  if (error.model) {
    for (const [name] of error.model.schema.structIterator()) {
      if (name.toLocaleLowerCase('en-US') === 'message') {
        return name;
      }
    }
  }
  return 'message';
}

/**
 * AWS JSON 1.0 and 1.1: the operation is named by `X-Amz-Target`, bodies are
 * JSON. The version is the one that the request came with.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const jsonProtocol: Protocol = {
  commonErrors: {
    missingCredentials: {
      code: 'MissingAuthenticationTokenException',
      status: 400,
    },
    unknownCredentials: { code: 'UnrecognizedClientException', status: 400 },
    expiredCredentials: { code: 'ExpiredTokenException', status: 400 },
    throttled: { code: 'ThrottlingException', status: 400 },
    unknownOperation: { code: 'UnknownOperationException', status: 400 },
    malformedRequest: { code: 'SerializationException', status: 400 },
    internalFailure: { code: 'InternalFailure', status: 500 },
  },

  operationName(request) {
    return String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .pop();
  },

  async decode(operation, request) {
    const text = request.body.toString('utf8') || '{}';
    const parsed = JSON.parse(text);
    if (parsed === null || typeof parsed !== 'object') {
      throw new SyntaxError('the body is not a JSON object');
    }
    return operation.input.isStructSchema()
      ? new JsonShapeDeserializer(SETTINGS).read(operation.input, text)
      : {};
  },

  encode(_service, operation, output, request, requestId) {
    let body = '{}';
    if (operation.output.isStructSchema()) {
      const serializer = new JsonShapeSerializer(SETTINGS);
      serializer.write(operation.output, output);
      body = serializer.flush();
    }
    return {
      status: 200,
      headers: {
        'content-type': contentType(request),
        'x-amzn-requestid': requestId,
      },
      body,
    };
  },

  encodeError(service, error, request, requestId) {
    const type = errorType(service, error, request);
    const headers: Record<string, string> = {
      'content-type': contentType(request),
      'x-amzn-errortype': type,
      'x-amzn-requestid': requestId,
    };
    // Services that moved from query to JSON keep the old code in a header.
    if (request.headers['x-amzn-query-mode'] === 'true') {
      const code = error.model?.queryCode ?? error.code;
      const side = error.status >= 500 ? 'Receiver' : 'Sender';
      headers['x-amzn-query-error'] = `${code};${side}`;
    }
    return {
      status: error.status,
      headers,
      body: JSON.stringify({
        __type: type,
        ...error.members,
        [messageMember(error)]: error.message,
      }),
    };
  },
};
