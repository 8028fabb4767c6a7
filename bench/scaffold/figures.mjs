import { judge } from '../lib/figures.mjs';
import { median, percentile } from '../lib/statistics.mjs';

const P50_MS = 3000;
const P95_MS = 6000;
/** How long so many at once may take until the last is created. */
const ALL = { parallel: 20, ms: 30_000 };
const OF_PEER = 0.7;
/** GitHub takes 80 a minute. */
const MOST_WRITES = 8;

const TIME_NOTE =
  'from asking until repository, desired state, registry and catalog entry are created, by the times that the scaffolder keeps; the build and the first deployment, which the sandbox plays, come after it';
const PEER_NOTE =
  'stock: the same files with the actions of Backstage and its GitHub module; it makes no registry, and its desired state is a pull request that nobody has merged';
const SAME_NOTE =
  'ours without the steps that create the image registry, which no stock action does: the same work on both sides';
const READS_NOTE =
  'everything that was asked meanwhile: the feeds of the board and the look at the first deployment are among it';

/**
 * @param {Array<object>} batches as `scaffold/index.mjs` makes them
 * @returns {import('../lib/figures.mjs').Figure[]}
 */
export function scaffoldFigures(batches) {
  const sizes = [...new Set(batches.map(({ parallel }) => parallel))];
  return [
    ...sizes.flatMap(parallel => {
      const ofSize = batches.filter(batch => batch.parallel === parallel);
      return [
        ...timeFigures(parallel, ofSize),
        ...stepFigures(parallel, ofSize),
      ];
    }),
    perService(
      batches,
      'apiWrites',
      'GitHub API writes of a service',
      undefined,
      { max: MOST_WRITES },
    ),
    perService(batches, 'pushes', 'git pushes of a service'),
    perService(
      batches,
      'apiReads',
      'GitHub API reads of a service',
      READS_NOTE,
    ),
    perService(batches, 'awsCalls', 'AWS calls of a service', READS_NOTE),
    sum(batches, 'failures', 'runs that failed'),
    sum(batches, 'orphans', 'services of which something is missing or left'),
  ];
}

function timeFigures(parallel, batches) {
  const of = side => batches.filter(batch => batch.side === side);
  const over = (side, figureOf, timeOf) =>
    median(of(side).map(({ runs }) => figureOf(timesOf(runs, timeOf))));
  const figure = (id, title, figureOf, gate, note) =>
    judge({
      id: `scaffold.${id}`,
      title,
      size: parallel,
      unit: 'ms',
      ours: over('ours', figureOf),
      peers: { stock: over('stock', figureOf) },
      ...(gate && { gate }),
      ...(note && { note }),
    });
  const isMany = parallel >= ALL.parallel;
  return [
    figure(
      'p50',
      `a service, ${parallel} at once, p50`,
      times => percentile(times, 0.5),
      isMany ? undefined : { max: P50_MS },
      TIME_NOTE,
    ),
    figure(
      'p95',
      `a service, ${parallel} at once, p95`,
      times => percentile(times, 0.95),
      isMany ? undefined : { max: P95_MS },
      PEER_NOTE,
    ),
    judge({
      id: 'scaffold.same.p50',
      title: `a service without its registry, ${parallel} at once, p50`,
      size: parallel,
      unit: 'ms',
      ours: over('ours', times => percentile(times, 0.5), withoutRegistry),
      peers: { stock: over('stock', times => percentile(times, 0.5)) },
      gate: { maxOfPeer: OF_PEER },
      note: SAME_NOTE,
    }),
    ...(isMany
      ? [
          figure(
            'all',
            `all of ${parallel} at once`,
            times => Math.max(...times),
            { max: ALL.ms },
          ),
        ]
      : []),
  ];
}

// one that was never created has no time: it makes the figure no number
function timesOf(runs, timeOf = ({ ms }) => ms) {
  return runs.every(({ ms }) => ms !== undefined) ? runs.map(timeOf) : [];
}

// begun in one step and awaited in another: what it takes of the time is theirs
const withoutRegistry = ({ ms, steps }) =>
  ms - (steps?.stack ?? NaN) - (steps?.registry ?? NaN);

/**
 * How long each step took, over all rounds, in the order of the template. A
 * step of the peer stands beside ours of the same id.
 */
function stepFigures(parallel, batches) {
  const timesOfSteps = side => {
    const times = {};
    for (const { runs } of batches.filter(batch => batch.side === side)) {
      for (const { steps = {} } of runs) {
        for (const [id, ms] of Object.entries(steps))
          (times[id] ??= []).push(ms);
      }
    }
    return times;
  };
  const stock = timesOfSteps('stock');
  return Object.entries(timesOfSteps('ours')).flatMap(([id, times]) =>
    [50, 95].map(p =>
      judge({
        id: `scaffold.step.${id}.p${p}`,
        title: `  step ${id}, ${parallel} at once, p${p}`,
        size: parallel,
        unit: 'ms',
        ours: percentile(times, p / 100),
        ...(stock[id] && {
          peers: { stock: percentile(stock[id], p / 100) },
        }),
      }),
    ),
  );
}

function perService(batches, what, title, note, gate) {
  const mean = side =>
    median(
      batches
        .filter(batch => batch.side === side)
        .map(batch => batch[`${what}PerService`]),
    );
  return judge({
    id: `scaffold.${what}`,
    title,
    unit: '',
    ours: mean('ours'),
    peers: { stock: mean('stock') },
    ...(gate && { gate }),
    ...(note && { note }),
  });
}

function sum(batches, what, title) {
  const total = side =>
    batches
      .filter(batch => batch.side === side)
      .reduce((all, batch) => all + batch[what], 0);
  return judge({
    id: `scaffold.${what}`,
    title,
    unit: '',
    ours: total('ours'),
    peers: { stock: total('stock') },
    gate: { max: 0 },
  });
}
