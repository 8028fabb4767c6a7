import path from 'node:path';
import { tapCounts } from '../counts.mjs';
import { ROOT } from '../paths.mjs';
import { runToEnd } from '../processes.mjs';

/**
 * What is promised of two backends on one database, with Node's own runner;
 * some six minutes, most of them spent on waiting for tasks of the minute.
 *
 * @returns {Promise<import('../counts.mjs').Counts>}
 */
export async function runReplicaTests() {
  const { code, output } = await runToEnd(
    process.execPath,
    [
      '--test',
      '--test-reporter=tap',
      path.join(ROOT, 'launcher/replicas/replicas.test.mjs'),
    ],
    { name: 'replica tests' },
  );
  if (code !== 0) process.stdout.write(output);
  return tapCounts(output, code);
}
