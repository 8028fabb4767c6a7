import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Config } from './config.ts';
import { createGraphql } from './graphql/createGraphql.ts';
import type { Library } from './library.ts';
import { createMetrics } from './metrics.ts';

/** Requests with a larger body are refused. */
const MAX_BODY_BYTES = 1 << 20;

/** Asked by machines every few seconds: counted, but not logged. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

export interface ServerOptions {
  config: Config;
  library: Library;
  /** As readOperations gives them. */
  operations: Map<string, string>;
  /** The name of the service, as its log lines carry it. */
  service: string;
  version: string;
  /** Where log lines go; standard output when absent. */
  lines?: { write: (line: string) => void };
}

/** The server, and whether new requests may be sent to it. */
export interface Server {
  app: FastifyInstance;
  setReady: (ready: boolean) => void;
}

/** Makes a server that is not ready yet. */
export function createServer(options: ServerOptions): Server {
  const { config, service, version } = options;
  const metrics = createMetrics(version);
  let ready = false;

  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    requestTimeout: 30_000,
    return503OnClosing: false,
    logger: {
      level: config.logLevel,
      base: { service, version, environment: config.environment },
      formatters: { level: (level) => ({ level }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      messageKey: 'message',
      ...(options.lines && { stream: options.lines }),
    },
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'other',
      code: String(reply.statusCode),
    };
    metrics.requests.inc(labels);
    metrics.requestDuration.observe(labels, reply.elapsedTime / 1000);
    if (PROBES.has(labels.route) && reply.statusCode < 500) {
      return;
    }
    request.log.info(
      {
        method: labels.method,
        route: labels.route,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, 404, 'There is nothing at this address.'),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error({ err: error }, 'request failed');
    }
    return sendProblem(
      request,
      reply,
      status,
      status < 500 ? error.message : undefined,
    );
  });

  // It says that the process works and looks at nothing else: a restart would
  // not mend a database.
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_, reply) =>
    reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready' }),
  );
  app.get('/metrics', async (_, reply) =>
    reply
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics()),
  );

  const graphql = createGraphql({ ...options, metrics });
  app.route({
    url: graphql.graphqlEndpoint,
    method: ['GET', 'POST'],
    handler: (req, reply) =>
      graphql.handleNodeRequestAndResponse(req, reply, { req, reply }),
  });

  return {
    app,
    setReady: (value) => {
      ready = value;
    },
  };
}

/** An error as RFC 9457 describes it. */
function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  detail: string | undefined,
) {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        title: STATUS_CODES[status] ?? 'Error',
        status,
        detail,
        requestId: request.id,
      }),
    );
}

/** The caller's id where it is harmless in a log line, else a new one. */
function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header)
    ? header
    : randomUUID();
}
