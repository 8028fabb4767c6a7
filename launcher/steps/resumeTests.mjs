import path from 'node:path';
import { tapCounts } from '../counts.mjs';
import { ROOT } from '../paths.mjs';
import { runToEnd } from '../processes.mjs';

/**
 * What is promised of a service that is being created when the backend is
 * killed, with Node's own runner; some ten minutes, for the backend is started
 * anew for each place at which it is killed.
 *
 * @returns {Promise<import('../counts.mjs').Counts>}
 */
export async function runResumeTests() {
  const { code, output } = await runToEnd(
    process.execPath,
    [
      '--test',
      '--test-reporter=tap',
      path.join(ROOT, 'launcher/resume/resume.test.mjs'),
    ],
    { name: 'resume tests' },
  );
  if (code !== 0) process.stdout.write(output);
  return tapCounts(output, code);
}
