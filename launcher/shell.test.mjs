import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fakeCheckout } from './__testUtils__/fakeCheckout.mjs';

const TOOLS = ['sh', 'dirname', 'uname', 'mkdir', 'ln', 'rm', 'cat', 'git'];

describe('the shell part', { timeout: 60_000 }, () => {
  let checkout;
  let bin;

  beforeEach(() => {
    checkout = fakeCheckout();
    bin = path.join(checkout.root, 'a path');
    fs.mkdirSync(bin);
    for (const tool of TOOLS) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], {
        encoding: 'utf8',
      });
      fs.symlinkSync(stdout.trim(), path.join(bin, tool));
    }
    // proves that the rest was reached, and with which Node
    checkout.write(
      'launcher/cli.mjs',
      `console.log('node ' + process.versions.node, process.argv.slice(2).join('|'));`,
    );
  });

  afterEach(() => checkout.remove());

  function script(name, text) {
    const file = path.join(bin, name);
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** The real Node, which believes that it is another version. */
  function node(version, file = 'node') {
    const disguise = path.join(bin, `node-${version}.cjs`);
    fs.writeFileSync(
      disguise,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    script(file, `exec "${process.execPath}" --require "${disguise}" "$@"`);
  }

  /** An npm that brings Node as the real one would. */
  function npm() {
    node('24.21.0', 'node-24');
    script(
      'npm',
      `echo run >> "${checkout.root}/npm-runs.txt"
       while [ $# -gt 0 ]; do
         case $1 in
           --prefix) prefix=$2; shift ;;
           node-*@*) package=\${1%@*} ;;
         esac
         shift
       done
       mkdir -p "$prefix/node_modules/$package/bin"
       ln -s "${bin}/node-24" "$prefix/node_modules/$package/bin/node"`,
    );
  }

  function fairway(args = ['up'], env = {}, options = {}) {
    const { status, stdout, stderr } = spawnSync(
      path.join(checkout.root, 'fairway'),
      args,
      {
        encoding: 'utf8',
        cwd: '/',
        env: { PATH: bin, HOME: checkout.root, ...env },
        ...options,
      },
    );
    return { status, output: stdout + stderr };
  }

  it('is plain POSIX shell', () => {
    const dash = spawnSync('sh', ['-c', 'command -v dash || command -v sh'], {
      encoding: 'utf8',
    }).stdout.trim();
    const { status, stderr } = spawnSync(
      dash,
      ['-n', path.join(checkout.root, 'fairway')],
      { encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  for (const [version, fits] of [
    ['24.0.0', true],
    ['22.12.0', true],
    ['22.11.0', false],
    ['23.5.0', false],
    ['20.20.2', false],
    ['26.0.0', false],
  ]) {
    it(`${fits ? 'uses' : 'replaces'} Node ${version}`, () => {
      node(version);
      npm();
      const { status, output } = fairway();
      assert.equal(status, 0, output);
      assert.match(
        output,
        fits ? new RegExp(`node ${version}`) : /node 24\.21/,
      );
      assert.equal(checkout.exists('npm-runs.txt'), !fits);
    });
  }

  it('fetches Node once', () => {
    node('20.0.0');
    npm();
    assert.match(fairway().output, /fetching Node 24\.21\.0/);
    assert.doesNotMatch(fairway().output, /fetching/);
    assert.equal(checkout.read('npm-runs.txt'), 'run\n');
  });

  it('hands on arguments as they are', () => {
    node('24.0.0');
    assert.match(
      fairway(['e2e', 'two words', '*']).output,
      /e2e\|two words\|\*/,
    );
  });

  it('works from any folder, by any shell, with CDPATH set', () => {
    node('24.0.0');
    const env = { PATH: bin, CDPATH: '/usr:/' };
    const { status, stdout } = spawnSync('sh', ['fairway', 'up'], {
      cwd: checkout.root,
      env,
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.match(stdout, /^node 24\.0\.0 up\n$/);
  });

  for (const args of [['doctor'], ['--help'], ['up', '--help'], []]) {
    it(`fetches nothing for "${args.join(' ')}"`, () => {
      node('20.0.0');
      npm();
      const { output } = fairway(args);
      assert.match(output, /^node 20\.0\.0/);
      assert.equal(checkout.exists('npm-runs.txt'), false);
    });
  }

  it('says what to do when npm fails', () => {
    node('20.0.0');
    script('npm', 'echo "npm error ENOTFOUND" >&2; exit 1');
    const { status, output } = fairway();
    assert.equal(status, 1);
    assert.match(output, /npm error ENOTFOUND/);
    assert.match(output, /Could not fetch Node 24\.21\.0/);
    assert.match(output, /Next step: check the network/);
  });

  it('says what to do without npm', () => {
    const { status, output } = fairway();
    assert.equal(status, 1);
    assert.match(output, /neither is on the PATH/);
    assert.match(output, /Next step: install Node 24/);
  });

  it('says what to do on a machine it knows no Node for', () => {
    script('uname', 'echo Plan9');
    npm();
    const { status, output } = fairway();
    assert.equal(status, 1);
    assert.match(output, /knows no build of it for Plan9/);
  });

  it('says so when the fetched Node does not start', () => {
    npm();
    script('node-24', 'exit 127');
    const { status, output } = fairway();
    assert.equal(status, 1);
    assert.match(output, /does not start on this machine/);
  });

  it('refuses a FAIRWAY_NODE that will not do', () => {
    node('24.0.0');
    node('20.0.0', 'old-node');
    const old = path.join(bin, 'old-node');
    const { status, output } = fairway(['up'], { FAIRWAY_NODE: old });
    assert.equal(status, 1);
    assert.ok(output.includes(`FAIRWAY_NODE is "${old}"`), output);
  });
});
