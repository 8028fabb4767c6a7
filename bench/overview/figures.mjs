import { judge } from '../lib/figures.mjs';
import { growthExponent } from '../lib/statistics.mjs';
import { RATES } from './boardTimes.mjs';

/**
 * Gates that depend on the size: for up to so many services, the limits.
 * Milliseconds, calls per hour, bytes, MB.
 */
const GATES = [
  { upTo: 50, p50: 5, p95: 12, idle: 40, whole: 4000 },
  { upTo: 500, p50: 6, p95: 15, idle: 40, whole: 30_000, heap: 15 },
  { upTo: Infinity, p50: 8, p95: 20, idle: 60, whole: 110_000, heap: 50 },
];

const PAGE_BYTES = 6000;
const EVENT_BYTES = 200;
const RSS_MB = 700;
const EVENT_LOOP_MS = 30;
const READY_MS = 3200;
const READY_OF_PEER = 1.1;
/** What is said to be flat may grow with this power of the size at most. */
const FLAT = 0.2;

const CARDS_NOTE =
  'peer: the same 50 rows, each through the overview card of the plugin, as one browser asks for them';
const VIEWS_NOTE =
  'calls beyond those that the feeds make with nobody looking; peer: one opening of the same page';
const NO_PEER_NOTE = `${VIEWS_NOTE} (they have none for an environment)`;

/** @param {number} size */
export function gatesFor(size) {
  return GATES.find(({ upTo }) => size <= upTo);
}

/**
 * Everything that was measured, beside peers and gates, in the order of the
 * table.
 *
 * @param {Array<object>} runs one for each size, as `overview/index.mjs` makes them
 * @returns {import('../lib/figures.mjs').Figure[]}
 */
export function overviewFigures(runs) {
  const growth = RATES.map(rate =>
    growthOf(
      runs,
      `overview.growth.${rate}rps`,
      `board, p50 at ${rate}/s, grows with size^`,
      run => run.times.rates[rate].p50,
    ),
  );
  return [
    ...RATES.flatMap(rate => [
      ...runs.map(run => timeFigure(run, rate, 'p50')),
      ...runs.map(run => timeFigure(run, rate, 'p95')),
      ...runs.map(run => timeFigure(run, rate, 'p99')),
    ]),
    ...growth.filter(Boolean),
    ...runs.map(failureFigure),
    ...runs.flatMap(callFigures),
    ...runs.map(idleFigure),
    ...runs.flatMap(byteFigures),
    ...runs.map(eventFigure).filter(Boolean),
    ...runs.flatMap(run => memoryFigures(run, runs[0])),
    ...runs.map(startFigure).filter(Boolean),
    ...runs.flatMap(pixelFigures),
  ];
}

function timeFigure({ size, times }, rate, key) {
  const limit = gatesFor(size)[key];
  const peers = Object.fromEntries(
    Object.entries(times.peers).map(([name, { ms }]) => [name, ms]),
  );
  return judge({
    id: `overview.${key}.${rate}rps`,
    title: `board page, ${key} at ${rate}/s`,
    size,
    unit: 'ms',
    ours: times.rates[rate][key],
    ...(key === 'p50' && { peers, note: CARDS_NOTE }),
    ...(limit !== undefined && { gate: { max: limit } }),
  });
}

function growthOf(runs, id, title, valueOf) {
  const exponent = growthExponent(
    runs.map(run => ({ size: run.size, value: valueOf(run) })),
  );
  if (exponent === undefined) return undefined;
  return judge({ id, title, unit: '', ours: exponent, gate: { max: FLAT } });
}

function failureFigure({ size, times }) {
  return judge({
    id: 'overview.failures',
    title: `board pages that failed, of ${times.requests}`,
    size,
    unit: '',
    ours: times.failures,
    gate: { max: 0 },
  });
}

function callFigures({ size, calls }) {
  return ['board', 'component', 'environment'].map(view => {
    const { ours, peers } = calls[view];
    const counts = Object.entries(peers).map(([name, one]) => [
      name,
      one.calls,
    ]);
    return judge({
      id: `overview.upstreamCalls.${view}`,
      title: `upstream calls of a view, ${view} page`,
      size,
      unit: 'calls',
      ours: Math.round(ours.perView * 10) / 10,
      peers: Object.fromEntries(counts),
      note: counts.length ? VIEWS_NOTE : NO_PEER_NOTE,
      gate: { max: 0 },
    });
  });
}

