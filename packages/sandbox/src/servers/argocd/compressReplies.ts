import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { FastifyInstance } from 'fastify';

const compress = promisify(gzip);

/** Replies that are shorter are sent as they are, bytes. */
const SHORTEST = 1400;

/** Sends JSON replies gzipped to those who accept it, as `--enable-gzip` (the default) does; streams stay plain. */
export function compressReplies(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (
      typeof payload !== 'string' ||
      payload.length < SHORTEST ||
      !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) ||
      !String(reply.getHeader('content-type')).startsWith('application/json')
    ) {
      return payload;
    }
    reply.header('content-encoding', 'gzip');
    reply.header('vary', 'Accept-Encoding');
    reply.removeHeader('content-length');
    return compress(payload);
  });
}
