import path from 'node:path';
import { runToEnd, start, stop } from '../processes.mjs';
import { commonChecks, NOT_PROVED } from './commonChecks.mjs';

/**
 * How a check ended.
 *
 * @typedef {object} Outcome
 * @property {string} template
 * @property {string} case
 * @property {string} check
 * @property {'passed' | 'FAILED' | 'NOT PROVED'} result
 * @property {number} seconds
 * @property {string} [why] what is missing, or what the check printed
 */

/**
 * Builds and tests rendered templates with the toolchains that are there. A
 * check whose programs are missing is not proved, and the next has its turn.
 *
 * @param {import('./commonChecks.mjs').RenderedCase[]} rendered
 * @param {(outcome: Outcome) => void} tell called after each
 * @param {{ databaseUrl?: string }} [services] what runs for the checks; one that
 *   needs `postgres` finds it in TEST_DATABASE_URL
 * @returns {Promise<Outcome[]>}
 */
export async function proveTemplates(rendered, tell, services = {}) {
  const env = environment(services);
  const outcomes = [];
  const there = new Map();
  const isThere = async program => {
    if (!there.has(program)) there.set(program, await look(program, env));
    return there.get(program);
  };
  for (const one of rendered) {
    for (const check of [...one.checks, ...commonChecks(one)]) {
      const started = performance.now();
      const missing = [];
      for (const program of check.needs) {
        if (!(await isThere(program))) missing.push(program);
      }
      const outcome = missing.length
        ? { result: 'NOT PROVED', why: `${missing.join(' and ')} missing` }
        : await runCheck(check, one.folder, env);
      const told = {
        template: one.template,
        case: one.case,
        check: check.name,
        seconds: (performance.now() - started) / 1000,
        ...outcome,
      };
      outcomes.push(told);
      tell(told);
    }
  }
  return outcomes;
}

/** @param {Outcome[]} outcomes */
export function outcomeTable(outcomes) {
  const rows = [
    ['template', 'case', 'check', 'result', 'time'],
    ...outcomes.map(outcome => [
      outcome.template,
      outcome.case,
      outcome.check,
      outcome.result,
      `${outcome.seconds.toFixed(0)} s`,
    ]),
  ];
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function environment({ databaseUrl }) {
  return {
    TEST_DATABASE_URL: databaseUrl,
    CI: '1',
    // what Fairway itself runs with is not what the templates are tested with
    NODE_ENV: undefined,
    NODE_OPTIONS: undefined,
  };
}

async function look(program, env) {
  if (program === 'postgres') return env.TEST_DATABASE_URL !== undefined;
  const script =
    program === 'docker' ? 'docker info' : `command -v -- "${program}"`;
  const { code } = await runToEnd('sh', ['-c', script], { name: program, env });
  return code === 0;
}

function runCheck(check, folder, env) {
  return new Promise(resolve => {
    const child = start('sh', ['-euc', check.run], {
      name: check.name,
      cwd: path.join(folder, check.within ?? 'repository'),
      env,
    });
    let output = '';
    const keep = data => {
      output = (output + data).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let late = '';
    const timer = setTimeout(() => {
      late = `It did not end within ${check.timeoutSeconds} s.\n`;
      stop(child);
    }, check.timeoutSeconds * 1000);
    child.on('error', error => keep(error.message));
    child.on('close', code => {
      clearTimeout(timer);
      if (late) resolve({ result: 'FAILED', why: late + output });
      else if (code === 0) resolve({ result: 'passed' });
      else if (code === NOT_PROVED) {
        const why = output.trim().split('\n').at(-1);
        resolve({ result: 'NOT PROVED', why });
      } else resolve({ result: 'FAILED', why: output });
    });
  });
}
