import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, missed } from './figures.mjs';

const figure = { id: 'a', title: 'A', unit: 'ms', ours: 10 };

describe('judge', () => {
  it('passes at the gate, and misses above it', () => {
    assert.equal(judge({ ...figure, gate: { max: 10 } }).verdict, 'pass');
    assert.equal(judge({ ...figure, gate: { max: 9.99 } }).verdict, 'MISS');
  });

  it('gives no verdict without a gate', () => {
    assert.equal(judge(figure).verdict, '-');
  });

  it('misses the gate when nothing was measured', () => {
    const unmeasured = { ...figure, ours: NaN, gate: { max: 10 } };
    assert.equal(judge(unmeasured).verdict, 'MISS');
  });

  it('compares with the best peer', () => {
    const judged = judge({
      ...figure,
      peers: { slow: 500, fast: 40, no: NaN },
    });
    assert.equal(judged.peer, 'fast');
    assert.equal(judged.ratio, 4);
  });

  it('has no ratio where ours is zero', () => {
    assert.equal(
      judge({ ...figure, ours: 0, peers: { other: 31 } }).ratio,
      undefined,
    );
  });

  it('holds a gate that is a share of the best peer', () => {
    const gate = { maxOfPeer: 0.7 };
    const against = peers => judge({ ...figure, peers, gate }).verdict;
    assert.equal(against({ other: 20 }), 'pass');
    assert.equal(against({ other: 14 }), 'MISS');
    assert.equal(against({ other: 20, better: 12 }), 'MISS');
  });

  it('misses a gate against a peer that was not measured', () => {
    const gate = { maxOfPeer: 0.7 };
    assert.equal(judge({ ...figure, gate }).verdict, 'MISS');
    assert.equal(judge({ ...figure, gate, peers: { a: NaN } }).verdict, 'MISS');
  });

  it('holds both gates where there are two', () => {
    const gate = { max: 12, maxOfPeer: 1.1 };
    const against = peer => judge({ ...figure, gate, peers: { peer } }).verdict;
    assert.equal(against(10), 'pass');
    assert.equal(against(8), 'MISS');
  });
});

describe('missed', () => {
  it('lists what misses its gate alone', () => {
    const figures = [
      judge(figure),
      judge({ ...figure, id: 'b', gate: { max: 10 } }),
      judge({ ...figure, id: 'c', gate: { max: 1 } }),
    ];
    assert.deepEqual(
      missed(figures).map(({ id }) => id),
      ['c'],
    );
  });
});
