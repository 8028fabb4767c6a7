import fs from 'node:fs';
import path from 'node:path';
import { tapCounts } from '../counts.mjs';
import { ROOT } from '../paths.mjs';
import { runToEnd } from '../processes.mjs';

/** They start whole portals, and have a stage of their own. */
const APART = ['replicas', 'resume'].map(folder => folder + path.sep);

/**
 * The tests of the launcher itself and of the benchmarks, with Node's own
 * runner. Prints what it says only when a test fails.
 *
 * @returns {Promise<import('../counts.mjs').Counts>}
 */
export async function runLauncherTests() {
  const files = ['launcher', 'bench'].flatMap(folder =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true })
      .filter(
        name =>
          name.endsWith('.test.mjs') &&
          !APART.some(folder => name.startsWith(folder)),
      )
      .map(name => path.join(ROOT, folder, name)),
  );
  const { code, output } = await runToEnd(
    process.execPath,
    ['--test', '--test-reporter=tap', '--test-concurrency=2', ...files],
    { name: 'launcher tests' },
  );
  if (code !== 0) process.stdout.write(output);
  return tapCounts(output, code);
}
