import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { scaffoldFigures } from './figures.mjs';
import { isOrphan } from './parts.mjs';
import { readRun } from './runTasks.mjs';
import { skeletonOf } from './stockSkeletons.mjs';

describe('readRun', () => {
  const event = (stepId, status, second, message = '') => ({
    createdAt: `2026-01-01T00:00:${second}Z`,
    body: { stepId, status, message },
  });
  const run = {
    name: 'a',
    taskId: '1',
    status: 'completed',
    lastStep: 'register',
    askedAt: Date.parse('2026-01-01T00:00:00Z'),
    events: [
      event('publish', 'completed', '01.000'),
      event('register', 'processing', '01.100'),
      event('register', 'completed', '01.500'),
      event('track', 'completed', '09.000'),
    ],
  };

  it('takes the time until the last part was created, not until the end', () => {
    assert.equal(readRun(run).ms, 1500);
    assert.equal(readRun(run).status, 'completed');
  });

  it('tells how long each step took', () => {
    assert.deepEqual(readRun(run).steps, {
      publish: 0,
      register: 400,
      track: 0,
    });
  });

  it('has no time for what was never created, and says why', () => {
    const events = [event('publish', 'failed', '01.000', 'name taken')];
    assert.deepEqual(readRun({ ...run, status: 'failed', events }), {
      name: 'a',
      taskId: '1',
      status: 'failed',
      steps: {},
      message: 'name taken',
    });
  });

  it('has failed where it has not ended', () => {
    const { status, message } = readRun({ ...run, status: 'processing' });
    assert.equal(status, 'failed');
    assert.equal(message, 'the run is processing');
  });
});

describe('isOrphan', () => {
  it('is a whole service that is short of a part', () => {
    assert.equal(isOrphan('completed', { a: true, b: true }), false);
    assert.equal(isOrphan('completed', { a: true, b: false }), true);
  });

  it('is any part that a failed run left', () => {
    assert.equal(isOrphan('failed', { a: false, b: false }), false);
    assert.equal(isOrphan('failed', { a: false, b: true }), true);
    assert.equal(isOrphan('refused', { a: false, b: false }), false);
  });
});

describe('scaffoldFigures', () => {
  const batch = (side, parallel, times, changes = {}) => ({
    side,
    parallel,
    runs: times.map(ms => ({ ms })),
    failures: 0,
    orphans: 0,
    apiWritesPerService: 8,
    pushesPerService: 1,
    ...changes,
  });
  const verdict = (batches, id, size) =>
    scaffoldFigures(batches).find(
      one => one.id === id && (size === undefined || one.size === size),
    ).verdict;

  it('holds the times to their limits', () => {
    const of = ours =>
      verdict(
        [batch('ours', 1, [ours]), batch('stock', 1, [3000])],
        'scaffold.p50',
        1,
      );
    assert.equal(of(3000), 'pass');
    assert.equal(of(3001), 'MISS');
  });

  it('holds what both sides do to a share of the peer’s time', () => {
    const of = (registry, stock) => {
      const ours = batch('ours', 1, []);
      ours.runs = [{ ms: 2800, steps: { stack: 200, registry } }];
      return verdict(
        [ours, batch('stock', 1, [stock])],
        'scaffold.same.p50',
        1,
      );
    };
    assert.equal(of(1200, 2000), 'pass');
    assert.equal(of(1100, 2000), 'MISS');
    assert.equal(of(undefined, 9000), 'MISS');
  });

  it('holds the writes to what GitHub takes', () => {
    const of = apiWritesPerService =>
      verdict(
        [
          batch('ours', 1, [1000], { apiWritesPerService }),
          batch('stock', 1, [3000]),
        ],
        'scaffold.apiWrites',
      );
    assert.equal(of(8), 'pass');
    assert.equal(of(8.1), 'MISS');
  });

  it('asks of many at once that all are done in time', () => {
    const batches = last => [
      batch('ours', 20, [1000, last]),
      batch('stock', 20, [9000, 90_000]),
    ];
    assert.equal(verdict(batches(30_000), 'scaffold.all'), 'pass');
    assert.equal(verdict(batches(30_001), 'scaffold.all'), 'MISS');
  });

  it('misses where one was never created, or something is left', () => {
    const batches = [
      batch('ours', 1, [undefined], { failures: 1, orphans: 1 }),
      batch('stock', 1, [3000]),
    ];
    for (const id of ['p50', 'p95', 'failures', 'orphans']) {
      assert.equal(verdict(batches, `scaffold.${id}`), 'MISS', id);
    }
  });

  it('tells how long each step takes, beside the peer’s of the same id', () => {
    const withSteps = (side, ...steps) => ({
      ...batch(side, 20, []),
      runs: steps.map(one => ({ ms: 1000, steps: one })),
    });
    const figures = scaffoldFigures([
      withSteps(
        'ours',
        { plan: 100, publish: 900 },
        { plan: 300, publish: 500 },
      ),
      withSteps('stock', { publish: 2000 }),
    ]);
    const of = id => figures.find(one => one.id === `scaffold.step.${id}`);
    assert.equal(of('plan.p50').ours, 100);
    assert.equal(of('plan.p95').ours, 300);
    assert.equal(of('plan.p50').peers, undefined);
    assert.deepEqual(of('publish.p95').peers, { stock: 2000 });
    assert.equal(of('publish.p95').verdict, '-');
  });
});

describe('skeletonOf', () => {
  const require = createRequire(
    createRequire(import.meta.url).resolve(
      '@backstage/plugin-scaffolder-backend/package.json',
    ),
  );
  const { createTemplateRenderer } = require('nunjitsu');

  it('gives the same text for another service, whatever it holds', () => {
    const text = name =>
      `name: ${name}\nrun: \${{ github.sha }} {{ x }} {% y %} {# z #}\nby: task-1\n`;
    const renderer = createTemplateRenderer();
    const template = skeletonOf(text('one'), { name: 'one', taskId: 'task-1' });
    assert.equal(
      renderer.render(
        template,
        renderer.prepareContext({ values: { name: 'two', taskId: 'task-1' } }),
      ),
      text('two'),
    );
  });
});
