import { judge } from '../lib/figures.mjs';
import { growthExponent } from '../lib/statistics.mjs';
import { RATES } from './boardTimes.mjs';
import { handlingFigures, pixelFigures } from './browserFigures.mjs';
import { gatesFor, LIMITS } from './gates.mjs';

const CARDS_NOTE =
  'peer: the same 50 rows, each through the overview card of the plugin, as one browser asks for them';
const VIEWS_NOTE =
  'calls beyond those that the feeds make with one page open; peer: one opening of the same page';
const COMPONENT_NOTE =
  'until all that the page asks for is there, one after another; peer: one opening, its cards at the same time';
const WHOLE_NOTE =
  'the gate goes by the rows that are there: the seeded services are among them';
const FLOOR_NOTE =
  "nothing is looked up or sent: who asks, and whether they may, by Backstage's own services";
const NO_PEER_NOTE = `${VIEWS_NOTE} (they have none for an environment)`;

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
    ...runs.map(floorFigure).filter(Boolean),
    ...runs.map(failureFigure),
    ...runs.flatMap(callFigures),
    ...runs.map(componentFigure),
    ...runs.map(idleFigure),
    ...runs.flatMap(byteFigures),
    ...runs.map(eventFigure).filter(Boolean),
    ...runs.flatMap(run => memoryFigures(run, runs[0])),
    ...runs.map(startFigure).filter(Boolean),
    ...runs.flatMap(pixelFigures),
    ...runs.flatMap(handlingFigures),
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
  return judge({
    id,
    title,
    unit: '',
    ours: exponent,
    gate: { max: LIMITS.flat },
  });
}

function floorFigure({ size, times: { floor } }) {
  return (
    floor &&
    judge({
      id: 'overview.floor.p50',
      title: `board page that is unchanged (304), p50 at ${RATES[0]}/s`,
      size,
      unit: 'ms',
      ours: floor.p50,
      note: FLOOR_NOTE,
    })
  );
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

function componentFigure({ size, calls: { component } }) {
  const { roadie, community } = component.peers;
  return judge({
    id: 'overview.p50.component',
    title: 'component page, p50',
    size,
    unit: 'ms',
    ours: component.ours.ms,
    peers: {
      ...(roadie && { roadie: roadie.ms }),
      ...(community && { community: community.ms }),
    },
    note: COMPONENT_NOTE,
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
      gate: { max: LIMITS.pageBytes },
      note: 'bodies as they went over the wire, with gzip where the server compresses',
    }),
    judge({
      id: 'overview.bytes.whole',
      title: `bytes of the whole board, ${bytes.whole.rows} rows`,
      size,
      unit: 'B',
      ours: bytes.whole.bytes,
      gate: { max: bytes.whole.rows * gatesFor(size).row },
      note: WHOLE_NOTE,
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
      gate: { max: LIMITS.eventBytes },
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
      gate: { max: LIMITS.rssMb },
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
      gate: { max: LIMITS.eventLoopMs },
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
      gate: { max: LIMITS.readyMs, maxOfPeer: LIMITS.readyOfPeer },
      note: "peer: Backstage's own plugins with one for Argo CD; started the same way",
    })
  );
}
