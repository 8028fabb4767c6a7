import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stopOnSignals } from '../interrupt.mjs';
import { BACKSTAGE_CLI, ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd, stopAll } from '../processes.mjs';
import { runBrowserTests } from '../steps/browserTests.mjs';
import { install } from '../steps/install.mjs';
import { startPostgres } from '../steps/postgres.mjs';
import { requireGit } from '../steps/git.mjs';

/**
 * A stage gives what it counted. Types, lint and format count as one each.
 *
 * @typedef {{ passed: number, failed: number, skipped?: number }} Counts
 * @type {Record<string, () => Promise<Counts>>}
 */
const STAGES = {
  types: () =>
    check([
      'node_modules/typescript/bin/tsc',
      '--incremental',
      'false',
      '--noEmit',
    ]),
  lint: () => check([BACKSTAGE_CLI, 'repo', 'lint', '--max-warnings', '0']),
  format: () =>
    check([
      'node_modules/prettier/bin-prettier.js',
      '--check',
      '--loglevel',
      'warn',
      '.',
    ]),
  launcher: launcherTests,
  unit: unitTests,
  browser: runBrowserTests,
};

/** @param {string[]} args */
export async function run(args) {
  const names = readStages(args);
  stopOnSignals();
  requireGit();
  await install();

  const total = { passed: 0, failed: 0, skipped: 0 };
  const report = [];
  for (const name of names) {
    process.stdout.write(`\n--- ${name}\n`);
    const started = performance.now();
    let counts;
    try {
      counts = await STAGES[name]();
    } catch (error) {
      process.stdout.write(
        `${error.message}\n${
          error.nextStep ? `Next step: ${error.nextStep}\n` : ''
        }`,
      );
      counts = { passed: 0, failed: 1 };
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    report.push({ name, seconds, ...counts });
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped ?? 0;
  }
  await stopAll();

  process.stdout.write('\nstage        time   passed  failed  skipped\n');
  for (const { name, seconds, passed, failed, skipped = 0 } of report) {
    process.stdout.write(
      `${name.padEnd(10)} ${`${seconds} s`.padStart(6)} ${String(
        passed,
      ).padStart(8)} ${String(failed).padStart(7)} ${String(skipped).padStart(
        8,
      )}\n`,
    );
  }
  const skipped = total.skipped ? `, ${total.skipped} skipped` : '';
  process.stdout.write(
    `\n${total.passed} passed, ${total.failed} failed${skipped}\n`,
  );
  return total.failed ? 1 : 0;
}

function readStages(args) {
  let only;
  try {
    ({ only } = parseArgs({
      args,
      options: { only: { type: 'string' } },
    }).values);
  } catch (error) {
    throw new Problem(error.message, './fairway --help lists the options.');
  }
  if (!only) return Object.keys(STAGES);
  const names = only.split(',').map(name => name.trim());
  const unknown = names.find(name => !(name in STAGES));
  if (unknown !== undefined) {
    throw new Problem(
      `There is no test stage "${unknown}".`,
      `choose from ${Object.keys(STAGES).join(', ')}.`,
    );
  }
  return names;
}

/** One command that passes or not. */
async function check(args) {
  const { code } = await runToEnd(process.execPath, args, { inherit: true });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function launcherTests() {
  const { code, output } = await runToEnd(process.execPath, [
    '--test',
    '--test-reporter=tap',
    ...fs
      .readdirSync(path.join(ROOT, 'launcher'))
      .filter(name => name.endsWith('.test.mjs'))
      .map(name => path.join(ROOT, 'launcher', name)),
  ]);
  const count = word =>
    Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const counts = {
    passed: count('pass'),
    failed: count('fail'),
    skipped: count('skipped'),
  };
  if (code !== 0) {
    process.stdout.write(output);
    if (!counts.failed) counts.failed = 1;
  }
  return counts;
}

async function unitTests() {
  const outputFile = path.join(STATE_DIR, 'unit-tests.json');
  fs.mkdirSync(STATE_DIR, { recursive: true });
  fs.rmSync(outputFile, { force: true });
  const postgres = await startPostgres().catch(error => {
    process.stdout.write(
      `NOT PROVED: the stores were not tested on PostgreSQL. ${error.message}\n`,
    );
    return undefined;
  });
  try {
    await runToEnd(
      process.execPath,
      [
        BACKSTAGE_CLI,
        'repo',
        'test',
        '--maxWorkers',
        '2',
        '--silent',
        '--json',
        '--outputFile',
        outputFile,
      ],
      {
        inherit: true,
        env: {
          CI: '1',
          NODE_ENV: 'test',
          BACKSTAGE_TEST_DISABLE_DOCKER: '1',
          ...(postgres && {
            BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING: `${postgres.url}/postgres`,
          }),
        },
      },
    );
  } finally {
    await postgres?.stop();
  }
  return readJestCounts(outputFile);
}

function readJestCounts(file) {
  let result;
  try {
    result = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    throw new Problem(
      'The unit tests ended without a result.',
      'read what they printed above.',
    );
  }
  // a suite that does not even load counts as one failure
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests,
  };
}
