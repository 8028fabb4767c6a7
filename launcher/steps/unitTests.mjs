import fs from 'node:fs';
import path from 'node:path';
import { jestCounts } from '../counts.mjs';
import { BACKSTAGE_CLI, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd } from '../processes.mjs';
import { startPostgres } from './postgres.mjs';

/**
 * All tests of all workspaces, the stores on SQLite and, where it runs, on
 * PostgreSQL.
 *
 * @returns {Promise<import('../counts.mjs').Counts>}
 */
export async function runUnitTests() {
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
        // a slow machine is not a failure
        '--testTimeout',
        '60000',
        '--json',
        '--outputFile',
        outputFile,
      ],
      {
        name: 'unit tests',
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
  let result;
  try {
    result = JSON.parse(fs.readFileSync(outputFile, 'utf8'));
  } catch {
    throw new Problem(
      'The unit tests ended without a result.',
      'read what they printed above.',
    );
  }
  return jestCounts(result);
}
