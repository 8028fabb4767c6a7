import { cborProtocol } from './cborProtocol';
import { jsonProtocol } from './jsonProtocol';
import { Protocol, WireRequest } from './Protocol';
import { queryProtocol } from './queryProtocol';

/** Tells from a request which protocol its client speaks; a service may be spoken to in several. */
export function chooseProtocol(request: WireRequest): Protocol {
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
  return jsonProtocol;
}
