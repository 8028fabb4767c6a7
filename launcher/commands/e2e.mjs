import { stopOnSignals } from '../interrupt.mjs';
import { stopAll } from '../processes.mjs';
import { runBrowserTests } from '../steps/browserTests.mjs';
import { requireGit } from '../steps/git.mjs';
import { install } from '../steps/install.mjs';

/** @param {string[]} args handed to Playwright, e.g. a file name */
export async function run(args) {
  stopOnSignals();
  requireGit();
  await install();
  try {
    const { passed, failed, skipped } = await runBrowserTests(args);
    process.stdout.write(
      `\n${passed} passed, ${failed} failed${
        skipped ? `, ${skipped} skipped` : ''
      }\n`,
    );
    return failed ? 1 : 0;
  } finally {
    await stopAll();
  }
}
