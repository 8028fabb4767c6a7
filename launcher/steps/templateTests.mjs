import fs from 'node:fs';
import path from 'node:path';
import { jestCounts } from '../counts.mjs';
import { BACKSTAGE_CLI, ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd } from '../processes.mjs';
import { outcomeTable, proveTemplates } from '../templates/proveTemplates.mjs';
import { startPostgres } from './postgres.mjs';

const MODULE = path.join(
  ROOT,
  'plugins/scaffolder-backend-module-platform-envs',
);

/**
 * Renders every template through the scaffolder, holds what comes out against
 * what is promised of it, then builds and tests it with its own toolchain. What
 * was rendered stays in `.fairway/templates`.
 *
 * @param {{ template?: string }} [options] one template only
 * @returns {Promise<import('../counts.mjs').Counts>}
 */
export async function runTemplateTests({ template } = {}) {
  assertTemplate(template);
  const folder = path.join(STATE_DIR, 'templates');
  const outputFile = path.join(folder, 'rendered.json');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  await runToEnd(
    process.execPath,
    [
      BACKSTAGE_CLI,
      'package',
      'test',
      '--watchAll=false',
      '--testTimeout',
      '60000',
      '--json',
      '--outputFile',
      outputFile,
      'src/templates.test.ts',
    ],
    {
      name: 'rendering of templates',
      cwd: MODULE,
      inherit: true,
      env: {
        CI: '1',
        NODE_ENV: 'test',
        BACKSTAGE_TEST_DISABLE_DOCKER: '1',
        FAIRWAY_TEMPLATES_OUT: folder,
        FAIRWAY_TEMPLATE: template,
      },
    },
  );
  const counts = jestCounts(readJson(outputFile));
  const rendered = readJson(path.join(folder, 'index.json'));
  const postgres = needsPostgres(rendered)
    ? await startPostgres().catch(error => {
        process.stdout.write(`${error.message}\n`);
        return undefined;
      })
    : undefined;
  const outcomes = await proveTemplates(rendered, tellOutcome, {
    databaseUrl: postgres && `${postgres.url}/postgres`,
  }).finally(() => postgres?.stop());
  process.stdout.write(`\n${outcomeTable(outcomes)}\n`);
  for (const { template: of, case: name, check, result, why } of outcomes) {
    if (result === 'NOT PROVED') {
      process.stdout.write(`NOT PROVED: ${of}, ${name}, ${check}: ${why}\n`);
    }
  }
  const count = result =>
    outcomes.filter(outcome => outcome.result === result).length;
  return {
    passed: counts.passed + count('passed'),
    failed: counts.failed + count('FAILED'),
    skipped: (counts.skipped ?? 0) + count('NOT PROVED'),
  };
}

function needsPostgres(rendered) {
  return rendered.some(({ checks }) =>
    checks.some(({ needs }) => needs.includes('postgres')),
  );
}

function tellOutcome(outcome) {
  const { template, case: name, check, result, why } = outcome;
  process.stdout.write(`${template}, ${name}, ${check}: ${result}\n`);
  if (result === 'FAILED') process.stdout.write(`${why}\n`);
}

/** @throws Problem naming a template that does not exist */
export function assertTemplate(template) {
  if (template === undefined) return;
  const all = fs
    .readdirSync(path.join(ROOT, 'templates'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name);
  if (!all.includes(template)) {
    throw new Problem(
      `There is no template "${template}".`,
      `choose from ${all.join(', ')}.`,
    );
  }
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    throw new Problem(
      'The templates were not rendered.',
      'read what was printed above.',
    );
  }
}
