import http from 'node:http';
import { now } from './openBoard.mjs';

const TOKEN = 'sandbox-argocd-token';

/**
 * Hears of applications as anybody hears of them: on Argo CD's own stream.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 */
export function watchArgocd(rig) {
  /** @type {Set<(application: object, at: number) => void>} */
  const listeners = new Set();
  const request = http.get(
    `${rig.sandboxUrl(2)}/api/v1/stream/applications`,
    { headers: { authorization: `Bearer ${TOKEN}` } },
    response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', data => {
        const at = now();
        const lines = (text + data).split('\n');
        text = lines.pop();
        for (const line of lines) {
          const application = parse(line);
          if (application) {
            for (const listener of listeners) listener(application, at);
          }
        }
      });
      response.on('error', () => {});
    },
  );
  request.on('error', () => {});
  return {
    /**
     * @param {string} name of an application
     * @param {(application: object) => boolean} test
     * @param {number} patienceMs
     * @returns {Promise<number | undefined>} when it was told, on this
     *   process's clock
     */
    when: (name, test, patienceMs) =>
      new Promise(resolve => {
        const end = at => {
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(at);
        };
        const listener = (application, at) => {
          if (application.metadata.name === name && test(application)) end(at);
        };
        const timer = setTimeout(() => end(undefined), patienceMs);
        listeners.add(listener);
      }),
    close: () => request.destroy(),
  };
}

// one JSON object a line, or the same as an event of an event stream
function parse(line) {
  const start = line.indexOf('{');
  if (start < 0) return undefined;
  try {
    return JSON.parse(line.slice(start)).result?.application;
  } catch {
    return undefined;
  }
}
