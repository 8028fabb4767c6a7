import { summary } from '../counts.mjs';
import { isStopping } from '../interrupt.mjs';
import { readArgs } from '../options.mjs';
import { BACKSTAGE_CLI } from '../paths.mjs';
import { Problem, asProblem } from '../problem.mjs';
import { runToEnd, stopAll } from '../processes.mjs';
import { claim } from '../runs.mjs';
import { runBrowserTests } from '../steps/browserTests.mjs';
import { requireGit } from '../steps/git.mjs';
import { install } from '../steps/install.mjs';
import { runLauncherTests } from '../steps/launcherTests.mjs';
import { runReplicaTests } from '../steps/replicaTests.mjs';
import { runResumeTests } from '../steps/resumeTests.mjs';
import { runTemplateTests } from '../steps/templateTests.mjs';
import { runUnitTests } from '../steps/unitTests.mjs';

/**
 * Types, lint and format count as one each.
 *
 * @type {Record<string, (options: { template?: string }) => Promise<import('../counts.mjs').Counts>>}
 */
const STAGES = {
  types: () =>
    check([
      'node_modules/typescript/bin/tsc',
      '--incremental',
      'false',
      '--noEmit',
    ]),
  lint: () => check([BACKSTAGE_CLI, 'repo', 'lint']),
  format: () =>
    check([
      'node_modules/prettier/bin-prettier.js',
      '--check',
      '--loglevel',
      'warn',
      '.',
    ]),
  launcher: () => runLauncherTests(),
  unit: () => runUnitTests(),
  browser: () => runBrowserTests(),
  replicas: () => runReplicaTests(),
  resume: () => runResumeTests(),
  templates: runTemplateTests,
};

/** Too slow for every change: run when `--only` names them. */
const ON_REQUEST = ['replicas', 'resume', 'templates'];

/** @param {string[]} args */
export async function run(args) {
  const { names, template } = readStages(args);
  await claimTests('test');
  const report = [];
  try {
    const setup = await runStage('setup', setUp);
    if (setup.failed) report.push(setup);
    else {
      for (const name of names) {
        process.stdout.write(`\n--- ${name}\n`);
        report.push(await runStage(name, () => STAGES[name]({ template })));
      }
    }
  } finally {
    await stopAll();
  }
  const total = sum(report);
  process.stdout.write(`\n${table(report)}\n\n${summary(total)}\n`);
  return total.failed ? 1 : 0;
}

/**
 * Takes the folders of the tests for this launcher.
 *
 * @throws Problem when another launcher tests this checkout
 */
export async function claimTests(command) {
  const { running } = await claim('tests', command);
  if (running) {
    throw new Problem(
      `./fairway ${running.command} already tests this checkout (process ${running.launcher}).`,
      'wait for it, or stop it with Ctrl-C where it runs.',
    );
  }
}

/**
 * The stages that `--only` names, in the order given; without it all but those
 * that run on request. `--templates` is short for `--only templates`.
 *
 * @param {string[]} args
 * @returns {{ names: string[], template: string | undefined }}
 * @throws Problem naming a stage that does not exist
 */
export function readStages(args) {
  const {
    only,
    templates,
    'only-template': template,
  } = readArgs(args, {
    only: { type: 'string' },
    templates: { type: 'boolean', default: false },
    'only-template': { type: 'string' },
  });
  const wanted = [only, templates ? 'templates' : undefined]
    .filter(Boolean)
    .join(',');
  const names = wanted
    ? [...new Set(wanted.split(',').map(name => name.trim()))]
    : Object.keys(STAGES).filter(name => !ON_REQUEST.includes(name));
  const unknown = names.find(name => !Object.hasOwn(STAGES, name));
  if (unknown !== undefined) {
    throw new Problem(
      `There is no test stage "${unknown}".`,
      `choose from ${Object.keys(STAGES).join(', ')}.`,
    );
  }
  if (template !== undefined && !names.includes('templates')) {
    throw new Problem(
      '--only-template belongs to --templates.',
      `write ./fairway test --templates --only-template ${template}.`,
    );
  }
  return { names, template };
}

async function setUp() {
  requireGit();
  await install();
  return { passed: 0, failed: 0 };
}

// a stage that cannot run is a failure, and the next one has its turn
async function runStage(name, stage) {
  const started = performance.now();
  let counts;
  try {
    counts = await stage();
  } catch (error) {
    const { message, nextStep } = asProblem(error);
    if (!isStopping()) {
      process.stdout.write(
        `\n${message}\n${nextStep ? `Next step: ${nextStep}\n` : ''}`,
      );
    }
    counts = { passed: 0, failed: 1 };
  }
  if (isStopping()) throw new Error('stopped');
  const seconds = (performance.now() - started) / 1000;
  return { name, seconds, skipped: 0, ...counts };
}

/** One command that passes or not. */
async function check(args) {
  const { code } = await runToEnd(process.execPath, args, { inherit: true });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function sum(report) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of report) {
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  return total;
}

function table(report) {
  const row = (name, ...cells) =>
    name.padEnd(10) + cells.map(cell => String(cell).padStart(9)).join('');
  return [
    row('stage', 'time', 'passed', 'failed', 'skipped'),
    ...report.map(({ name, seconds, passed, failed, skipped }) =>
      row(name, `${seconds.toFixed(0)} s`, passed, failed, skipped),
    ),
  ].join('\n');
}
