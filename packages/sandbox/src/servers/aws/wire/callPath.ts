import { IncomingHttpHeaders } from 'node:http';
import { chooseProtocol } from './chooseProtocol';
import { queryProtocol } from './queryProtocol';
import { readCredential } from './readCredential';
import { ServiceModel } from './ServiceModel';

/**
 * What to call a request before its body is here: `/ce/GetCostAndUsage`.
 *
 * Most requests to AWS have the same URL; this tells them apart. In the query
 * protocol the operation stands in the body, so the name ends with the service.
 *
 * @param modelOf - the model of the service with a signing name, if there is one
 */
export function callPath(
  request: {
    method: string;
    url: string;
    headers: IncomingHttpHeaders;
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
    body: Buffer.alloc(0),
  };
  const model = modelOf(credential.service);
  const protocol = chooseProtocol(wire, model);
  const operation =
    protocol === queryProtocol
      ? undefined
      : protocol.operationName(wire, model);
  return operation
    ? `/${credential.service}/${operation}`
    : `/${credential.service}`;
}
