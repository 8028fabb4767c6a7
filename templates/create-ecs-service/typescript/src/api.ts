import type { FastifyPluginAsync } from 'fastify';
import { InvalidJobError, parseJob } from './jobs.ts';
import type { Queue } from './queue.ts';

/** An error that is told to the caller with its status. */
class HttpError extends Error {
  readonly statusCode: number;
  /** Told although it is not the caller's fault. */
  readonly isTold = true;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The routes of `openapi.yaml`. Without a queue no job can be left. */
export function api(queue: Queue | undefined): FastifyPluginAsync {
  return (app) => {
    app.post('/v1/jobs', async (request, reply) => {
      let job;
      try {
        job = parseJob(request.body);
      } catch (error) {
        throw error instanceof InvalidJobError
          ? new HttpError(400, error.message)
          : error;
      }
      if (!queue) {
        throw new HttpError(
          503,
          'There is no queue yet: QUEUE_URL is not set.',
        );
      }
      const id = await queue.send(JSON.stringify(job), request.id);
      return reply.code(202).send({ id });
    });
    return Promise.resolve();
  };
}
