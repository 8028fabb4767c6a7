import { IncomingHttpHeaders } from 'node:http';
import { chooseProtocol } from './chooseProtocol';
import { queryProtocol } from './queryProtocol';
import { readCredential } from './readCredential';

/**
 * What to call a request before its body is here: `/ce/GetCostAndUsage`.
 *
 * Every request to AWS has the same URL; this tells them apart. In the query
 * protocol the operation stands in the body, so the name ends with the service.
 */
export function callPath(request: {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}): string {
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
  const protocol = chooseProtocol(wire);
  const operation =
    protocol === queryProtocol ? undefined : protocol.operationName(wire);
  return operation
    ? `/${credential.service}/${operation}`
    : `/${credential.service}`;
}
