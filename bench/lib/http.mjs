import http from 'node:http';
import zlib from 'node:zlib';

/** As many connections to one server as Chromium opens over HTTP/1.1. */
const BROWSER_CONNECTIONS = 6;

/** How long an answer may take before it counts as a failure. */
const PATIENCE_MS = 60_000;

/**
 * What came back.
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {http.IncomingHttpHeaders} headers
 * @property {number} bytes of the body as it went over the wire, compressed
 *   where the server did
 * @property {number} ms from sending to the last byte
 * @property {() => any} json the body
 */

/**
 * A client with kept-alive connections that tells how many bytes went over the
 * wire, which `fetch` does not.
 *
 * @param {string} base without trailing slash
 * @param {{ connections?: number }} [options]
 */
export function createClient(base, { connections = BROWSER_CONNECTIONS } = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  return {
    base,
    /**
     * @param {string} path
     * @param {{ token?: string, method?: string, body?: unknown, headers?: Record<string, string> }} [options]
     * @returns {Promise<Answer>}
     */
    ask: (path, options) => ask(agent, base + path, options),
    close: () => agent.destroy(),
  };
}

function ask(agent, url, { token, method = 'GET', body, headers } = {}) {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const started = performance.now();
    const request = http.request(
      url,
      {
        agent,
        method,
        headers: {
          'accept-encoding': 'gzip',
          ...(token && { authorization: `Bearer ${token}` }),
          ...(payload && { 'content-type': 'application/json' }),
          ...headers,
        },
        timeout: PATIENCE_MS,
      },
      response => {
        const chunks = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - started;
          const raw = Buffer.concat(chunks);
          resolve({
            status: response.statusCode,
            headers: response.headers,
            bytes: raw.length,
            ms,
            json: () => JSON.parse(plain(response.headers, raw)),
          });
        });
      },
    );
    request.on('timeout', () =>
      request.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)),
    );
    request.on('error', reject);
    request.end(payload);
  });
}

function plain(headers, raw) {
  return headers['content-encoding'] === 'gzip'
    ? zlib.gunzipSync(raw).toString('utf8')
    : raw.toString('utf8');
}

/**
 * @param {Answer} answer
 * @param {string} what was asked for
 * @returns {any} the body
 * @throws Error unless it is a success
 */
export function jsonOf(answer, what) {
  if (answer.status >= 200 && answer.status < 300) return answer.json();
  throw new Error(`${what} answered HTTP ${answer.status}`);
}
