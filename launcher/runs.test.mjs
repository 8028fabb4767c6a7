import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, describe, it } from 'node:test';

const root = fs.realpathSync(
  fs.mkdtempSync(path.join(os.tmpdir(), 'fairway test ')),
);
process.env.FAIRWAY_ROOT = root;
const { claim, inTurn, lookAround, publish, release } = await import(
  './runs.mjs'
);
const { start, stopAll } = await import('./processes.mjs');
const { until } = await import('./__testUtils__/fakeCheckout.mjs');

const FOLDER = path.join(root, '.fairway/run');
const started = [];

/** A process that idles; `file` stands on its command line. */
function idle(file, cwd = os.tmpdir()) {
  const script = path.join(root, file);
  fs.mkdirSync(path.dirname(script), { recursive: true });
  fs.writeFileSync(script, 'setInterval(() => {}, 1e6)');
  const child = spawn(process.execPath, [script], {
    cwd,
    detached: true,
    stdio: 'ignore',
  });
  started.push(child);
  return child;
}

function note(name, run) {
  fs.mkdirSync(FOLDER, { recursive: true });
  const text = typeof run === 'string' ? run : JSON.stringify(run);
  fs.writeFileSync(path.join(FOLDER, `${name}.json`), text);
}

const read = name =>
  JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.json`), 'utf8'));

const hasEnded = child => child.exitCode !== null || child.signalCode !== null;

describe('runs', { timeout: 60_000 }, () => {
  afterEach(async () => {
    await stopAll();
    release('portal');
    for (const child of started.splice(0)) child.kill('SIGKILL');
    fs.rmSync(FOLDER, { recursive: true, force: true });
  });
  after(() => fs.rmSync(root, { recursive: true, force: true }));

  it('writes down what runs, and takes it back', async () => {
    assert.deepEqual(await claim('portal', 'up'), { leftovers: [] });
    const child = start(
      process.execPath,
      ['-e', 'setInterval(() => {}, 1e6)'],
      {
        name: 'sandbox',
      },
    );
    publish('portal', { url: 'http://localhost:7007' });
    assert.deepEqual(read('portal'), {
      launcher: process.pid,
      command: 'up',
      url: 'http://localhost:7007',
      children: [{ pid: child.pid, name: 'sandbox' }],
    });
    await stopAll();
    await until(() => read('portal').children.length === 0);
    release('portal');
    assert.deepEqual(fs.readdirSync(FOLDER), []);
  });

  it('finds a launcher that runs', async () => {
    const launcher = idle('launcher/cli.mjs');
    note('portal', {
      launcher: launcher.pid,
      command: 'up',
      url: 'http://localhost:7007',
      children: [],
    });
    const { running } = await claim('portal', 'up');
    assert.equal(running.url, 'http://localhost:7007');
    assert.equal(lookAround().running.get('portal').launcher, launcher.pid);
    assert.equal(hasEnded(launcher), false);
  });

  it('stops the children of a launcher that is gone', async () => {
    const child = idle('packages/sandbox/src/cli.ts');
    note('tests', {
      launcher: 2 ** 30,
      command: 'test',
      children: [{ pid: child.pid, name: 'sandbox' }],
    });
    assert.deepEqual(
      lookAround().leftovers.map(({ name }) => name),
      ['sandbox'],
    );
    assert.equal(hasEnded(child), false);
    assert.deepEqual(await claim('portal', 'up'), { leftovers: ['sandbox'] });
    await until(() => hasEnded(child));
    assert.deepEqual(fs.readdirSync(FOLDER), ['portal.json']);
  });

  it('leaves a stranger alone who was given the same process id', async () => {
    const stranger = spawn(
      process.execPath,
      ['-e', 'setInterval(() => {}, 1e6)'],
      {
        cwd: os.tmpdir(),
        detached: true,
        stdio: 'ignore',
      },
    );
    started.push(stranger);
    note('portal', {
      launcher: stranger.pid,
      command: 'up',
      children: [{ pid: stranger.pid, name: 'portal' }],
    });
    assert.deepEqual(await claim('portal', 'up'), { leftovers: [] });
    assert.equal(hasEnded(stranger), false);
  });

  it('takes a note that cannot be read for one of a dead launcher', async () => {
    note('portal', '{"launcher":');
    assert.deepEqual(await claim('portal', 'up'), { leftovers: [] });
  });

  it('waits its turn', async () => {
    const other = idle('launcher/cli.mjs');
    note('install', { launcher: other.pid, command: 'install', children: [] });
    let holder;
    let done = false;
    const work = inTurn(
      'install',
      pid => {
        holder = pid;
      },
      async () => {
        done = true;
      },
    );
    await until(() => holder === other.pid);
    assert.equal(done, false);
    other.kill('SIGKILL');
    await work;
    assert.equal(done, true);
    assert.deepEqual(fs.readdirSync(FOLDER), []);
  });

  it('gives its turn back when the work fails', async () => {
    const failing = inTurn(
      'build',
      () => {},
      async () => {
        throw new Error('no');
      },
    );
    await assert.rejects(failing, /no/);
    assert.deepEqual(fs.readdirSync(FOLDER), []);
  });
});
