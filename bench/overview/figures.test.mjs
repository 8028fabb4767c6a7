import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overviewFigures } from './figures.mjs';
import { gatesFor } from './gates.mjs';

const view = (perView, peers = {}) => ({
  ours: { perView, ms: 20 },
  peers: Object.fromEntries(
    Object.entries(peers).map(([name, calls]) => [name, { calls, ms: 100 }]),
  ),
});

/** A run as it is measured, with everything at its gate for the smallest size. */
function aRun(changes = {}) {
  const rate = { p50: 5, p95: 12, p99: 20 };
  return {
    size: 50,
    times: {
      failures: 0,
      requests: 375,
      rates: { 5: rate, 20: rate, 50: rate },
      peers: {
        roadie: { ms: 900, bytes: 1e5 },
        community: { ms: 400, bytes: 9e4 },
      },
    },
    calls: {
      board: view(0, { roadie: 100, community: 50 }),
      component: view(0, { roadie: 31, community: 32, kubernetes: 45 }),
      environment: view(0),
      openTab: { communityPerHour: 720, kubernetesPerHour: 16_200 },
    },
    idle: { perHour: 40, seconds: 60 },
    bytes: { page: { bytes: 6000 }, whole: { bytes: 6080, rows: 76 } },
    memory: { rssMb: 400, heapMb: 150, eventLoopP99Ms: 10 },
    ...changes,
  };
}

const find = (figures, id, size) =>
  figures.find(
    one => one.id === id && (size === undefined || one.size === size),
  );

describe('overviewFigures', () => {
  it('passes everything that is at its gate', () => {
    const misses = overviewFigures([aRun()]).filter(
      ({ verdict }) => verdict === 'MISS',
    );
    assert.deepEqual(misses, []);
  });

  it('holds each size to its own limits, and the growth to a power', () => {
    const times = p50 => ({
      ...aRun().times,
      rates: Object.fromEntries(
        [5, 20, 50].map(rate => [rate, { p50, p95: 12, p99: 20 }]),
      ),
    });
    const figures = overviewFigures([
      aRun({ times: times(4) }),
      aRun({ size: 2000, times: times(8) }),
    ]);
    assert.equal(find(figures, 'overview.p50.20rps', 2000).verdict, 'pass');
    assert.equal(find(figures, 'overview.p50.20rps', 50).verdict, 'pass');
    const growth = find(figures, 'overview.growth.20rps');
    assert.equal(growth.ours.toFixed(3), '0.188');
    assert.equal(growth.verdict, 'pass');
    const steep = overviewFigures([
      aRun({ times: times(1) }),
      aRun({ size: 2000, times: times(8) }),
    ]);
    assert.equal(find(steep, 'overview.growth.20rps').verdict, 'MISS');
  });

  it('misses when a view asks an upstream', () => {
    const figures = overviewFigures([
      aRun({ calls: { ...aRun().calls, component: view(1, { roadie: 31 }) } }),
    ]);
    const figure = find(figures, 'overview.upstreamCalls.component');
    assert.equal(figure.verdict, 'MISS');
    assert.equal(figure.ratio, 31);
  });

  it('misses when the start did not serve what was kept', () => {
    const start = { readyMs: 3000, peers: { roadie: 3000 }, rowsServed: 0 };
    const of = changes =>
      find(
        overviewFigures([aRun({ start: { ...start, ...changes } })]),
        'overview.start',
      ).verdict;
    assert.equal(of({}), 'MISS');
    assert.equal(of({ rowsServed: 76 }), 'pass');
    assert.equal(of({ rowsServed: 76, peers: { roadie: 2000 } }), 'MISS');
  });

  it('misses when a browser lost a change', () => {
    const merge = { count: 50, seen: 49, p50: 300, p95: 800 };
    const health = { seen: 20, p50: 300, p95: 800 };
    const figures = overviewFigures([aRun({ pixels: { merge, health } })]);
    assert.equal(find(figures, 'overview.pixel.merge.p95').verdict, 'pass');
    assert.equal(find(figures, 'overview.pixel.merge.lost').verdict, 'MISS');
  });

  it('misses when hands wait for the board', () => {
    const handling = { rows: 2060, inpMs: 96, longestScrollTaskMs: 0 };
    const of = (id, changes) =>
      find(
        overviewFigures([aRun({ handling: { ...handling, ...changes } })]),
        `overview.handling.${id}`,
      ).verdict;
    assert.equal(of('inp', {}), 'pass');
    assert.equal(of('scroll', {}), 'pass');
    assert.equal(of('inp', { inpMs: 104 }), 'MISS');
    assert.equal(of('scroll', { longestScrollTaskMs: 61 }), 'MISS');
  });

  it('tells heap over the smallest size only for others', () => {
    const figures = overviewFigures([
      aRun(),
      aRun({ size: 500, memory: { ...aRun().memory, heapMb: 170 } }),
    ]);
    const over = find(figures, 'overview.memory.heapOverSmallest');
    assert.equal(over.size, 500);
    assert.equal(over.ours, 20);
    assert.equal(over.verdict, 'MISS');
  });
});

describe('gatesFor', () => {
  it('is that of the next size up', () => {
    assert.equal(gatesFor(10).p50, 5);
    assert.equal(gatesFor(51).p50, 6);
    assert.equal(gatesFor(5000).p50, 8);
  });
});
