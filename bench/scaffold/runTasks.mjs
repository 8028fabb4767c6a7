import { jsonOf } from '../lib/http.mjs';

/** A run that has not ended by then has failed. */
const PATIENCE_MS = 300_000;
/** The scaffolder keeps the times; looking more often only takes of the machine. */
const LOOK_MS = 2_000;

/**
 * One run of a template.
 *
 * @typedef {object} TaskRun
 * @property {string} name of the service
 * @property {string} [taskId] absent when it was not even taken
 * @property {'completed' | 'failed' | 'refused'} status
 * @property {number} [ms] from asking until the last step that creates something
 *   was done, by the times that the scaffolder keeps
 * @property {Record<string, number>} steps milliseconds of each that was done
 * @property {string} [message] what it said last, when it did not complete
 */

/**
 * Asks for several services at once and waits until all of their runs have
 * ended.
 *
 * @param {import('../lib/rig.mjs').Running} backend
 * @param {import('./sides.mjs').Side} side
 * @param {string[]} names
 * @returns {Promise<TaskRun[]>}
 */
export function runTasks(backend, side, names) {
  return Promise.all(names.map(name => runTask(backend, side, name)));
}

async function runTask(
  { client, token },
  { templateRef, values, lastStep },
  name,
) {
  const askedAt = performance.timeOrigin + performance.now();
  const answer = await client.ask('/api/scaffolder/v2/tasks', {
    token,
    method: 'POST',
    body: { templateRef, values: values(name) },
  });
  if (answer.status !== 201) {
    const message = answer.json()?.error?.message ?? `HTTP ${answer.status}`;
    return { name, status: 'refused', steps: {}, message };
  }
  const { id: taskId } = answer.json();
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    const path = `/api/scaffolder/v2/tasks/${taskId}`;
    const { status } = jsonOf(await client.ask(path, { token }), path);
    const hasEnded = !['open', 'processing'].includes(status);
    if (!hasEnded && Date.now() < deadline) continue;
    const events = jsonOf(
      await client.ask(`${path}/events`, { token }),
      `${path}/events`,
    );
    return readRun({ name, taskId, status, lastStep, askedAt, events });
  }
}

/**
 * What the events of a run tell.
 *
 * @param {{ name: string, taskId: string, status: string, lastStep: string, askedAt: number, events: Array<{ createdAt: string, body: { stepId?: string, status?: string, message: string } }> }} run
 * @returns {TaskRun}
 */
export function readRun({ name, taskId, status, lastStep, askedAt, events }) {
  const done = events.find(
    ({ body }) => body.stepId === lastStep && body.status === 'completed',
  );
  const failure = events.findLast(({ body }) => body.status === 'failed');
  return {
    name,
    taskId,
    status: status === 'completed' ? 'completed' : 'failed',
    steps: stepTimes(events),
    ...(done && { ms: Date.parse(done.createdAt) - askedAt }),
    ...(status !== 'completed' && {
      message: failure?.body.message ?? `the run is ${status}`,
    }),
  };
}

function stepTimes(events) {
  const begun = {};
  const times = {};
  for (const { createdAt, body } of events) {
    if (!body.stepId) continue;
    if (body.status === 'processing') begun[body.stepId] ??= createdAt;
    if (body.status === 'completed') {
      const from = begun[body.stepId] ?? createdAt;
      times[body.stepId] = Date.parse(createdAt) - Date.parse(from);
    }
  }
  return times;
}
