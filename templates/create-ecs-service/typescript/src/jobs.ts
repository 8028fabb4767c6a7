import type { FastifyBaseLogger } from 'fastify';

/** What there is to do. The example to replace. */
export interface Job {
  /** Whom to greet, 1 to 80 characters. */
  name: string;
}

/** A job that nobody can do, however often it is tried. */
export class InvalidJobError extends Error {
  override name = 'InvalidJobError';
}

/** @throws InvalidJobError - it is none; the message says why. */
export function parseJob(value: unknown): Job {
  const name =
    typeof value === 'object' && value !== null && 'name' in value
      ? value.name
      : undefined;
  if (typeof name !== 'string' || name.length < 1 || name.length > 80) {
    throw new InvalidJobError('name must be text of 1 to 80 characters.');
  }
  return { name };
}

/** What a job is done with. */
export interface JobContext {
  log: FastifyBaseLogger;
  /** Ends when the process is about to, and the job is given to another. */
  signal: AbortSignal;
}

/**
 * Does a job. A queue gives a job at least once: doing it twice has to be as
 * good as once.
 *
 * @throws InvalidJobError - nobody can do it; any other error: try again later.
 */
export function doJob(job: Job, { log, signal }: JobContext): Promise<void> {
  signal.throwIfAborted();
  log.info({ length: job.name.length }, 'greeted');
  return Promise.resolve();
}
