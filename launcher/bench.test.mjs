import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = path.join(path.dirname(fileURLToPath(import.meta.url)), 'cli.mjs');

function bench(...args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [CLI, 'bench', ...args],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('./fairway bench', { timeout: 60_000 }, () => {
  it('explains itself', () => {
    for (const args of [['--help'], ['overview', '--help']]) {
      const { status, stdout } = bench(...args);
      assert.equal(status, 0);
      assert.match(stdout, /--sizes LIST/);
    }
    assert.equal(bench().status, 2);
  });

  it('names the benchmark that was meant', () => {
    const { status, stderr } = bench('overveiw');
    assert.equal(status, 1);
    assert.match(stderr, /There is no benchmark "overveiw".*overview/);
    assert.match(stderr, /Next step: choose from overview/);
  });

  it('refuses numbers that are none, naming the option', () => {
    for (const [option, value] of [
      ['--sizes', '50,many'],
      ['--sizes', '0'],
      ['--sizes', '50,6000'],
      ['--sizes', ''],
      ['--rounds', '0'],
      ['--seconds', '1.5'],
      ['--idle', 'long'],
      ['--changes', '91'],
      ['--port', '80'],
    ]) {
      const { status, stderr } = bench('overview', `${option}=${value}`);
      assert.equal(status, 1, `${option} ${value}`);
      assert.ok(stderr.includes(`${option} is "`), stderr);
      assert.match(stderr, /whole number from \d+ to \d+/);
    }
  });

  it('has options of its own for each', () => {
    const { status, stderr } = bench('scaffold', '--parallel=1,none');
    assert.equal(status, 1);
    assert.ok(stderr.includes('--parallel is "none"'), stderr);
    assert.match(bench('scaffold', '--idle=5').stderr, /--idle/);
  });

  it('refuses options that it does not have', () => {
    const { status, stderr } = bench('overview', '--quick');
    assert.equal(status, 1);
    assert.match(stderr, /--quick/);
  });
});
