import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from '../../launcher/paths.mjs';
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
  const soFar = path.join(STATE_DIR, 'bench', 'scaffold.json');
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
    const batches = [];
    const watched = [];
    const report = () => ({
      name: 'scaffold',
      startedAt,
      machine: describeMachine(),
      parallel: options.parallel,
      rounds: options.rounds,
      fair: watched.every(({ fair }) => fair),
      watched,
      figures: scaffoldFigures(batches),
      batches,
    });
    await step('services', async note => {
      for (const batch of batchesOf(options)) {
        const { round, parallel, side } = batch;
        note(
          `round ${round} of ${options.rounds}: ${parallel} at once, ${side}`,
        );
        const watch = watchMachine();
        const measured = await runBatch(rig, side, namesOf(batch));
        watched.push(watch.stop());
        batches.push({ ...batch, ...measured });
        // what was measured stays, whatever comes after it
        fs.writeFileSync(soFar, JSON.stringify(report(), null, 2));
      }
      note(`also in ${path.relative(ROOT, soFar)}`);
    });
    return report();
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

function batchesOf({ parallel, rounds }) {
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap(
    round =>
      parallel.flatMap(count =>
        ['ours', 'stock'].map(side => ({ round, parallel: count, side })),
      ),
  );
}

function namesOf({ round, parallel, side }) {
  return Array.from(
    { length: parallel },
    (_, index) => `${side}-${round}-${parallel}-${index + 1}`,
  );
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
    routes,
  };
}
