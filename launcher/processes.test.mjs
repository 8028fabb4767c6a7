import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

process.env.FAIRWAY_ROOT = fs.realpathSync(
  fs.mkdtempSync(path.join(os.tmpdir(), 'fairway test ')),
);
const root = process.env.FAIRWAY_ROOT;
const { runToEnd, runningChildren, start, stop, stopAll } = await import(
  './processes.mjs'
);
const { commandLine, groupMembers } = await import('./processTable.mjs');
const { until } = await import('./__testUtils__/fakeCheckout.mjs');

after(() => fs.rmSync(root, { recursive: true, force: true }));

const node = (script, options = {}) =>
  start(process.execPath, ['-e', script], { name: 'child', ...options });

describe('processes', { timeout: 60_000 }, () => {
  it('stops a child and what the child has started', async () => {
    const child = node(
      `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
       setInterval(() => {}, 1e6);`,
    );
    await until(() => groupMembers(child.pid).length === 2);
    await stop(child);
    assert.deepEqual(groupMembers(child.pid), []);
    assert.deepEqual(runningChildren(), []);
  });

  it('stops what outlives its parent', async () => {
    const child = node(
      `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' }).unref();`,
    );
    await new Promise(resolve => child.once('exit', resolve));
    assert.equal(groupMembers(child.pid).length, 1);
    await stop(child);
    assert.deepEqual(groupMembers(child.pid), []);
  });

  it('stops the youngest first', async () => {
    const ended = [];
    for (const name of ['database', 'server']) {
      const child = node('setInterval(() => {}, 1e6)', { name });
      child.once('exit', () => ended.push(name));
    }
    await stopAll();
    assert.deepEqual(ended, ['server', 'database']);
  });

  it('kills what does not end when asked', async () => {
    const child = node(
      `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)`,
    );
    await new Promise(resolve => child.stdout.once('data', resolve));
    const gone = new Promise(resolve =>
      child.once('exit', (_code, signal) => resolve(signal)),
    );
    await stop(child);
    assert.equal(await gone, 'SIGKILL');
  });

  it('gives output and exit code of a command', async () => {
    const { code, output } = await runToEnd(process.execPath, [
      '-e',
      'console.log(1); console.error(2); process.exit(3)',
    ]);
    assert.equal(code, 3);
    assert.deepEqual(output.trim().split('\n').sort(), ['1', '2']);
  });

  /** A launcher that has started one child, which talks all the time. */
  async function launcherWithChild(onSigterm) {
    const script = `
      const { start } = await import(${JSON.stringify(
        new URL('processes.mjs', import.meta.url).href,
      )});
      const child = start(process.execPath, ['-e', ${JSON.stringify(
        `${onSigterm}; setInterval(() => console.log('.'), 5)`,
      )}], { name: 'portal', lifeline: true });
      child.stdout.once('data', () => console.log(child.pid));
      setInterval(() => {}, 1e6);`;
    const launcher = spawn(
      process.execPath,
      ['--input-type=module', '-e', script],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [pid] = await once(launcher.stdout, 'data');
    return { launcher, pid: Number(pid) };
  }

  it('leaves nothing behind when the launcher is killed', async () => {
    const { launcher, pid } = await launcherWithChild('');
    assert.equal(groupMembers(pid).length, 1);
    launcher.kill('SIGKILL');
    await until(() => groupMembers(pid).length === 0);
  });

  it('ends what would not end after a launcher that was killed', async () => {
    const { launcher, pid } = await launcherWithChild(
      `process.on('SIGTERM', () => {})`,
    );
    launcher.kill('SIGKILL');
    await until(() => groupMembers(pid).length === 0);
  });

  it('lets a child with a lifeline end by itself, and its launcher too', async () => {
    const child = node('', { lifeline: true });
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });

  it('does not remember a program that is not there', async () => {
    await assert.rejects(runToEnd('no-such-program', []), /ENOENT/);
    assert.deepEqual(runningChildren(), []);
    await stopAll();
  });

  it('writes a log, and goes on when it cannot', async () => {
    const logFile = path.join(root, 'logs', 'one.log');
    await runToEnd(process.execPath, ['-e', 'console.log("kept")'], {
      logFile,
    });
    await until(() => fs.readFileSync(logFile, 'utf8') === 'kept\n');
    const { code } = await runToEnd(
      process.execPath,
      ['-e', 'console.log("lost")'],
      { logFile: path.join(root, 'logs') },
    );
    assert.equal(code, 0);
  });

  it('knows the command line of a process', () => {
    assert.match(commandLine(process.pid), /processes\.test\.mjs/);
    assert.equal(commandLine(2 ** 30), undefined);
  });
});
