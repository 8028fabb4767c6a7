import { Problem } from '../problem.mjs';

const PATIENCE_MS = 10_000;
/** A reset seeds everything again. */
const RESET_MS = 120_000;

/**
 * The remote control of a running sandbox.
 *
 * @param {number} port of its control server
 */
export function controlOf(port) {
  const url = `http://localhost:${port}`;
  let known = false;

  async function send(method, path, body) {
    let response;
    let text;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(path === '/reset' ? RESET_MS : PATIENCE_MS),
      });
      text = await response.text();
    } catch (error) {
      if (error.name === 'TimeoutError') {
        throw new Problem(
          `The sandbox at ${url} takes the call but does not answer.`,
          `look whether a fault stalls it ("./fairway sandbox faults clear --port ${port}"), or stop it and start it again.`,
        );
      }
      if (!isRefused(error)) throw isSomethingElse(`no HTTP answer`);
      throw new Problem(
        `No sandbox answers at ${url}.`,
        'start it with ./fairway up or ./fairway sandbox; if it runs at other ports, name the first with --port.',
      );
    }
    let json;
    try {
      json = text === '' ? undefined : JSON.parse(text);
    } catch {
      throw isSomethingElse(`HTTP ${response.status}, not JSON`);
    }
    return { response, json };
  }

  const isSomethingElse = what =>
    new Problem(
      `What answers at ${url} is not the sandbox's control server (${what}).`,
      'name the first port of the sandbox with --port; ./fairway sandbox starts one.',
    );

  return {
    url,
    /**
     * @param {string} method
     * @param {string} path
     * @param {unknown} [body]
     * @returns {Promise<any>} what it answers
     * @throws Problem in the sandbox's words when it refuses
     */
    async ask(method, path, body) {
      if (!known) {
        const { json } = await send('GET', '/');
        if (json?.name !== 'fairway-sandbox') {
          throw isSomethingElse('it does not say its name');
        }
        known = true;
      }
      const { response, json } = await send(method, path, body);
      if (!response.ok) {
        throw new Problem(
          `The sandbox refuses: ${json?.error ?? `HTTP ${response.status}`}`,
          './fairway sandbox --help tells what it takes.',
        );
      }
      return json;
    },
  };
}

function isRefused(error) {
  const causes = [error, error?.cause, ...(error?.cause?.errors ?? [])];
  return causes.some(cause => cause?.code === 'ECONNREFUSED');
}
