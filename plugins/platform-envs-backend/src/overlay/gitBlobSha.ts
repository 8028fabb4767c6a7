import { createHash } from 'node:crypto';

/** The id under which Git keeps a file's content: 40 hex digits. */
export function gitBlobSha(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');
}
