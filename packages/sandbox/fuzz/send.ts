import { connect } from 'node:net';
import { FuzzRequest, toBytes } from './FuzzRequest';

/** What came of a request. */
export interface Outcome {
  /** Of the first answer; undefined when there was none. */
  status?: number;
  /** The beginning of what was answered, head included. */
  answer: string;
  /** It should have been answered, or closed, and was not. */
  hung: boolean;
}

/** Longest that any answer may take, ms. */
const PATIENCE_MS = 15_000;
/** How long a watch is listened to, ms. */
const STREAM_MS = 60;

/** Sends a request over a connection of its own and waits for what comes. */
export function send(
  port: number,
  request: FuzzRequest,
  chop: (length: number) => number,
): Promise<Outcome> {
  return new Promise(resolve => {
    const bytes = toBytes(request);
    let answer = '';
    let timer: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const finish = (hung: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
      resolve({ status: status ? Number(status) : undefined, answer, hung });
    };
    socket.on('data', data => {
      if (answer.length < 20_000) {
        answer += data.toString('latin1');
      }
      if (request.isStream) {
        clearTimeout(timer);
        timer = setTimeout(() => finish(false), STREAM_MS);
      }
    });
    socket.on('end', () => finish(false));
    socket.on('close', () => finish(false));
    socket.on('error', () => finish(false));
    timer = setTimeout(() => finish(true), PATIENCE_MS);

    switch (request.delivery) {
      case 'pipelined':
        socket.write(Buffer.concat([open(bytes), open(bytes), bytes]));
        break;
      case 'halfClosed':
        socket.end(bytes.subarray(0, chop(bytes.length)));
        break;
      case 'cut':
        socket.write(bytes.subarray(0, chop(bytes.length)), () =>
          finish(false),
        );
        break;
      case 'dribbled':
        dribble(bytes, chop, piece => socket.write(piece)).catch(() => {});
        break;
      case 'garbage':
        socket.end(request.body.length ? request.body : bytes.subarray(3));
        break;
      default:
        socket.write(bytes);
    }
  });
}

/** The same request on a connection that is to be kept. */
function open(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return Buffer.from(
    text.replace('connection: close', 'connection: keep-alive'),
    'latin1',
  );
}

async function dribble(
  bytes: Buffer,
  chop: (length: number) => number,
  write: (piece: Buffer) => void,
) {
  // A large body goes in few pieces: the test is about seams, not patience.
  const most = Math.max(40, Math.ceil(bytes.length / 20));
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + chop(most);
    write(bytes.subarray(at, at + size));
    at += size;
    await new Promise(resolve => setImmediate(resolve));
  }
}
