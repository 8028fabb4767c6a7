import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jestCounts, playwrightCounts, summary, tapCounts } from './counts.mjs';

const jest = {
  success: true,
  numPassedTests: 10,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 2,
  numTodoTests: 1,
};

describe('jestCounts', () => {
  it('counts passed, failed and skipped', () => {
    assert.deepEqual(
      jestCounts({ ...jest, success: false, numFailedTests: 3 }),
      {
        passed: 10,
        failed: 3,
        skipped: 3,
      },
    );
  });

  it('counts a suite that does not load as a failure', () => {
    const result = { ...jest, success: false, numRuntimeErrorTestSuites: 2 };
    assert.equal(jestCounts(result).failed, 2);
  });

  it('does not call a failed run a success', () => {
    assert.equal(jestCounts({ ...jest, success: false }).failed, 1);
  });
});

describe('playwrightCounts', () => {
  const stats = { expected: 6, unexpected: 0, flaky: 0, skipped: 1 };

  it('counts the journeys', () => {
    assert.deepEqual(playwrightCounts({ stats }), {
      passed: 6,
      failed: 0,
      skipped: 1,
    });
  });

  it('counts a flaky test as failed', () => {
    assert.equal(playwrightCounts({ stats: { ...stats, flaky: 2 } }).failed, 2);
  });

  it('counts a file that does not load', () => {
    assert.equal(playwrightCounts({ stats, errors: [{}] }).failed, 1);
  });

  it('fails when there was nothing to run', () => {
    const none = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
    assert.equal(playwrightCounts({ stats: none }).failed, 1);
  });
});

describe('tapCounts', () => {
  const output = '# tests 9\n# pass 6\n# fail 1\n# cancelled 1\n# skipped 1\n';

  it('reads the last lines', () => {
    assert.deepEqual(tapCounts(output, 1), {
      passed: 6,
      failed: 2,
      skipped: 1,
    });
  });

  it('fails when the runner itself fell over', () => {
    assert.equal(tapCounts('Segmentation fault', 139).failed, 1);
    assert.equal(tapCounts('', 0).failed, 1);
  });
});

describe('summary', () => {
  it('is one plain line', () => {
    assert.equal(summary({ passed: 5, failed: 0 }), '5 passed, 0 failed');
    assert.equal(
      summary({ passed: 5, failed: 1, skipped: 2 }),
      '5 passed, 1 failed, 2 skipped',
    );
  });
});
