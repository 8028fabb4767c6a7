import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import os from 'node:os';
import { describe, it } from 'node:test';
import {
  hold,
  putLast,
  readCpuMs,
  readTimes,
  shareOfOthers,
} from './machine.mjs';

describe('shareOfOthers', () => {
  const before = { total: 1000, busy: 500, own: 100 };

  it('is what is busy and not ours, of all there is', () => {
    const after = { total: 1200, busy: 640, own: 200 };
    assert.equal(shareOfOthers(before, after), 0.2);
  });

  it('is never below nothing, and nothing when no time has passed', () => {
    const after = { total: 1200, busy: 600, own: 220 };
    assert.equal(shareOfOthers(before, after), 0);
    assert.equal(shareOfOthers(before, before), 0);
  });
});

describe('readTimes', () => {
  const noProc = process.platform !== 'linux' && 'there is no /proc';

  it(
    'counts what a child did as ours, also after it has ended',
    { skip: noProc },
    async () => {
      const before = readTimes();
      const child = spawn(process.execPath, [
        '-e',
        'while (process.cpuUsage().user < 400_000);',
      ]);
      await new Promise(resolve => child.once('exit', resolve));
      const after = readTimes();
      // a tick is ten milliseconds
      assert.ok(after.own - before.own >= 35);
      assert.ok(after.busy - before.busy >= 35);
    },
  );
});

describe('readCpuMs', () => {
  const noProc = process.platform !== 'linux' && 'there is no /proc';

  it('grows with what a process does', { skip: noProc }, () => {
    const before = readCpuMs(process.pid);
    const known = process.cpuUsage();
    const until = performance.now() + 300;
    while (performance.now() < until);
    const { user, system } = process.cpuUsage(known);
    const took = readCpuMs(process.pid) - before;
    // a tick is ten milliseconds, and there are two counters
    assert.ok(Math.abs(took - (user + system) / 1000) <= 40, `${took} ms`);
  });

  it('is not known of a process that is gone', () => {
    assert.equal(readCpuMs(2 ** 30), undefined);
  });
});

describe('putLast', () => {
  it('gives a process the least priority', () => {
    const child = spawn(process.execPath, [
      '-e',
      'setTimeout(() => {}, 60000)',
    ]);
    try {
      putLast(child.pid);
      const { PRIORITY_LOW } = os.constants.priority;
      assert.equal(os.getPriority(child.pid), PRIORITY_LOW);
    } finally {
      child.kill();
    }
  });

  it('leaves alone one that has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise(resolve => child.once('exit', resolve));
    putLast(child.pid);
  });
});

describe('hold', () => {
  it('has a process do nothing until it is let go', async () => {
    const child = spawn(
      process.execPath,
      ['-e', 'setInterval(() => process.stdout.write("."), 10)'],
      { detached: true },
    );
    try {
      let told = 0;
      child.stdout.on('data', () => (told += 1));
      const hears = () =>
        new Promise(resolve => child.stdout.once('data', resolve));
      await hears();
      const letGo = hold([child.pid]);
      await new Promise(resolve => setTimeout(resolve, 200));
      const before = told;
      await new Promise(resolve => setTimeout(resolve, 200));
      assert.equal(told, before);
      letGo();
      await hears();
    } finally {
      child.kill('SIGKILL');
    }
  });
});
