import Fastify, {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import { ServerResponse } from 'node:http';
import { World } from '../world/types';
import { Fault } from '../world/FaultTable';

/** An error that a handler throws; the server words it as its vendor does. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Anything the vendor's error shape needs, such as a code. */
    readonly details: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** An error reply in the vendor's shape. */
export interface ErrorReply {
  /** An object is sent as JSON. */
  body: string | object;
  contentType?: string;
  headers?: Record<string, string>;
}

export interface ServerOptions {
  /** Name in counters and faults: `github`, `argocd`, `kubernetes`, `aws`, `control`. */
  upstream: string;
  world: Pick<World, 'counters' | 'faults' | 'report'>;
  /** Words an error as the vendor does. */
  error(error: HttpError, request?: FastifyRequest): ErrorReply;
  /** Largest request body, bytes; 64 MiB unless told. */
  bodyLimit?: number;
  /** What counters and faults know a request by, where its URL does not tell: `/ce/GetCostAndUsage`. */
  path?(request: FastifyRequest): string;
}

/**
 * The ground all servers stand on: bodies arrive as a Buffer whatever their
 * type (see {@link jsonBody}), every error is worded by the vendor's rules,
 * calls are counted, faults are played before the handler runs, and `close()`
 * does not wait for idle or streaming connections.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const { world, upstream } = options;

  const sendError = (
    request: FastifyRequest,
    reply: FastifyReply,
    error: HttpError,
  ) => {
    const { body, contentType, headers } = options.error(error, request);
    return reply
      .code(error.status)
      .headers({ ...error.headers, ...headers })
      .type(
        contentType ??
          (typeof body === 'string'
            ? 'text/plain; charset=utf-8'
            : 'application/json; charset=utf-8'),
      )
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  };

  const server = Fastify({
    bodyLimit: options.bodyLimit ?? 64 * 1024 * 1024,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
    frameworkErrors: (error, request, reply) => {
      sendError(request, reply, toHttpError(error));
    },
  });

  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );

  server.addHook('onRequest', async (request, reply) => {
    measure(options, request, reply);
    // No name in any vendor's API has one, and programs take them as an end.
    if (/%(0[0ad]|7f)/i.test(request.url)) {
      throw new HttpError(400, 'The URL has a control character in it');
    }
    const path = options.path?.(request) ?? request.url.split('?')[0];
    const fault = world.faults.take(upstream, request.method, path);
    if (fault) {
      await play(fault, reply.raw);
      if (fault.kind === 'status') {
        sendError(
          request,
          reply,
          new HttpError(
            fault.status!,
            fault.message ?? `Injected fault ${fault.id}`,
            {},
            fault.headers,
          ),
        );
        return reply;
      }
    }
    return undefined;
  });

  server.setErrorHandler((error: FastifyError, request, reply) => {
    const httpError = toHttpError(error);
    if (httpError.status >= 500 && !(error instanceof HttpError)) {
      world.report(`${upstream} ${request.method} ${request.url}`, error);
    }
    sendError(request, reply, httpError);
  });

  server.setNotFoundHandler((request, reply) => {
    sendError(request, reply, new HttpError(404, 'Not Found'));
  });

  return server;
}

/**
 * The request's body as JSON, `{}` when there is none.
 *
 * @throws HttpError - 400 when it is not JSON.
 */
export function jsonBody(request: FastifyRequest): any {
  const body = request.body as Buffer | undefined;
  if (!body || body.length === 0) {
    return {};
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpError(400, 'Problems parsing JSON');
  }
}

function toHttpError(error: Error & { statusCode?: number }): HttpError {
  if (error instanceof HttpError) {
    return error;
  }
  const status = error.statusCode ?? 500;
  return new HttpError(
    status,
    status >= 500 ? 'Internal Server Error' : error.message,
  );
}

function measure(
  { world, upstream, path }: ServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const route = `${request.method} ${
    path?.(request) ?? request.routeOptions.url ?? '(none)'
  }`;
  const end = world.counters.begin(upstream, route);
  let bytes = 0;
  const raw = reply.raw;
  const { write, end: finish } = raw;
  const size = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') {
      return Buffer.byteLength(
        chunk,
        typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8',
      );
    }
    return chunk instanceof Uint8Array ? chunk.byteLength : 0;
  };
  raw.write = function countedWrite(this: ServerResponse, ...args: any[]) {
    bytes += size(args[0], args[1]);
    return (write as any).apply(this, args);
  } as typeof raw.write;
  raw.end = function countedEnd(this: ServerResponse, ...args: any[]) {
    bytes += size(args[0], args[1]);
    return (finish as any).apply(this, args);
  } as typeof raw.end;
  raw.once('close', () =>
    end({ bytes, failed: raw.statusCode >= 400 || !raw.writableFinished }),
  );
}

const never = () => new Promise<void>(() => {});

/** Plays a fault; resolves when the call may go on. */
async function play(fault: Fault, raw: ServerResponse): Promise<void> {
  const closed = new Promise<void>(resolve => raw.once('close', resolve));
  switch (fault.kind) {
    case 'delay':
      await Promise.race([
        closed,
        new Promise(resolve => {
          setTimeout(resolve, fault.delayMs).unref();
        }),
      ]);
      return;
    case 'drop':
      raw.socket?.destroy();
      await never();
      return;
    case 'stall':
      await never();
      return;
    case 'truncate':
      truncate(raw);
      return;
    default:
  }
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
