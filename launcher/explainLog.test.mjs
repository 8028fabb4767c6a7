import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asProblem, Problem } from './problem.mjs';
import { endOfLog, hintFor } from './steps/explainLog.mjs';

describe('hintFor', () => {
  for (const [log, hint] of [
    ['Error: listen EADDRINUSE: address already in use', /took the port/],
    ['SqliteError: database or disk is full', /disk is full/],
    ['ENOSPC: System limit for number of file watchers', /inotify/],
    ['SqliteError: attempt to write a readonly database', /cannot be written/],
    ['SQLITE_CORRUPT: database disk image is malformed', /damaged/],
    ["Error: Cannot find module 'knex'", /missing from node_modules/],
  ]) {
    it(`knows "${log}"`, () => assert.match(hintFor(log), hint));
  }

  it('does not blame node_modules for a file of our own', () => {
    assert.equal(hintFor("Cannot find module './service/store'"), undefined);
  });

  it('knows when it knows nothing', () => {
    assert.equal(hintFor('TypeError: x is not a function'), undefined);
  });
});

describe('endOfLog', () => {
  const lines = count => Array.from({ length: count }, (_, i) => `line ${i}`);

  it('is the last lines, without stack frames', () => {
    const log = ['TypeError: it broke', '    at run (a.js:1:1)', '}'].join(
      '\n',
    );
    assert.equal(endOfLog(`${log}\n`), 'TypeError: it broke\n}');
    assert.equal(endOfLog(lines(100).join('\n')).split('\n').length, 25);
  });

  it('begins with the error when that stands further up', () => {
    const log = ["Error: Cannot find module 'x'", ...lines(40)].join('\n');
    assert.match(
      endOfLog(log),
      /^Error: Cannot find module 'x'\n\.\.\.\nline 15/,
    );
  });
});

describe('asProblem', () => {
  it('turns an error of the disk into a next step', () => {
    const error = Object.assign(new Error('EROFS: ...'), {
      code: 'EROFS',
      syscall: 'mkdir',
      path: '/srv/fairway/.fairway',
    });
    const problem = asProblem(error);
    assert.ok(problem instanceof Problem);
    assert.match(
      problem.message,
      /read-only \(EROFS, \/srv\/fairway\/\.fairway\)\./,
    );
  });

  it('leaves all else as it is', () => {
    const error = new TypeError('x');
    assert.equal(asProblem(error), error);
  });
});
