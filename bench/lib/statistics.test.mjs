import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  growthExponent,
  median,
  percentile,
  summarize,
} from './statistics.mjs';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the nearest rank: a value that was measured', () => {
    assert.equal(percentile(hundred, 0.5), 50);
    assert.equal(percentile(hundred, 0.95), 95);
    assert.equal(percentile(hundred, 0.99), 99);
    assert.equal(percentile([7], 0.95), 7);
    assert.equal(percentile([1, 2, 3], 1), 3);
  });

  it('leaves the samples in their order', () => {
    const samples = [3, 1, 2];
    percentile(samples, 0.5);
    assert.deepEqual(samples, [3, 1, 2]);
  });

  it('is no number where nothing was measured', () => {
    assert.ok(Number.isNaN(percentile([], 0.5)));
    assert.equal(summarize([]).count, 0);
  });
});

describe('median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 7]), 6);
    assert.equal(median([10, 9]), 9.5);
    assert.ok(Number.isNaN(median([])));
  });
});

describe('growthExponent', () => {
  const grow = (power, factor = 3) =>
    growthExponent(
      [50, 500, 2000].map(size => ({ size, value: factor * size ** power })),
    );

  it('finds the power of what grows by a power', () => {
    for (const power of [0, 0.2, 1, 2]) {
      assert.ok(Math.abs(grow(power) - power) < 1e-9);
    }
  });

  it('does not depend on the unit', () => {
    assert.ok(Math.abs(grow(1, 3) - grow(1, 3000)) < 1e-9);
  });

  it('is below 0 where a figure shrinks', () => {
    assert.ok(grow(-0.5) < 0);
  });

  it('is unknown with one size, or a figure that has no logarithm', () => {
    assert.equal(growthExponent([{ size: 50, value: 3 }]), undefined);
    const twice = { size: 50, value: 3 };
    assert.equal(growthExponent([twice, twice]), undefined);
    assert.equal(
      growthExponent([
        { size: 50, value: 0 },
        { size: 500, value: 3 },
      ]),
      undefined,
    );
    assert.equal(
      growthExponent([
        { size: 50, value: NaN },
        { size: 500, value: 3 },
      ]),
      undefined,
    );
  });
});
