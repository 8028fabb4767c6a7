import Fastify, {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import { ServerResponse } from 'node:http';
import { World } from '../world/types';
import { OpenCall } from '../world/CallCounters';
import { FaultyCall } from '../world/FaultTable';
import { HttpError } from './HttpError';
import { exposeStream, playFault } from './playFault';
import { requireLoopbackHost } from './requireLoopback';

export { HttpError };

/** An error reply in the vendor's shape. */
export interface ErrorReply {
  /** An object is sent as JSON, bytes as they are. */
  body: string | Buffer | object;
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
  /**
   * What counters and faults know a request by, where its URL does not tell:
   * `/ce/GetCostAndUsage`. It is asked when the body is there, and faults are
   * played then.
   */
  path?(request: FastifyRequest): string;
  /** What the vendor says to who calls too often; 429 with `retry-after: 1` unless told. */
  throttled?(request: FastifyRequest): HttpError;
  /** Reads another URL where a vendor has two for one thing. */
  rewriteUrl?(url: string): string;
  /** Paths that no fault hits. */
  spared?: RegExp;
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
      .send(
        typeof body === 'string' || Buffer.isBuffer(body)
          ? body
          : JSON.stringify(body),
      );
  };

  const openCalls = new WeakMap<
    FastifyRequest,
    (path: string, route?: string) => FaultyCall
  >();

  const server = Fastify({
    bodyLimit: options.bodyLimit ?? 64 * 1024 * 1024,
    forceCloseConnections: true,
    rewriteUrl: ({ url = '/' }) => options.rewriteUrl?.(url) ?? url,
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

  server.addHook('onRoute', ({ method, url }) =>
    [method]
      .flat()
      .forEach(one => world.counters.serves(upstream, `${one} ${url}`)),
  );

  const throttled =
    options.throttled ??
    (() => new HttpError(429, 'Too Many Requests', {}, { 'retry-after': '1' }));

  const meet = async (
    request: FastifyRequest,
    reply: FastifyReply,
    call: FaultyCall,
  ) => {
    exposeStream(reply.raw, call, world.faults);
    const fault = options.spared?.test(call.path)
      ? undefined
      : world.faults.take(call);
    return (
      fault &&
      playFault(fault, request, reply, {
        status: ({ id, status, message, code, headers }) =>
          sendError(
            request,
            reply,
            new HttpError(
              status!,
              message ?? `Injected fault ${id}`,
              code === undefined ? {} : { code },
              headers,
            ),
          ),
        throttle({ message, headers }) {
          const usual = throttled(request);
          return sendError(
            request,
            reply,
            new HttpError(
              usual.status,
              message ?? usual.message,
              usual.details,
              { ...usual.headers, ...headers },
            ),
          );
        },
      })
    );
  };

  server.addHook('onRequest', async (request, reply) => {
    requireLoopbackHost(request);
    const open = measure(options, reply.raw);
    const isOn = (path: string, route = path) => {
      open.isOn(`${request.method} ${route}`);
      return { upstream, method: request.method, path, route };
    };
    openCalls.set(request, isOn);
    if (options.path) {
      return undefined;
    }
    // No name in any vendor's API has one, and programs take them as an end.
    if (/%(0[0ad]|7f)/i.test(request.url)) {
      throw new HttpError(400, 'The URL has a control character in it');
    }
    return meet(
      request,
      reply,
      isOn(request.url.split('?')[0], request.routeOptions.url ?? '(none)'),
    );
  });

  if (options.path) {
    server.addHook('preHandler', async (request, reply) =>
      meet(request, reply, openCalls.get(request)!(options.path!(request))),
    );
  }

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
 * The request's body as JSON, `{}` when there is none or it is `null`.
 *
 * @throws HttpError - 400 when it is not JSON.
 */
export function jsonBody(request: FastifyRequest): any {
  const body = request.body as Buffer | undefined;
  if (!body || body.length === 0) {
    return {};
  }
  try {
    return JSON.parse(body.toString('utf8')) ?? {};
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

/** Counts a call and the bytes of its reply, until its connection has done with it. */
function measure(
  { world, upstream }: ServerOptions,
  raw: ServerResponse,
): OpenCall {
  const call = world.counters.begin(upstream);
  let bytes = 0;
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
    call.end({ bytes, failed: raw.statusCode >= 400 || !raw.writableFinished }),
  );
  return call;
}
