/**
 * What a stage of the tests counted.
 *
 * @typedef {{ passed: number, failed: number, skipped?: number }} Counts
 */

/**
 * Jest's `--json` result. A suite that does not even load counts as one
 * failure, and so does a run that failed without a failing test.
 *
 * @returns {Counts}
 */
export function jestCounts(result) {
  return atLeastOneFailure(!result.success, {
    passed: result.numPassedTests,
    failed: result.numFailedTests + (result.numRuntimeErrorTestSuites ?? 0),
    skipped: result.numPendingTests + (result.numTodoTests ?? 0),
  });
}

/**
 * Playwright's JSON report. Retries are off, so a flaky test is a failed one.
 *
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[] }} report
 * @returns {Counts}
 */
export function playwrightCounts({ stats, errors = [] }) {
  return atLeastOneFailure(errors.length > 0, {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  });
}

/**
 * What `node --test` prints with its TAP reporter, tests in subtests included.
 *
 * @param {string} output
 * @param {number} code the exit code
 * @returns {Counts}
 */
export function tapCounts(output, code) {
  const count = word =>
    Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  return atLeastOneFailure(code !== 0, {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  });
}

/**
 * The plain last line: `12 passed, 1 failed, 3 skipped`.
 *
 * @param {Counts} counts
 */
export function summary({ passed, failed, skipped = 0 }) {
  return `${passed} passed, ${failed} failed${
    skipped ? `, ${skipped} skipped` : ''
  }`;
}

// a run that failed, or proved nothing, must never look like success
function atLeastOneFailure(ranBadly, counts) {
  const nothing = counts.passed + counts.failed + counts.skipped === 0;
  return counts.failed === 0 && (ranBadly || nothing)
    ? { ...counts, failed: 1 }
    : counts;
}