function idleFigure({ size, idle, calls }) {
  const { communityPerHour, kubernetesPerHour } = calls.openTab ?? {};
  return judge({
    id: 'overview.idleCallsPerHour',
    title: 'upstream calls an hour, nobody looking',
    size,
    unit: 'calls',
    ours: Math.round(idle.perHour),
    ...(communityPerHour !== undefined && {
      peers: { community: communityPerHour },
    }),
    gate: { max: gatesFor(size).idle },
    note: `counted over ${Math.round(
      idle.seconds,
    )} s of this machine's clock; peer: one open component page, by its calls and its interval of 10 s${
      kubernetesPerHour
        ? ` (the Kubernetes plugin's tab: ${kubernetesPerHour})`
        : ''
    }`,
  });
}

function byteFigures({ size, bytes, times }) {
  const peers = Object.fromEntries(
    Object.entries(times.peers).map(([name, one]) => [name, one.bytes]),
  );
  return [
    judge({
      id: 'overview.bytes.page',
      title: 'bytes of a page of the board',
      size,
      unit: 'B',
      ours: bytes.page.bytes,
      peers,
      gate: { max: PAGE_BYTES },
      note: 'bodies as they went over the wire, with gzip where the server compresses',
    }),
    judge({
      id: 'overview.bytes.whole',
      title: `bytes of the whole board, ${bytes.whole.rows} rows`,
      size,
      unit: 'B',
      ours: bytes.whole.bytes,
      gate: { max: gatesFor(size).whole },
    }),
  ];
}

function eventFigure({ size, event }) {
  return (
    event &&
    judge({
      id: 'overview.bytes.event',
      title: 'bytes of a change event',
      size,
      unit: 'B',
      ours: event.bytes,
      gate: { max: EVENT_BYTES },
    })
  );
}

function memoryFigures({ size, memory }, smallest) {
  const { heap } = gatesFor(size);
  const overSmallest = memory.heapMb - smallest.memory.heapMb;
  return [
    judge({
      id: 'overview.memory.rss',
      title: 'memory, resident',
      size,
      unit: 'MB',
      ours: memory.rssMb,
      gate: { max: RSS_MB },
    }),
    judge({
      id: 'overview.memory.heap',
      title: 'memory, heap after a collection',
      size,
      unit: 'MB',
      ours: memory.heapMb,
    }),
    ...(size === smallest.size
      ? []
      : [
          judge({
            id: 'overview.memory.heapOverSmallest',
            title: `heap over that of ${smallest.size} services`,
            size,
            unit: 'MB',
            ours: Math.max(0, overSmallest),
            ...(heap !== undefined && { gate: { max: heap } }),
          }),
        ]),
    judge({
      id: 'overview.eventLoop.p99',
      title: 'event loop delay under load, p99',
      size,
      unit: 'ms',
      ours: memory.eventLoopP99Ms,
      gate: { max: EVENT_LOOP_MS },
    }),
  ];
}

function startFigure({ size, start }) {
  return (
    start &&
    judge({
      id: 'overview.start',
      title: `start with the snapshot (${start.rowsServed} rows served at once)`,
      size,
      unit: 'ms',
      ours: start.rowsServed >= size ? start.readyMs : NaN,
      peers: start.peers,
      gate: { max: READY_MS, maxOfPeer: READY_OF_PEER },
      note: "peer: Backstage's own plugins with one for Argo CD; started the same way",
    })
  );
}

function pixelFigures({ size, pixels }) {
  if (!pixels) return [];
  const figure = (id, title, ours, max) =>
    judge({
      id: `overview.pixel.${id}`,
      title,
      size,
      unit: 'ms',
      ours,
      ...(max !== undefined && { gate: { max } }),
    });
  const { merge, health } = pixels;
  return [
    figure(
      'merge.p50',
      `merge to the board's DOM, p50 of ${merge.seen}`,
      merge.p50,
    ),
    figure(
      'merge.p95',
      `merge to the board's DOM, p95 of ${merge.seen}`,
      merge.p95,
      1000,
    ),
    judge({
      id: 'overview.pixel.merge.lost',
      title: `merges never seen, of ${merge.count}`,
      size,
      unit: '',
      ours: merge.count - merge.seen,
      gate: { max: 0 },
    }),
    figure(
      'health.p50',
      `Argo CD health to the DOM, p50 of ${health.seen}`,
      health.p50,
      400,
    ),
    figure(
      'health.p95',
      `Argo CD health to the DOM, p95 of ${health.seen}`,
      health.p95,
      1000,
    ),
  ];
}
