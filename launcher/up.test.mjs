import assert from 'node:assert/strict';
import net from 'node:net';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  canListen,
  fakeCheckout,
  freePorts,
  until,
} from './__testUtils__/fakeCheckout.mjs';

describe('fairway up', { timeout: 120_000 }, () => {
  let checkout;
  let ports;
  let runs;

  beforeEach(async () => {
    checkout = fakeCheckout();
    ports = await freePorts();
    runs = [];
  });

  afterEach(async () => {
    for (const run of runs) run.kill('SIGTERM');
    await Promise.all(runs.map(run => run.ended));
    checkout.remove();
  });

  function up(env, args = []) {
    const run = checkout.launch(['up', ...ports.args, ...args], env);
    runs.push(run);
    return run;
  }

  const nothingRuns = () =>
    until(
      async () =>
        (await canListen(ports.portal)) && (await canListen(ports.sandbox)),
      () => 'a server still listens',
    );

  it('collects the configuration schemas again only when one of them changed', async () => {
    const once = async () => {
      const run = up();
      await run.until('data is kept');
      run.kill('SIGTERM');
      await run.ended;
      return checkout.read('schema-runs.txt').trim().split('\n').length;
    };
    assert.equal(await once(), 1);
    assert.equal(await once(), 1);
    checkout.write('plugins/one/config.schema.json', '{"type":"object"}');
    assert.equal(await once(), 2);
    const kept = fs
      .readdirSync(path.join(checkout.root, '.fairway'))
      .filter(name => name.startsWith('config-schema-'));
    assert.equal(kept.length, 1);
  });

  it('says which configuration schema cannot be read', async () => {
    const run = up({
      FAKE_SCHEMA_FAILS: 'plugins/one/config.schema.json: bad',
    });
    assert.notEqual(await run.ended, 0);
    assert.match(run.output, /plugins\/one\/config\.schema\.json: bad/);
    await nothingRuns();
  });

  it('prints one line for each step, then the address and who can sign in', async () => {
    const run = up();
    await run.until('data is kept');
    const steps = run.output
      .split('\n')
      .map(line => /^ {2}(\S+(?: \S+)?) +[\d.]+ s/.exec(line)?.[1])
      .filter(Boolean);
    assert.deepEqual(steps, [
      'dependencies',
      'browser app',
      'sandbox',
      'config schema',
      'portal',
    ]);
    assert.match(run.output, new RegExp(`http://localhost:${ports.portal}\n`));
    assert.match(run.output, /sample-platform-developer/);
    assert.doesNotMatch(run.output, /\u001b/);
  });

  it('neither installs nor builds again at the second start', async () => {
    const first = up();
    await first.until('data is kept');
    first.kill('SIGINT');
    assert.equal(await first.ended, 130);
    await up().until('data is kept');
    assert.equal(checkout.read('yarn-runs.txt').match(/run/g).length, 1);
    assert.equal(checkout.read('build-runs.txt').match(/run/g).length, 1);
  });

  it('builds again when a source has changed', async () => {
    const first = up();
    await first.until('data is kept');
    first.kill('SIGINT');
    await first.ended;
    checkout.write('plugins/one/index.js', 'changed');
    await up().until('data is kept');
    assert.equal(checkout.read('build-runs.txt').match(/run/g).length, 2);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    it(`stops all that it started on ${signal}`, async () => {
      const run = up();
      await run.until('data is kept');
      run.kill(signal);
      assert.equal(await run.ended, code);
      await nothingRuns();
      assert.equal(checkout.exists('.fairway/run/portal.json'), false);
      assert.doesNotMatch(run.output, /Next step/);
    });
  }

  for (const [phase, env, sign] of [
    ['install', { FAKE_YARN_MS: '60000' }, 'yarn-runs.txt'],
    ['build', { FAKE_BUILD_MS: '60000' }, 'build-runs.txt'],
    ['start', { FAKE_PORTAL_MS: '60000' }, '.fairway/logs/portal.log'],
  ]) {
    it(`stops quietly on Ctrl-C during the ${phase}, and works at the next start`, async () => {
      const run = up(env);
      await until(() => checkout.exists(sign));
      run.kill('SIGINT');
      assert.equal(await run.ended, 130);
      assert.doesNotMatch(run.output, /Next step|Error/);
      await nothingRuns();
      await up().until('data is kept');
    });
  }

  it('puts an install that was broken off in place again from the beginning', async () => {
    const run = up({ FAKE_YARN_MS: '60000' });
    await until(() => checkout.exists('yarn-runs.txt'));
    checkout.write('node_modules/.yarn-state.yml', '');
    run.kill('SIGKILL');
    await run.ended;
    await up().until('data is kept');
    assert.equal(checkout.exists('node_modules/.yarn-state.yml'), false);
  });

  it('leaves nothing running when it is killed, and starts again', async () => {
    const first = up();
    await first.until('data is kept');
    first.kill('SIGKILL');
    await first.ended;
    await nothingRuns();
    await up().until('data is kept');
  });

  it('stops what a killed launcher left and could not end by itself, and starts', async () => {
    const first = up();
    await first.until('data is kept');
    const folder = path.join(checkout.root, '.fairway/run');
    const hung = fs
      .readdirSync(folder)
      .flatMap(
        file => JSON.parse(checkout.read(`.fairway/run/${file}`)).children,
      );
    for (const { pid } of hung) process.kill(pid, 'SIGSTOP');
    first.kill('SIGKILL');
    await first.ended;
    assert.equal(await canListen(ports.portal), false);
    const second = up();
    // each is given ten seconds to end in order
    await second.until('data is kept', 60_000);
    assert.match(
      second.output,
      /stopped what an earlier start had left: portal, sandbox/,
    );
  });

  it('refuses while another one runs, and names it', async () => {
    const first = up();
    await first.until('data is kept');
    const second = up();
    assert.equal(await second.ended, 1);
    assert.match(
      second.output,
      new RegExp(
        `./fairway up already runs at http://localhost:${ports.portal} \\(process ${first.pid}\\)`,
      ),
    );
    assert.equal(await canListen(ports.portal), false);
  });

  it('lets only one of two that start together go on', async () => {
    const env = { FAKE_YARN_MS: '300' };
    const both = [up(env), up(env)];
    await until(() => both.some(run => run.output.includes('data is kept')));
    await until(() => both.some(run => run.output.includes('is starting')));
    assert.equal(checkout.read('yarn-runs.txt').match(/run/g).length, 1);
  });

  it('names a taken port and the option that moves it, before any work', async () => {
    const server = net.createServer().listen(ports.sandbox + 2, '127.0.0.1');
    try {
      const run = up();
      assert.equal(await run.ended, 1);
      assert.match(
        run.output,
        new RegExp(`Port ${ports.sandbox + 2} \\(sandbox Argo CD\\) is taken`),
      );
      assert.match(run.output, /--sandbox-port \d+/);
      assert.equal(checkout.exists('yarn-runs.txt'), false);
    } finally {
      server.close();
    }
  });

  it('shows the end of the log and stops the rest when the portal does not start', async () => {
    const run = up({ FAKE_PORTAL_FAILS: "TypeError: it's broken" });
    assert.equal(await run.ended, 1);
    assert.match(run.output, /The portal stopped while starting/);
    assert.match(run.output, /TypeError: it's broken/);
    assert.match(run.output, /Next step: read .fairway\/logs\/portal.log/);
    await nothingRuns();
  });

  it('tells of a full disk in the log of what does not start', async () => {
    const run = up({ FAKE_PORTAL_FAILS: 'SqliteError: SQLITE_FULL' });
    assert.equal(await run.ended, 1);
    assert.match(run.output, /Next step: the disk is full/);
  });

  it('says so and stops the rest when the portal ends later', async () => {
    const run = up();
    await run.until('data is kept');
    const note = JSON.parse(checkout.read('.fairway/run/portal.json'));
    const portal = note.children.find(({ name }) => name === 'portal');
    process.kill(portal.pid, 'SIGKILL');
    assert.equal(await run.ended, 1);
    assert.match(run.output, /The portal stopped \(signal SIGKILL\)/);
    await nothingRuns();
  });

  it('says that the registry cannot be reached, and installs at the next start', async () => {
    const run = up({ FAKE_YARN_FAILS: 'connect ECONNREFUSED 127.0.0.1:9' });
    assert.equal(await run.ended, 1);
    assert.match(run.output, /registry could not be reached/);
    await up().until('data is kept');
  });

  it('shows why the browser app does not build', async () => {
    const run = up({ FAKE_BUILD_FAILS: 'Module not found: ./Gone' });
    assert.equal(await run.ended, 1);
    assert.match(run.output, /does not build:\nModule not found: .\/Gone/);
  });

  it('names the folder when what it keeps cannot be written', async () => {
    fs.writeFileSync(path.join(checkout.root, '.fairway'), 'a file');
    const run = up();
    assert.equal(await run.ended, 1);
    assert.match(run.output, /\.fairway/);
  });

  it('stops all when nobody reads what it prints', async () => {
    const run = up({ FAKE_SANDBOX_MS: '700' });
    await run.until('browser app');
    run.closeOutput();
    assert.equal(await run.ended, 129);
    await nothingRuns();
  });

  it('does not wait for a child that will not end when Ctrl-C comes twice', async () => {
    const portal = 'packages/backend/src/index.ts';
    checkout.write(
      portal,
      `process.on('SIGTERM', () => {});${checkout.read(portal)}`,
    );
    const run = up();
    await run.until('data is kept');
    run.kill('SIGINT');
    await run.until('Stopping');
    const asked = Date.now();
    run.kill('SIGINT');
    assert.equal(await run.ended, 130);
    assert.ok(Date.now() - asked < 3000);
    await nothingRuns();
  });
});
