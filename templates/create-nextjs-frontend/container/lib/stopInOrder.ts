import diagnostics from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { readiness } from './readiness';

const milliseconds = (name: string, otherwise: number): number => {
  const seconds = Number(process.env[name] || otherwise);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : otherwise * 1000;
};

/**
 * On SIGTERM: says first that it is not ready any more, goes on answering until
 * the balancer has noticed, then lets requests under way finish, and ends.
 */
export function stopInOrder(logger: Logger): void {
  const servers = new Set<Server>();
  diagnostics.subscribe('http.server.request.start', message => {
    servers.add((message as { server: Server }).server);
  });
  const drainMs = milliseconds('DRAIN_SECONDS', 5);
  const shutdownMs = milliseconds('SHUTDOWN_SECONDS', 15);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      readiness().stopping = true;
      logger.info({ drainMs, shutdownMs }, 'stopping');
      setTimeout(() => {
        setTimeout(() => process.exit(1), shutdownMs).unref();
        const closed = [...servers].map(
          server =>
            new Promise<void>(resolve => {
              server.close(() => {
                resolve();
              });
              server.closeIdleConnections();
            }),
        );
        void Promise.all(closed).then(() => process.exit(0));
      }, drainMs);
    });
  }
}
