import http from 'node:http';
import { mergeChange } from './changes.mjs';

const PATIENCE_MS = 30_000;

/**
 * Bytes of what an open board is told when something changed: the first frame
 * after the one that greets, heartbeats apart.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {import('./changes.mjs').Change} change that is merged meanwhile
 * @returns {Promise<{ bytes: number, frame: string }>}
 */
export async function measureChangeEvent(rig, change) {
  const frames = openStream(rig.portal);
  try {
    await frames.next();
    await mergeChange(rig, change);
    const frame = await frames.next();
    return { bytes: Buffer.byteLength(frame), frame };
  } finally {
    frames.close();
  }
}

function openStream({ url, token }) {
  const waiting = [];
  const arrived = [];
  let text = '';
  const request = http.get(`${url}/api/platform-envs/overview/stream`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
  });
  request.on('response', response => {
    response.setEncoding('utf8');
    response.on('data', data => {
      text += data;
      for (
        let end = text.indexOf('\n\n');
        end >= 0;
        end = text.indexOf('\n\n')
      ) {
        const frame = text.slice(0, end + 2);
        text = text.slice(end + 2);
        if (frame.startsWith(':')) continue;
        if (waiting.length) waiting.shift()(frame);
        else arrived.push(frame);
      }
    });
  });
  request.on('error', () => {});
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (arrived.length) {
          resolve(arrived.shift());
          return;
        }
        const timer = setTimeout(
          () => reject(new Error('the stream of the board told nothing')),
          PATIENCE_MS,
        );
        waiting.push(frame => {
          clearTimeout(timer);
          resolve(frame);
        });
      }),
    close: () => request.destroy(),
  };
}
