import { create } from 'tar';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/**
 * Everything in a folder as an archive. Lightly compressed, in a thread: to send
 * and to write what that saves takes longer.
 *
 * @throws Error - a file could not be read.
 */
export async function pack(folder: string): Promise<Buffer> {
  return compress(await create({ cwd: folder }, ['']).concat(), { level: 1 });
}
