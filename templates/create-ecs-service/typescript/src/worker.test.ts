import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import type { JobContext } from './jobs.ts';
import { createMetrics } from './metrics.ts';
import type { Message, Queue } from './queue.ts';
import { delayAfter, Worker, type WorkerOptions } from './worker.ts';

/** A queue in memory that remembers what it was told. */
class MemoryQueue implements Queue {
  readonly name = 'jobs';
  readonly told: string[] = [];
  readonly waitingMessages: Message[];
  #arrived = Promise.withResolvers<undefined>();

  constructor(...bodies: string[]) {
    this.waitingMessages = bodies.map((body, index) => ({
      id: String(index + 1),
      receipt: String(index + 1),
      body,
      attempt: 1,
      requestId: 'abc-123',
    }));
  }

  send(): Promise<string> {
    throw new Error('not here');
  }

  async receive(max: number, signal: AbortSignal): Promise<Message[]> {
    if (this.waitingMessages.length === 0) {
      signal.addEventListener('abort', () => {
        this.#arrived.reject(new Error('aborted'));
      });
      await this.#arrived.promise;
    }
    return this.waitingMessages.splice(0, max);
  }

  remove({ id }: Message): Promise<void> {
    return this.#tell(`remove ${id}`);
  }

  hide({ id }: Message, milliseconds: number): Promise<void> {
    return this.#tell(`hide ${id} for ${milliseconds}`);
  }

  bury({ id }: Message, reason: string): Promise<void> {
    return this.#tell(`bury ${id}: ${reason}`);
  }

  waiting(): Promise<number> {
    return Promise.resolve(this.waitingMessages.length);
  }

  #tell(what: string): Promise<void> {
    this.told.push(what);
    return Promise.resolve();
  }
}

function start(
  t: TestContext,
  queue: MemoryQueue,
  doJob: WorkerOptions['doJob'],
  options: Partial<WorkerOptions> = {},
) {
  const metrics = createMetrics('test');
  const worker = new Worker({
    queue,
    doJob,
    log: Fastify({ logger: false }).log,
    metrics,
    concurrency: 2,
    visibilityTimeoutMs: 30_000,
    shutdownTimeoutMs: 20_000,
    ...options,
  });
  const ended = worker.run();
  t.after(async () => {
    worker.stop();
    await ended;
  });
  return { worker, ended, metrics };
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

/** Ends when the test says so, or with its context. */
function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const begun: string[] = [];
  return {
    begun,
    open: () => {
      resolve(undefined);
    },
    doJob: async ({ name }: { name: string }, { signal }: JobContext) => {
      begun.push(name);
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      await promise;
    },
  };
}

const job = (name: string) => JSON.stringify({ name });

test('a job that is done is removed and counted', async (t) => {
  const queue = new MemoryQueue(job('Ada'));
  const { metrics } = start(t, queue, () => Promise.resolve());
  await settle();
  assert.deepEqual(queue.told, ['remove 1']);
  const text = await metrics.registry.metrics();
  assert.match(text, /jobs_total\{queue="jobs",result="done"\} 1/);
  assert.match(text, /job_duration_seconds_count\{queue="jobs"\} 1/);
  assert.match(text, /jobs_waiting\{queue="jobs"\} \d/);
});

test('no more jobs are done at once than it may', async (t) => {
  const queue = new MemoryQueue(job('a'), job('b'), job('c'));
  const { begun, doJob, open } = gate();
  start(t, queue, doJob);
  await settle();
  assert.deepEqual(begun, ['a', 'b']);
  open();
  await settle();
  assert.deepEqual(begun, ['a', 'b', 'c']);
});

test('a job under way is kept out of sight', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const queue = new MemoryQueue(job('long'));
  const { doJob, open } = gate();
  start(t, queue, doJob);
  await settle();
  t.mock.timers.tick(45_000);
  assert.deepEqual(queue.told, [
    'hide 1 for 30000',
    'hide 1 for 30000',
    'hide 1 for 30000',
  ]);
  open();
  await settle();
  t.mock.timers.tick(60_000);
  assert.equal(queue.told.length, 4);
  assert.equal(queue.told.at(-1), 'remove 1');
});

test('a job that failed is shown again later, each time later', async (t) => {
  const queue = new MemoryQueue(job('Ada'));
  const { metrics } = start(t, queue, () =>
    Promise.reject(new Error('out of luck')),
  );
  await settle();
  assert.deepEqual(queue.told, ['hide 1 for 5000']);
  assert.match(
    await metrics.registry.metrics(),
    /jobs_total\{queue="jobs",result="failed"\} 1/,
  );
  assert.deepEqual(
    [1, 2, 3, 20].map(delayAfter),
    [5_000, 10_000, 20_000, 900_000],
  );
});

test('a job that nobody can do is buried at once', async (t) => {
  const queue = new MemoryQueue('{', '{}', job(''));
  const { metrics } = start(t, queue, () => Promise.resolve());
  await settle();
  assert.deepEqual(queue.told.sort(), [
    'bury 1: It is no JSON.',
    'bury 2: name must be text of 1 to 80 characters.',
    'bury 3: name must be text of 1 to 80 characters.',
  ]);
  assert.match(
    await metrics.registry.metrics(),
    /jobs_total\{queue="jobs",result="invalid"\} 3/,
  );
});

test('told to stop, it ends its jobs and takes no more', async (t) => {
  const queue = new MemoryQueue(job('a'), job('b'), job('c'));
  const { begun, doJob, open } = gate();
  const { worker, ended } = start(t, queue, doJob);
  await settle();
  worker.stop();
  open();
  await ended;
  assert.deepEqual(begun, ['a', 'b']);
  assert.deepEqual(queue.told.sort(), ['remove 1', 'remove 2']);
  assert.equal(queue.waitingMessages.length, 1);
});

test('jobs that do not end in time are given back', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const queue = new MemoryQueue(job('endless'));
  const { doJob } = gate();
  const { worker, ended, metrics } = start(t, queue, doJob);
  await settle();
  worker.stop();
  t.mock.timers.tick(20_000);
  await ended;
  assert.equal(queue.told.at(-1), 'hide 1 for 0');
  assert.match(
    await metrics.registry.metrics(),
    /jobs_total\{queue="jobs",result="given back"\} 1/,
  );
});
