import { cborProtocol } from './cborProtocol';
import { jsonProtocol } from './jsonProtocol';
import { Protocol, WireRequest } from './Protocol';
import { queryProtocol } from './queryProtocol';
import { restJsonProtocol } from './restJsonProtocol';
import { ServiceModel } from './ServiceModel';

/**
 * Tells from a request which protocol its client speaks; a service may be
 * spoken to in several. Only REST shows nothing of itself in a request: it is
 * what a REST service is spoken to in when the request names no other.
 */
export function chooseProtocol(
  request: WireRequest,
  service: ServiceModel | undefined,
): Protocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') {
    return cborProtocol;
  }
  if (request.headers['x-amz-target']) {
    return jsonProtocol;
  }
  const contentType = request.headers['content-type'] ?? '';
  if (
    contentType.startsWith('application/x-www-form-urlencoded') ||
    /[?&]Action=/.test(request.url)
  ) {
    return queryProtocol;
  }
  return service?.protocolId === 'aws.protocols#restJson1'
    ? restJsonProtocol
    : jsonProtocol;
}
