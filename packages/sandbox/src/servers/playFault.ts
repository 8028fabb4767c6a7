import { FastifyReply, FastifyRequest } from 'fastify';
import { ServerResponse } from 'node:http';
import { Fault, FaultTable, FaultyCall } from '../world/FaultTable';

const SIGN_IN_PAGE = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title></head>
<body><h1>Sign in to continue</h1><form method="post" action="/login"></form></body>
</html>
`;

/** How often a stalled stream looks whether the fault was taken back, ms. */
const LOOK_MS = 100;

/** Words the errors that faults answer with. */
export interface FaultReplies {
  status(fault: Fault): FastifyReply;
  throttle(fault: Fault): FastifyReply;
}

/**
 * Plays a fault on a call that has come in. Resolves to a reply when the call
 * is answered by it, to undefined when the call may go on, and never when
 * nobody is to be answered.
 */
export async function playFault(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  replies: FaultReplies,
): Promise<FastifyReply | undefined> {
  const { raw } = reply;
  switch (fault.kind) {
    case 'status':
      return replies.status(fault);
    case 'throttle':
      return replies.throttle(fault);
    case 'html':
      return reply
        .code(fault.status ?? 200)
        .headers(fault.headers ?? {})
        .type('text/html; charset=utf-8')
        .send(SIGN_IN_PAGE);
    case 'delay':
      await Promise.race([
        closed(raw),
        new Promise(resolve => {
          setTimeout(resolve, fault.delayMs).unref();
        }),
      ]);
      return undefined;
    case 'truncate':
      truncate(raw);
      return undefined;
    case 'drop':
      request.raw.socket.destroy();
      return never();
    case 'stall':
    default:
      return never();
  }
}

/**
 * Lets faults hit a reply while it is being sent: pieces are lost, held back
 * until the fault ends, or the connection is cut. Install it last, so that
 * what was counted is what was sent.
 */
export function exposeStream(
  raw: ServerResponse,
  call: FaultyCall,
  faults: FaultTable,
): void {
  const write = raw.write;
  const finish = raw.end;
  const held: Array<() => void> = [];
  let stalled: { isOver(): boolean } | undefined;
  let sent = 0;

  const release = () => {
    stalled = undefined;
    held.splice(0).forEach(send => send());
  };
  const stall = (until: { isOver(): boolean }) => {
    stalled = until;
    const timer = setInterval(() => {
      if (stalled?.isOver()) {
        clearInterval(timer);
        release();
      }
    }, LOOK_MS);
    timer.unref();
    raw.once('close', () => clearInterval(timer));
  };

  raw.write = function exposedWrite(this: ServerResponse, ...args: any[]) {
    const send = () => (write as any).apply(raw, args);
    if (stalled) {
      held.push(send);
      return true;
    }
    const hit = faults.takeStream(call, sent);
    sent += 1;
    switch (hit?.fault.kind) {
      case undefined:
        return send();
      case 'lose':
        return true;
      case 'stall':
        held.push(send);
        stall(hit!);
        return true;
      default:
        raw.socket?.destroy();
        return true;
    }
  } as typeof raw.write;
  raw.end = function exposedEnd(this: ServerResponse, ...args: any[]) {
    const send = () => (finish as any).apply(raw, args);
    if (stalled) {
      held.push(send);
      return raw;
    }
    return send();
  } as typeof raw.end;
}

/** Lets the head and half of the first piece of the body through, then cuts. */
function truncate(raw: ServerResponse) {
  const write = raw.write.bind(raw) as (
    chunk: Uint8Array,
    callback: () => void,
  ) => boolean;
  let cut = false;
  const cutAfterHalf = (chunk: unknown) => {
    if (cut || (typeof chunk !== 'string' && !(chunk instanceof Uint8Array))) {
      raw.socket?.destroy();
      return true;
    }
    cut = true;
    const bytes = Buffer.from(chunk as Uint8Array);
    write(bytes.subarray(0, Math.floor(bytes.length / 2)), () =>
      raw.socket?.destroy(),
    );
    return true;
  };
  raw.write = ((chunk: unknown) => cutAfterHalf(chunk)) as typeof raw.write;
  raw.end = ((chunk: unknown) => {
    cutAfterHalf(chunk);
    return raw;
  }) as typeof raw.end;
}

function never(): Promise<never> {
  return new Promise(() => {});
}

function closed(raw: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    raw.once('close', resolve);
  });
}
