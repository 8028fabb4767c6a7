import { FastifyRequest } from 'fastify';
import { HttpError } from './HttpError';

const LOOPBACK_NAME =
  /^(localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Refuses what a browser sends on behalf of a page from elsewhere: the tokens
 * of the sandbox are published, so listening on loopback is not enough.
 *
 * A name of another machine that was pointed at loopback (DNS rebinding) shows
 * in the Host header. A request without one comes from no browser.
 *
 * @throws HttpError - 403
 */
export function requireLoopbackHost(request: FastifyRequest): void {
  const { host } = request.headers;
  if (host !== undefined && host !== '' && !LOOPBACK_NAME.test(host)) {
    throw new HttpError(
      403,
      `the sandbox answers to localhost only, not to the host "${host}"`,
    );
  }
}

/**
 * Refuses calls that change something when a page of another origin makes
 * them. Forms and `fetch` in `no-cors` mode reach the server without asking.
 *
 * @throws HttpError - 403
 */
export function requireSameOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    return;
  }
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isForeign =
    (origin !== undefined && origin !== `http://${host}`) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (isForeign) {
    throw new HttpError(
      403,
      `a page of ${origin ?? 'another site'} may not control the sandbox`,
    );
  }
}
