import path from 'node:path';
import { STATE_DIR } from '../../launcher/paths.mjs';
import { step } from '../../launcher/progress.mjs';
import { describeMachine, watchMachine } from '../lib/machine.mjs';
import { startRig } from '../lib/rig.mjs';
import { scaffoldFigures } from './figures.mjs';
import { isOrphan, partsOf } from './parts.mjs';
import { runTasks } from './runTasks.mjs';
import { sidesOf, writeStockTemplate } from './sides.mjs';
import { writeStockSkeletons } from './stockSkeletons.mjs';

/** The peer whose backend runs the stock template; which one is of no matter. */
const PEER = 'roadie';
/** The smallest world that the sandbox generates; the seed is what counts. */
const SIZE = 1;

/**
 * A new service from a form, with the portal's template and with one of stock
 * actions: see bench/README.md.
 *
 * @param {{ parallel: number[], rounds: number, port: number, databaseUrl: string }} options
 * @returns {Promise<object>} the report that `--json` prints
 */
export async function runScaffold(options) {
  const startedAt = new Date().toISOString();
  const folder = path.join(STATE_DIR, 'bench', 'scaffold');
  const rig = await startRig({
    folder,
    size: SIZE,
    port: options.port,
    databaseUrl: options.databaseUrl,
    peers: [PEER],
    prepare: writeStockTemplate,
  });
  try {
    await warmUp(rig, folder);
    const watch = watchMachine();
    const batches = await step('services', note =>
      runBatches(rig, { ...options, note }),
    );
    const watched = watch.stop();
    return {
      name: 'scaffold',
      startedAt,
      machine: describeMachine(),
      parallel: options.parallel,
      rounds: options.rounds,
      fair: watched.fair,
      watched: [watched],
      figures: scaffoldFigures(batches),
      batches,
    };
  } finally {
    await rig.stop();
  }
}

/**
 * The first run of each side loads what later ones find loaded. What ours makes
 * is what the other side makes from then on.
 */
async function warmUp(rig, folder) {
  await step('warm-up', async note => {
    for (const side of ['ours', 'stock']) {
      note(`a first service, ${side}`);
      const { runs } = await runBatch(rig, side, [`warm-up-${side}`]);
      const [{ status, message }] = runs;
      if (status !== 'completed') {
        throw new Error(`The first service of ${side} failed: ${message}`);
      }
      if (side === 'ours') {
        writeStockSkeletons(rig.sandboxUrl(1), folder, runs[0]);
      }
    }
    note('done');
  });
}

async function runBatches(rig, { parallel, rounds, note }) {
  const batches = [];
  for (let round = 1; round <= rounds; round++) {
    for (const count of parallel) {
      for (const side of ['ours', 'stock']) {
        note(`round ${round} of ${rounds}: ${count} at once, ${side}`);
        const names = Array.from(
          { length: count },
          (_, index) => `${side}-${round}-${count}-${index + 1}`,
        );
        batches.push({
          round,
          parallel: count,
          side,
          ...(await runBatch(rig, side, names)),
        });
      }
    }
  }
  return batches;
}

const WRITE = /^github (POST|PUT|PATCH|DELETE) (?!.*git-(upload|receive)-pack)/;
const PUSH = /^github POST .*git-receive-pack/;
const READ = /^github GET (?!.*info\/refs)/;
const AWS = /^aws \S+ \/(cloudformation|ecr|sts)\//;

async function runBatch(rig, side, names) {
  const backend = side === 'ours' ? rig.portal : rig.peers[PEER];
  await rig.counters.reset();
  const runs = await runTasks(backend, sidesOf(rig)[side], names);
  const { routes } = await rig.counters.read();
  const count = pattern =>
    Object.entries(routes).reduce(
      (sum, [route, calls]) => sum + (pattern.test(route) ? calls : 0),
      0,
    );
  const parts = await Promise.all(
    runs.map(run => partsOf(rig, backend, side, run)),
  );
  return {
    runs: runs.map((run, index) => ({ ...run, parts: parts[index] })),
    failures: runs.filter(({ status }) => status !== 'completed').length,
    orphans: runs.filter(({ status }, i) => isOrphan(status, parts[i])).length,
    apiWritesPerService: count(WRITE) / names.length,
    pushesPerService: count(PUSH) / names.length,
    apiReadsPerService: count(READ) / names.length,
    awsCallsPerService: count(AWS) / names.length,
  };
}
