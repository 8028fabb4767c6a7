import { jsonOf } from '../lib/http.mjs';
import { PAGE_ROWS } from './boardRequests.mjs';

/**
 * Bytes on the wire, compressed: a page of the board, and all of it.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 */
export async function measureBytes({ portal: { client, token } }) {
  const sizeOf = async limit => {
    const path = `/api/platform-envs/overview?limit=${limit}`;
    const answer = await client.ask(path, { token });
    const { rows } = jsonOf(answer, path);
    return {
      bytes: answer.bytes,
      rows: rows.length,
      encoding: answer.headers['content-encoding'] ?? 'none',
    };
  };
  return { page: await sizeOf(PAGE_ROWS), whole: await sizeOf('all') };
}
