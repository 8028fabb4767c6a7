import { once, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import {
  InvalidJobError,
  parseJob,
  type Job,
  type JobContext,
} from './jobs.ts';
import type { Metrics } from './metrics.ts';
import type { Message, Queue } from './queue.ts';

/** After a first failure; each further one doubles it. */
const FIRST_DELAY_MS = 5_000;
const MAX_DELAY_MS = 15 * 60_000;
/** Before the queue is asked again after it could not be. */
const PAUSE_MS = 5_000;
/** How often is looked how many jobs wait. */
const COUNT_EVERY_MS = 30_000;

export interface WorkerOptions {
  queue: Queue;
  doJob: (job: Job, context: JobContext) => Promise<void>;
  log: FastifyBaseLogger;
  metrics: Metrics;
  /** How many jobs are done at once. */
  concurrency: number;
  /** For how long the queue hides a job that was taken, ms. */
  visibilityTimeoutMs: number;
  /** How long jobs under way may take once it is told to stop, ms. */
  shutdownTimeoutMs: number;
}

/**
 * Takes jobs from a queue and does them:
 *
 * 1. as many are taken as can be begun at once;
 * 2. while a job is done, the queue is told to go on hiding it;
 * 3. a job that is done is removed; one that failed is shown again later, each
 *    time later; one that nobody can do is buried;
 * 4. told to stop, it takes no more, and waits for those under way. Those that
 *    take too long are given back at once, for another to do.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: WorkerOptions) {
    this.#options = options;
    // One for every job under way.
    setMaxListeners(0, this.#giveUp.signal);
  }

  /** Works until {@link stop}; resolves when the last job has ended. */
  async run(): Promise<void> {
    const { queue, concurrency, log } = this.#options;
    const { signal } = this.#stop;
    const counting = setInterval(() => void this.#count(), COUNT_EVERY_MS);
    void this.#count();
    while (!signal.aborted) {
      if (this.#running.size >= concurrency) {
        await Promise.race(this.#running);
        continue;
      }
      try {
        const free = concurrency - this.#running.size;
        for (const message of await queue.receive(free, signal)) {
          this.#begin(message);
        }
      } catch (err) {
        if (!isAborted(signal)) {
          log.error({ err, queue: queue.name }, 'the queue cannot be asked');
          await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
        }
      }
    }
    clearInterval(counting);
    await Promise.all(this.#running);
  }

  /** Takes no more jobs, and gives those back that do not end in time. */
  stop(): void {
    this.#stop.abort();
    setTimeout(() => {
      this.#giveUp.abort(new Error('the process ends'));
    }, this.#options.shutdownTimeoutMs).unref();
  }

  #begin(message: Message) {
    const running = this.#handle(message).finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #handle(message: Message): Promise<void> {
    const { queue, metrics, visibilityTimeoutMs } = this.#options;
    const log = this.#options.log.child({
      queue: queue.name,
      job: message.id,
      attempt: message.attempt,
      ...(message.requestId && { requestId: message.requestId }),
    });
    const heartbeat = setInterval(() => {
      queue.hide(message, visibilityTimeoutMs).catch((err: unknown) => {
        log.warn({ err }, 'the queue may give this job to another');
      });
    }, visibilityTimeoutMs / 2);
    const end = metrics.jobDuration.startTimer({ queue: queue.name });
    let result = 'done';
    try {
      await unlessAborted(this.#giveUp.signal, this.#do(message, log));
      clearInterval(heartbeat);
      await queue.remove(message);
    } catch (err) {
      clearInterval(heartbeat);
      result = await this.#putBack(message, err, log);
    }
    end();
    metrics.jobs.inc({ queue: queue.name, result });
  }

  async #do({ body }: Message, log: FastifyBaseLogger): Promise<void> {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      throw new InvalidJobError('It is no JSON.');
    }
    await this.#options.doJob(parseJob(value), {
      log,
      signal: this.#giveUp.signal,
    });
  }

  /** Says how the job ended. Where the queue cannot be told, it shows the job again by itself. */
  async #putBack(
    message: Message,
    err: unknown,
    log: FastifyBaseLogger,
  ): Promise<string> {
    const { queue } = this.#options;
    let result = 'failed';
    try {
      if (err instanceof InvalidJobError) {
        result = 'invalid';
        log.error({ err }, 'nobody can do this job');
        await queue.bury(message, err.message);
      } else if (isAborted(this.#giveUp.signal)) {
        result = 'given back';
        log.warn('given back, for the process ends');
        await queue.hide(message, 0);
      } else {
        const delayMs = delayAfter(message.attempt);
        log.error({ err, delayMs }, 'job failed');
        await queue.hide(message, delayMs);
      }
    } catch (error) {
      log.warn({ err: error }, 'the queue was not told of it');
    }
    return result;
  }

  async #count(): Promise<void> {
    const { queue, metrics, log } = this.#options;
    try {
      metrics.jobsWaiting.set({ queue: queue.name }, await queue.waiting());
    } catch (err) {
      metrics.jobsWaiting.remove({ queue: queue.name });
      log.warn({ err }, 'the jobs that wait cannot be counted');
    }
  }
}

/** How long a job waits after so many attempts, ms. */
export function delayAfter(attempt: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
}

/** A function, for the compiler takes a property to stay as it was. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** What the promise gives, or the reason of the signal where that is first. */
async function unlessAborted<T>(
  signal: AbortSignal,
  promise: Promise<T>,
): Promise<T> {
  const settled = new AbortController();
  const gaveUp = once(signal, 'abort', { signal: settled.signal }).then(() => {
    throw signal.reason;
  });
  try {
    return await Promise.race([promise, gaveUp]);
  } finally {
    settled.abort();
  }
}
