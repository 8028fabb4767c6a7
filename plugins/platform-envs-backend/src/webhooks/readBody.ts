import { IncomingMessage } from 'node:http';

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
 * within `timeoutMs`. What is still to come is not read.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('error', onEnd);
      request.off('close', onEnd);
      request.pause();
      settle();
    };
    const tooLarge = () =>
      finish(() =>
        reject(
          new UnreadBodyError(
            413,
            `A delivery may have ${maxBytes} bytes and no more`,
          ),
        ),
      );
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) tooLarge();
      else chunks.push(chunk);
    };
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks)));
    const timer = setTimeout(
      () =>
        finish(() =>
          reject(
            new UnreadBodyError(
              408,
              `The delivery did not come within ${timeoutMs / 1000} s`,
            ),
          ),
        ),
      timeoutMs,
    );
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      tooLarge();
      return;
    }
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('error', onEnd);
    request.on('close', onEnd);
  });
}
