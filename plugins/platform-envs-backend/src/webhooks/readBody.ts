import { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why a body was not read to its end. */
export class UnreadBodyError extends Error {
  constructor(readonly status: 408 | 413, message: string) {
    super(message);
    this.name = 'UnreadBodyError';
  }
}

/**
 * The bytes of a request, as they were sent.
 *
 * @throws UnreadBodyError - there are more than `maxBytes`, or they did not come
 * within `timeoutMs`. What is still to come is not read, and the connection is
 * left for the answer.
 */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<Buffer> {
  const deadline = new AbortController();
  try {
    return await Promise.race([
      collect(request, maxBytes),
      sleep(timeoutMs, undefined, { signal: deadline.signal }).then(() => {
        throw new UnreadBodyError(
          408,
          `The delivery did not come within ${timeoutMs / 1000} s`,
        );
      }),
    ]);
  } finally {
    deadline.abort();
  }
}

async function collect(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer> {
  const tooLarge = () =>
    new UnreadBodyError(
      413,
      `A delivery may have ${maxBytes} bytes and no more`,
    );
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
