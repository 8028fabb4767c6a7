import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fakeCheckout } from './__testUtils__/fakeCheckout.mjs';
import { commonChecks } from './templates/commonChecks.mjs';
import { outcomeTable, proveTemplates } from './templates/proveTemplates.mjs';

describe('proving templates', { timeout: 60_000 }, () => {
  let folder;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-proof-'));
    fs.mkdirSync(path.join(folder, 'repository'));
    fs.writeFileSync(path.join(folder, 'repository/there'), '');
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const prove = (...checks) => proveWith({}, ...checks);
  const proveWith = (services, ...checks) =>
    proveTemplates(
      [
        {
          template: 'create-a-service',
          case: 'default',
          folder,
          files: [],
          desiredState: [],
          checks: checks.map(check => ({
            name: 'it',
            needs: [],
            timeoutSeconds: 10,
            ...check,
          })),
        },
      ],
      () => {},
      services,
    );

  it('runs a check in the repository, and keeps what a failed one said', async () => {
    const outcomes = await prove(
      { run: 'test -f there' },
      { run: 'echo so sorry; false; true' },
    );
    assert.deepEqual(
      outcomes.map(({ result }) => result),
      ['passed', 'FAILED'],
    );
    assert.match(outcomes[1].why, /so sorry/);
  });

  it('does not call proved what a missing program should have proved', async () => {
    const [outcome] = await prove({
      run: 'true',
      needs: ['sh', 'no-such-lint'],
    });
    assert.equal(outcome.result, 'NOT PROVED');
    assert.equal(outcome.why, 'no-such-lint missing');
  });

  it('takes the word of a check that could not be made', async () => {
    const [outcome] = await prove({
      run: 'echo a line; echo no providers; exit 77',
    });
    assert.equal(outcome.result, 'NOT PROVED');
    assert.equal(outcome.why, 'no providers');
  });

  it('lends a database to a check that needs one', async () => {
    const check = {
      run: 'test "$TEST_DATABASE_URL" = postgres://here',
      needs: ['postgres'],
    };
    const [without] = await prove(check);
    assert.equal(without.result, 'NOT PROVED');
    const [lent] = await proveWith({ databaseUrl: 'postgres://here' }, check);
    assert.equal(lent.result, 'passed');
  });

  it('ends a check that takes too long', async () => {
    const [outcome] = await prove({ run: 'sleep 60', timeoutSeconds: 0.2 });
    assert.equal(outcome.result, 'FAILED');
    assert.match(outcome.why, /did not end within 0.2 s/);
  });

  it('prints one row a check', () => {
    assert.equal(
      outcomeTable([
        {
          template: 'create-a-service',
          case: 'default',
          check: 'unit tests',
          result: 'passed',
          seconds: 12.3,
        },
      ]),
      [
        'template          case     check       result  time',
        'create-a-service  default  unit tests  passed  12 s',
      ].join('\n'),
    );
  });

  it('checks of every repository what its files ask for', () => {
    const names = (files, desiredState = []) =>
      commonChecks({ files, desiredState }).map(({ name }) => name);
    assert.deepEqual(names([]), []);
    assert.deepEqual(names(['Dockerfile', 'mkdocs.yml']), [
      'hadolint',
      'image',
      'documentation',
    ]);
    assert.deepEqual(
      names(
        [],
        [
          'gitops/base/a/kustomization.yaml',
          'gitops/overlays/dev/a/kustomization.yaml',
          'gitops/overlays/prod/a/kustomization.yaml',
        ],
      ),
      ['2 overlays'],
    );
    assert.deepEqual(names([], ['deploy/services/a/versions.tf']), [
      'terraform',
    ]);
  });

  describe('by ./fairway test', () => {
    let checkout;
    before(() => {
      checkout = fakeCheckout();
      checkout.write('templates/create-a-service/template.yaml', '');
      checkout.write(
        'plugins/scaffolder-backend-module-platform-envs/package.json',
        '{}',
      );
      checkout.write('node_modules/typescript/bin/tsc', '');
    });
    after(() => checkout.remove());

    it('names the templates that there are when another is asked for', async () => {
      const run = checkout.launch([
        'test',
        '--templates',
        '--only-template',
        'create-nothing',
      ]);
      assert.equal(await run.ended, 1);
      assert.match(run.output, /no template "create-nothing"/);
      assert.match(run.output, /choose from create-a-service/);
    });

    it('fails when nothing was rendered', async () => {
      const run = checkout.launch(['test', '--templates']);
      assert.equal(await run.ended, 1);
      assert.match(run.output, /The templates were not rendered/);
      assert.match(run.output, /^templates +\d+ s +0 +1 +0$/m);
    });

    it('refuses --only-template without the templates', async () => {
      const run = checkout.launch(['test', '--only-template', 'x']);
      assert.equal(await run.ended, 1);
      assert.match(run.output, /--only-template belongs to --templates/);
    });
  });
});
