import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { STATE_DIR } from '../paths.mjs';
import { stopAll } from '../processes.mjs';
import { controlOf } from '../sandbox/client.mjs';
import { awaitPeople } from '../steps/awaitPeople.mjs';
import { collectConfigSchema } from '../steps/configSchema.mjs';
import { findFreePorts, SANDBOX_SERVERS } from '../steps/ports.mjs';
import { signInAs } from '../steps/signInAs.mjs';
import {
  launchBackend,
  readinessOf,
  startSandbox,
  waitFor,
} from '../steps/startPortal.mjs';
import { partsOfRun, SYSTEM } from './partsOfRun.mjs';

/** Steps of the template that leave something to go on from. */
const STEPS = [
  'platform',
  'plan',
  'stack',
  'source',
  'prepare',
  'registry',
  'overlays',
  'publish',
  'register',
];

/** Calls within a step after which the next one has not been made yet. */
const CALLS = [
  ['stack', 'aws', /CreateStack$/],
  ['overlays', 'github', /^POST .*\/graphql$/],
  ['publish', 'github', /^POST \/.*orgs\/[^/]+\/repos$/],
  ['publish', 'github', /^POST .*git-receive-pack$/],
];

/**
 * One portal that is killed and started again, on one database. What a run of
 * the template made is counted with the vendors' own APIs. While one is killed
 * those before it still follow their first deployment: they are cut off again.
 */
describe('a run whose backend is killed', { timeout: 1_500_000 }, () => {
  const folder = path.join(STATE_DIR, 'resume');
  let options;
  let schema;
  let control;
  let backend;
  let token;
  const runs = [];

  before(async () => {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const port = await findFreePorts(1 + SANDBOX_SERVERS.length);
    options = {
      port,
      sandboxPort: port + 1,
      dataDir: folder,
      logDir: path.join(folder, 'logs'),
      speed: 10,
      env: {
        // who was killed is missed sooner; a living worker is heard each second
        APP_CONFIG_scaffolder_taskRecovery_staleTimeout: JSON.stringify({
          seconds: 5,
        }),
      },
    };
    control = controlOf(options.sandboxPort);
    await startSandbox(options);
    schema = await collectConfigSchema();
    await start();
    await awaitPeople(url());
    token = await signInAs('sample-platform-developer', url());
  });

  after(() => stopAll());

  const url = () => `http://localhost:${options.port}`;

  async function start() {
    const { child, logFile } = launchBackend(options, schema);
    await waitFor(child, readinessOf(options), {
      name: 'The backend',
      logFile,
      seconds: 180,
    });
    backend = child;
  }

  /** As a machine that loses its power: nothing is written any more. */
  async function kill() {
    const gone = new Promise(resolve => backend.once('exit', resolve));
    process.kill(-backend.pid, 'SIGKILL');
    await gone;
  }

  async function ask(path, { method, body } = {}) {
    const response = await fetch(`${url()}/api/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = await response.json();
    assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async function askForService(name) {
    const { id } = await ask('scaffolder/v2/tasks', {
      method: 'POST',
      body: {
        templateRef: 'template:default/create-go-service',
        values: {
          name,
          system: `system:default/${SYSTEM}`,
          owner: `group:default/${SYSTEM}`,
          description: 'Outlives its backend.',
          trackSeconds: 600,
        },
      },
    });
    return { name, taskId: id };
  }

  const eventsOf = ({ taskId }) => ask(`scaffolder/v2/tasks/${taskId}/events`);

  async function isStepDone(run, step) {
    const events = await eventsOf(run);
    const end = events.find(({ type }) => type === 'completion');
    assert.ok(!end, `The run ended before the kill: ${end?.body.message}`);
    return isDone(events, step);
  }

  async function wasCalled(upstream, route) {
    const counters = await control.ask('GET', '/counters');
    return Object.entries(counters[upstream]?.routes ?? {}).some(
      ([name, { calls }]) => route.test(name) && calls > 0,
    );
  }

  /** Started again, the run goes on by itself until everything is there, once. */
  async function goesOn(run) {
    runs.push(run);
    await start();
    await until('everything was created', async () => {
      const events = await eventsOf(run);
      return isDone(events, 'register') || lastWords(events);
    });
    const { commits, ...parts } = await partsOfRun(
      { sandboxPort: options.sandboxPort, portal: url(), token },
      run,
    );
    assert.equal(commits.length, 1, commits.join('\n---\n'));
    assert.match(commits[0], new RegExp(`^Fairway-Task: ${run.taskId}$`, 'm'));
    assert.deepEqual(parts, {
      desiredState: 1,
      stacks: {
        'ap-southeast-2': ['CREATE_COMPLETE'],
        'ap-southeast-4': ['CREATE_COMPLETE'],
      },
      registries: { 'ap-southeast-2': 1, 'ap-southeast-4': 1 },
      locations: 1,
    });
  }

  // what takes most luck comes first
  for (const [index, [step, upstream, route]] of CALLS.entries()) {
    it(`F34 goes on from within the step ${step}, after ${route.source}, and makes nothing twice`, async () => {
      await control.ask('DELETE', '/counters');
      const run = await askForService(`killed-within-${step}-${index}`);
      await until(step, () => wasCalled(upstream, route), { everyMs: 5 });
      await kill();
      await goesOn(run);
    });
  }

  for (const step of STEPS) {
    it(`F34 goes on after the step ${step}, and makes nothing twice`, async () => {
      const run = await askForService(`killed-after-${step}`);
      await until(step, () => isStepDone(run, step), { everyMs: 20 });
      await kill();
      await goesOn(run);
    });
  }

  it('F34 brings each of them to dev, where it is healthy', async () => {
    assert.ok(runs.length > 0);
    for (const run of runs) {
      let status;
      await until(`${run.name} has ended`, async () => {
        ({ status } = await ask(`scaffolder/v2/tasks/${run.taskId}`));
        return !['open', 'processing'].includes(status) || status;
      });
      const events = await eventsOf(run);
      assert.ok(events.some(({ type }) => type === 'recovered'));
      assert.equal(status, 'completed', `${run.name}: ${lastWords(events)}`);
      await until(`${run.name} is healthy in dev`, () => isHealthyInDev(run));
    }
  });

  async function isHealthyInDev({ name }) {
    const { rows } = await ask('platform-envs/overview?limit=all');
    const cell = rows
      .find(({ component }) => component.ref === `component:default/${name}`)
      ?.cells.find(
        ({ environmentRef }) =>
          environmentRef === `environment:default/${SYSTEM}-dev`,
      );
    if (!cell) return 'no such row';
    // what is usual is not sent
    return (cell.state ?? 'healthy') === 'healthy' || cell.sentence;
  }
});

const isDone = (events, step) =>
  events.some(
    ({ body }) => body.stepId === step && body.status === 'completed',
  );

const lastWords = events =>
  events
    .slice(-5)
    .map(({ body }) => body.message)
    .join('\n');

/** Waits until something holds; what it answers instead of `true` is told in the end. */
async function until(what, holds, { seconds = 180, everyMs = 250 } = {}) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await holds();
    if (answer === true) return;
    if (performance.now() > deadline) {
      throw new Error(`Not within ${seconds} s: ${what} (${answer})`);
    }
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
}
