import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fakeCheckout } from './__testUtils__/fakeCheckout.mjs';

describe('fairway', { timeout: 60_000 }, () => {
  let checkout;

  before(() => {
    checkout = fakeCheckout();
  });
  after(() => checkout.remove());

  async function fairway(...args) {
    const run = checkout.launch(args);
    const code = await run.ended;
    return { code, output: run.output };
  }

  for (const args of [['--help'], ['help'], ['-h'], ['up', '--help']]) {
    it(`explains itself on "${args.join(' ')}"`, async () => {
      const { code, output } = await fairway(...args);
      assert.equal(code, 0);
      for (const command of ['up', 'dev', 'test', 'e2e', 'doctor', 'clean']) {
        assert.match(output, new RegExp(`^ {2}${command} `, 'm'));
      }
    });
  }

  it('explains itself without a command, and fails', async () => {
    assert.equal((await fairway()).code, 2);
  });

  it('names an unknown command and lists the known ones', async () => {
    const { code, output } = await fairway('start');
    assert.equal(code, 2);
    assert.match(output, /no command "start".*up, dev, test/);
  });

  it('refuses a stage of the tests that does not exist', async () => {
    const { code, output } = await fairway('test', '--only', 'types,unti');
    assert.equal(code, 1);
    assert.match(output, /no test stage "unti"/);
    assert.match(
      output,
      /choose from types, lint, format, launcher, unit, browser/,
    );
  });

  it('refuses an option that a command does not have', async () => {
    const { code, output } = await fairway('clean', '--everything');
    assert.equal(code, 1);
    assert.match(output, /Unknown option '--everything'/);
  });

  it('says how to start a sandbox that does not answer', async () => {
    const { code, output } = await fairway(
      'sandbox',
      'status',
      '--sandbox-port',
      '1999',
    );
    assert.equal(code, 1);
    assert.match(output, /No sandbox answers at http:\/\/localhost:1999/);
  });

  it('ends the tests with one plain line, even when nothing can be installed', async () => {
    const run = checkout.launch(['test'], { FAKE_YARN_FAILS: 'ENOTFOUND' });
    assert.equal(await run.ended, 1);
    assert.match(run.output, /registry could not be reached/);
    assert.match(run.output, /\n0 passed, 1 failed\n$/);
  });

  it('goes on after a stage that failed, and counts every stage', async () => {
    checkout.write('node_modules/prettier/bin-prettier.js', 'process.exit(1);');
    checkout.write('node_modules/typescript/bin/tsc', '');
    const run = checkout.launch(['test', '--only', 'format,types']);
    assert.equal(await run.ended, 1);
    assert.match(run.output, /^format +\d+ s +0 +1 +0$/m);
    assert.match(run.output, /^types +\d+ s +1 +0 +0$/m);
    assert.match(run.output, /\n1 passed, 1 failed\n$/);
  });

  it('ends with 0 when all passed', async () => {
    checkout.write('node_modules/typescript/bin/tsc', '');
    const run = checkout.launch(['test', '--only', 'types']);
    assert.equal(await run.ended, 0);
    assert.match(run.output, /\n1 passed, 0 failed\n$/);
  });

  it('removes what was built and kept, and the rest with --all', async () => {
    checkout.write('packages/app/dist/index.html', '');
    checkout.write('.fairway/database/catalog.sqlite', '');
    assert.equal((await fairway('clean')).code, 0);
    assert.equal(checkout.exists('packages/app/dist'), false);
    assert.equal(checkout.exists('.fairway'), false);
    assert.equal(checkout.exists('node_modules'), true);
    assert.match(
      (await fairway('clean', '--all')).output,
      /removed node_modules/,
    );
    assert.equal(checkout.exists('node_modules'), false);
    assert.equal(checkout.exists('packages/app/index.js'), true);
  });
});
