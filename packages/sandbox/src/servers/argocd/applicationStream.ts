import { FastifyReply, FastifyRequest } from 'fastify';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { Application, ApplicationEvent } from '../../world/argocd/types';
import { selectFields } from './fields';

/** Events that a slow or silenced watcher may be behind; what comes then is dropped. */
const BUFFER = 1000;
const KEEPALIVE_MS = 15_000;

/** What a watch is about. */
export interface StreamOptions {
  /** Whether the caller sees the application. */
  matches(application: Application): boolean;
  name?: string;
  resourceVersion?: string;
  fields?: string;
}

/**
 * Answers with a stream of changes, as grpc-gateway does: server-sent events
 * when asked for, else one JSON object a line. Begins with everything as
 * `ADDED` unless a resource version was given; does not repeat a message that
 * would look the same as the last one of its application.
 */
export function streamApplications(
  engine: ArgocdEngine,
  request: FastifyRequest,
  reply: FastifyReply,
  options: StreamOptions,
): void {
  const isSse = request.headers.accept === 'text/event-stream';
  const from = Number(options.resourceVersion || 0);
  const last = new Map<string, string>();
  const waiting: string[] = [];

  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': isSse ? 'text/event-stream' : 'application/json',
    ...(isSse ? { 'x-content-type-options': 'nosniff' } : {}),
  });
  raw.flushHeaders();

  const flush = () => {
    while (!engine.silent && !raw.writableNeedDrain && waiting.length > 0) {
      raw.write(waiting.shift()!);
    }
  };
  const send = (event: ApplicationEvent) => {
    const { name, resourceVersion } = event.application.metadata;
    if (
      (options.name && options.name !== name) ||
      Number(resourceVersion) < from ||
      !options.matches(event.application)
    ) {
      return;
    }
    const json = JSON.stringify(
      selectFields({ result: event }, options.fields),
    );
    if (last.get(name) === json) {
      return;
    }
    last.set(name, json);
    if (waiting.length < BUFFER) {
      waiting.push(isSse ? `data: ${json} \n\n\n` : `${json}\n`);
    }
    flush();
  };

  if (!options.resourceVersion || options.name) {
    engine.store
      .list()
      .forEach(application => send({ type: 'ADDED', application }));
  }
  const keepalive = setInterval(() => {
    if (isSse && !engine.silent) {
      raw.write(':\n');
    }
  }, KEEPALIVE_MS);
  keepalive.unref();
  engine.store.events.on('change', send);
  engine.events.on('resume', flush);
  const end = () => raw.end();
  engine.events.on('restart', end);
  raw.on('drain', flush);
  raw.on('close', () => {
    clearInterval(keepalive);
    engine.store.events.off('change', send);
    engine.events.off('resume', flush);
    engine.events.off('restart', end);
  });
}
