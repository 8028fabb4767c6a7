import { CborCodec, cbor } from '@smithy/core/cbor';
import { jsonProtocol } from './jsonProtocol';
import { Protocol, WireRequest } from './Protocol';

const CONTENT_TYPE = 'application/cbor';

function headers(requestId: string): Record<string, string> {
  return {
    'content-type': CONTENT_TYPE,
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
  };
}

function path(request: WireRequest): string {
  return request.url.split('?')[0];
}

/**
 * Smithy RPC v2 CBOR: the operation is named by the path
 * `/service/<service>/operation/<operation>`.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const cborProtocol: Protocol = {
  commonErrors: jsonProtocol.commonErrors,

  operationName(request) {
    return /\/operation\/([^/]+)\/?$/.exec(path(request))?.[1];
  },

  async decode(operation, request) {
    if (request.body.length === 0 || !operation.input.isStructSchema()) {
      return {};
    }
    return new CborCodec()
      .createDeserializer()
      .read(operation.input, request.body) as Record<string, unknown>;
  },

  encode(_service, operation, output, _request, requestId) {
    let body: Uint8Array = cbor.serialize({});
    if (operation.output.isStructSchema()) {
      const serializer = new CborCodec().createSerializer();
      serializer.write(operation.output, output);
      body = serializer.flush();
    }
    return { status: 200, headers: headers(requestId), body };
  },

  encodeError(service, error, request, requestId) {
    const name = error.model?.name ?? error.code;
    const reply = headers(requestId);
    if (request.headers['x-amzn-query-mode'] === 'true') {
      const code = error.model?.queryCode ?? error.code;
      const side = error.status >= 500 ? 'Receiver' : 'Sender';
      reply['x-amzn-query-error'] = `${code};${side}`;
    }
    return {
      status: error.status,
      headers: reply,
      body: cbor.serialize({
        __type: service && error.model ? `${service.namespace}#${name}` : name,
        message: error.message,
      }),
    };
  },
};
