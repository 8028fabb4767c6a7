import { IncomingHttpHeaders } from 'node:http';
import { chooseProtocol } from './chooseProtocol';
import { readCredential } from './readCredential';
import { Protocol, WireRequest } from './Protocol';
import { ServiceModel } from './ServiceModel';

/**
 * What to call a request: `/ce/GetCostAndUsage`.
 *
 * Most requests to AWS have the same URL; this tells them apart. Where the
 * operation cannot be read, the name ends with the service.
 *
 * @param modelOf - the model of the service with a signing name, if there is one
 */
export function callPath(
  request: {
    method: string;
    url: string;
    headers: IncomingHttpHeaders;
    body?: unknown;
  },
  modelOf: (signingName: string) => ServiceModel | undefined,
): string {
  const credential = readCredential(request.headers);
  if (!credential) {
    return '/';
  }
  const wire = {
    method: request.method,
    url: request.url,
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
  const model = modelOf(credential.service);
  const protocol = chooseProtocol(wire, model);
  const operation = operationName(protocol, wire, model);
  return operation
    ? `/${credential.service}/${operation}`
    : `/${credential.service}`;
}

/** The operation of a service that is served; a made-up name is none. */
function operationName(
  protocol: Protocol,
  wire: WireRequest,
  model: ServiceModel | undefined,
): string | undefined {
  try {
    const name = protocol.operationName(wire, model);
    return name && model?.operations.has(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
