import fs from 'node:fs';
import path from 'node:path';
import { STATE_DIR } from '../../launcher/paths.mjs';
import { step } from '../../launcher/progress.mjs';
import { describeMachine, watchMachine } from '../lib/machine.mjs';
import { signInMany } from '../lib/people.mjs';
import { startRig } from '../lib/rig.mjs';
import { componentsOfPage } from './boardRequests.mjs';
import { measureBoardTimes } from './boardTimes.mjs';
import { measureBytes } from './bytes.mjs';
import { measureChangeEvent } from './changeEvent.mjs';
import { prepareChanges } from './changes.mjs';
import { measureChangeToPixel } from './changeToPixel.mjs';
import { measureColdStart } from './coldStart.mjs';
import { overviewFigures } from './figures.mjs';
import { measureHandling } from './handling.mjs';
import { measureIdleCalls, measureWatchedCalls } from './idleCalls.mjs';
import { measureUpstreamCalls } from './upstreamCalls.mjs';

/** Who looks at the board at the same time. */
const SESSIONS = 20;

/** Of counting what the feeds ask while somebody looks: they ask often then. */
const WATCHED_SECONDS = 60;

/**
 * What runs where, measured: see bench/README.md.
 *
 * @typedef {object} OverviewOptions
 * @property {number[]} sizes services, ascending
 * @property {number} rounds of each side, in turn
 * @property {number} seconds for each rate in a round
 * @property {number} idleSeconds of counting while nobody looks
 * @property {number} starts of each backend with the largest board
 * @property {number} changes to merge while a browser has the board open
 * @property {string} [chromium] absolute; without it no browser is used
 * @property {number} port the first of ten
 * @property {string} databaseUrl
 */

/**
 * @param {OverviewOptions} options
 * @returns {Promise<object>} the report that `--json` prints
 */
export async function runOverview(options) {
  const startedAt = new Date().toISOString();
  const soFar = path.join(STATE_DIR, 'bench', 'overview.json');
  const runs = [];
  const report = () => ({
    name: 'overview',
    startedAt,
    machine: describeMachine(),
    sizes: options.sizes,
    rounds: options.rounds,
    sessions: SESSIONS,
    fair: runs.every(({ watched }) => watched.fair),
    watched: runs.map(({ size, watched }) => ({ size, ...watched })),
    figures: overviewFigures(runs),
    runs,
  });
  for (const [index, size] of options.sizes.entries()) {
    process.stdout.write(`\n${size} services in 3 environments\n`);
    runs.push(
      await measureSize(size, {
        ...options,
        isFirst: index === 0,
        isLast: index === options.sizes.length - 1,
      }),
    );
    fs.writeFileSync(soFar, JSON.stringify(report(), null, 2));
  }
  return report();
}

async function measureSize(size, options) {
  const rig = await startRig({
    folder: path.join(STATE_DIR, 'bench', String(size)),
    size,
    port: options.port,
    databaseUrl: options.databaseUrl,
    peers: ['roadie', 'community'],
    peersLater: true,
  });
  try {
    // what no peer stands beside is measured before they take their share
    const changed = options.isFirst ? await measureChanges(rig, options) : {};
    rig.putSandboxLast();
    const handling =
      options.isLast &&
      options.chromium &&
      (await unlessItFails('search, scroll', async note => {
        note('waiting until the portal is at rest');
        await rig.untilAtRest();
        return measureHandling(rig, { chromium: options.chromium, note });
      }));
    await step('portal', async note => {
      note('starting again with what it knows');
      await rig.restartPortal();
      await rig.untilBoardStands();
      note(rig.portal.url);
    });
    await rig.startPeers();
    const sessions = await step('sign-in', async note => {
      const signedIn = await signInMany(rig.portal.url, size, SESSIONS);
      note(`${SESSIONS} sessions of ${signedIn.people} people`);
      return signedIn;
    });
    const components = await componentsOfPage(rig.portal);
    await step('rest', async note => {
      note('waiting until the portal is at rest');
      await rig.untilAtRest();
      note('what the start brought is done');
    });
    const watch = watchMachine();
    // what the event loop did before does not count
    await rig.portal.memory();
    const times = await step('board pages', note =>
      measureBoardTimes(rig, { ...options, ...sessions, components, note }),
    );
    const memory = await rig.portal.memory();
    const watched = watch.stop();
    const bytes = await measureBytes(rig);
    const idle = await step('nobody looking', note => {
      note(`${options.idleSeconds} s`);
      return measureIdleCalls(rig, options.idleSeconds);
    });
    const watchedCalls = await step('somebody looking', note => {
      const seconds = Math.min(options.idleSeconds, WATCHED_SECONDS);
      note(`${seconds} s`);
      return measureWatchedCalls(rig, seconds);
    });
    const calls = await step('calls of a view', note =>
      measureUpstreamCalls(rig, { components, feeds: watchedCalls, note }),
    );
    const start =
      options.isLast &&
      (await unlessItFails('cold start', note =>
        measureColdStart(rig, { times: options.starts, note }),
      ));
    return {
      size,
      people: sessions.people,
      watched,
      times,
      memory,
      calls,
      bytes,
      idle,
      ...changed,
      ...(handling && { handling }),
      ...(start && { start }),
    };
  } finally {
    await rig.stop();
  }
}

/**
 * A measure without which the others still tell something: its failure is
 * told, and its gates count as missed.
 */
async function unlessItFails(title, measure) {
  try {
    return await step(title, measure);
  } catch (error) {
    process.stderr.write(`  not measured: ${error.message}\n`);
    return undefined;
  }
}

/** Where changes are merged: an environment that follows git by itself. */
const PLATFORM = {
  system: 'generated-01',
  repository: 'generated-01/platform-infra',
  gitopsPath: 'gitops',
  environment: 'dev',
};

/** What is merged for the event is not among them. */
const FOR_EVENT = { environment: 'staging' };

async function measureChanges(rig, { changes: count, chromium }) {
  const [changes, [forEvent]] = await step('changes', async note => {
    const prepare = options => prepareChanges(rig, { ...PLATFORM, ...options });
    const prepared = await prepare({ count });
    note(`${prepared.length} can be merged`);
    return [prepared, await prepare({ count: 10, ...FOR_EVENT })];
  });
  if (!forEvent || !changes.length) {
    throw new Error(
      `no overlay of ${PLATFORM.system} has an earlier version to go back to`,
    );
  }
  const event = await step('change event', () =>
    measureChangeEvent(rig, forEvent),
  );
  const pixels =
    chromium &&
    (await unlessItFails('change to pixel', note =>
      measureChangeToPixel(rig, { ...PLATFORM, changes, chromium, note }),
    ));
  return { event, ...(pixels && { pixels }) };
}
