import { summary } from '../counts.mjs';
import { stopAll } from '../processes.mjs';
import { runBrowserTests } from '../steps/browserTests.mjs';
import { requireGit } from '../steps/git.mjs';
import { install } from '../steps/install.mjs';
import { claimTests } from './test.mjs';

/** @param {string[]} args handed to Playwright, e.g. a file name */
export async function run(args) {
  requireGit();
  await claimTests('e2e');
  try {
    await install();
    const counts = await runBrowserTests(args);
    process.stdout.write(`\n${summary(counts)}\n`);
    return counts.failed ? 1 : 0;
  } finally {
    await stopAll();
  }
}
