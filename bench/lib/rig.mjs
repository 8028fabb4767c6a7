import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../launcher/paths.mjs';
import { Problem } from '../../launcher/problem.mjs';
import { stop } from '../../launcher/processes.mjs';
import { step } from '../../launcher/progress.mjs';
import { controlOf } from '../../launcher/sandbox/client.mjs';
import { collectConfigSchema } from '../../launcher/steps/configSchema.mjs';
import {
  launchBackend,
  readinessOf,
  startSandbox,
  waitFor,
} from '../../launcher/steps/startPortal.mjs';
import { countersOf } from './counters.mjs';
import { createClient, jsonOf } from './http.mjs';
import { hold, putLast, readCpuMs } from './machine.mjs';
import { signInPatiently, writePeople } from './people.mjs';

/** Of each generated service. */
export const ENVIRONMENTS = 3;

/** The person whom single questions are asked as. */
export const VIEWER = 'sample-platform-developer';

/** Of those that were held, after they were let go. */
const MAKE_UP_MS = 2000;

/** All rows at once. */
export const WHOLE_BOARD = '/api/platform-envs/overview?limit=all';

const HERE = path.join(ROOT, 'bench');

/**
 * A backend that runs, and what is needed to ask it.
 *
 * @typedef {object} Running
 * @property {string} url
 * @property {import('node:child_process').ChildProcess} child
 * @property {ReturnType<typeof createClient>} client
 * @property {string} token of {@link VIEWER}
 * @property {number} readyMs from the start of the process to its readiness
 * @property {() => Promise<Memory>} memory
 */

/** @typedef {{ rssMb: number, heapMb: number, eventLoopP99Ms: number }} Memory */

/**
 * What a rig is made of.
 *
 * @typedef {object} RigOptions
 * @property {string} folder absolute; its own, emptied first
 * @property {number} size services that are generated
 * @property {number} port the first of ten
 * @property {string} databaseUrl a PostgreSQL that all backends share
 * @property {string[]} peers which of them to start
 * @property {boolean} [peersLater] they are started when `startPeers` is called:
 *   until then the machine is the portal's alone
 * @property {number} [speed] of the sandbox
 * @property {(folder: string) => void} [prepare] adds to the folder before
 *   anything starts
 */

/**
 * A sandbox of a size, the portal on it, and backends with the peers' plugins
 * beside it: same world, same database server, each with databases of its own.
 *
 * @param {RigOptions} options
 */
export async function startRig(options) {
  const { folder, size, port, speed } = options;
  fs.rmSync(folder, { recursive: true, force: true });
  const generate = `${size}x${ENVIRONMENTS}`;
  const sandboxPort = port + 3;
  const base = {
    sandboxPort,
    dataDir: folder,
    logDir: path.join(folder, 'logs'),
    generate,
    speed,
  };
  writePeople(folder, size);
  // what the peers' catalogs read beside it; `prepare` may put something there
  fs.writeFileSync(path.join(folder, 'catalog/templates.yaml'), '');
  options.prepare?.(folder);
  const configSchema = await collectConfigSchema();
  const started = [];
  const rig = {
    size,
    control: controlOf(sandboxPort),
    counters: countersOf(controlOf(sandboxPort)),
    sandboxUrl: offset => `http://localhost:${sandboxPort + offset}`,
    /** @type {Running} */
    portal: undefined,
    /** @type {Record<string, Running>} */
    peers: {},
    /** Stops the portal and starts it again on the same data. */
    async restartPortal() {
      rig.portal.client.close();
      await stop(rig.portal.child);
      rig.portal = await run('portal');
      return rig.portal;
    },
    /** Until all services are on the board, all sources are live, and nothing changes. */
    untilBoardStands: () => untilBoardStands(rig.portal, rig.control, size),
    /**
     * What the sandbox stands for runs on other machines: while pages are timed it
     * takes little from who is asked. It cannot be taken back.
     */
    putSandboxLast: () => putLast(sandbox.pid),
    /**
     * Has a machine for one backend alone, `portal` or a peer: the others do nothing
     * meanwhile. What they have to make up for then is left to them before it ends.
     */
    async alone(name, measure) {
      const all = Object.entries({ portal: rig.portal, ...rig.peers });
      const others = all.filter(([other]) => other !== name);
      const letGo = hold(others.map(([, { child }]) => child.pid));
      try {
        return await measure();
      } finally {
        letGo();
        await new Promise(resolve => setTimeout(resolve, MAKE_UP_MS));
      }
    },
    /** Until the portal has done what its start brings. */
    untilAtRest: () => untilAtRest(rig.portal),
    async restartPeer(name) {
      await stop(rig.peers[name].child);
      // only when it is ready is asked, and that needs nobody's sign-in
      rig.peers[name] = await run(name, { signsIn: false });
      return rig.peers[name];
    },
    async startPeers() {
      for (const name of options.peers) {
        rig.peers[name] = await step(name, async note => {
          note('starting');
          const running = await run(name);
          note(running.url);
          return running;
        });
      }
    },
    async stop() {
      rig.portal?.client.close();
      for (const child of started.reverse()) await stop(child);
      keepLogsOnly(folder);
    },
  };
  const names = ['portal', ...options.peers];
  const run = async (name, { signsIn = true } = {}) => {
    const running = await startOne(
      name,
      { ...base, port: port + names.indexOf(name) },
      { ...options, configSchema, signsIn },
    );
    started.push(running.child);
    return running;
  };
  // the portal is told of pushes
  const sandbox = await startSandbox({ ...base, port });
  started.push(sandbox);
  rig.portal = await step('portal', async note => {
    note('starting');
    const running = await run('portal');
    note('filling its catalog and its board');
    await untilBoardStands(running, rig.control, size);
    note(running.url);
    return running;
  });
  if (!options.peersLater) await rig.startPeers();
  return rig;
}

async function startOne(name, base, rig) {
  const { folder, size, databaseUrl, configSchema, signsIn } = rig;
  const isPortal = name === 'portal';
  const memoryFile = path.join(folder, `${name}.memory.json`);
  const options = {
    ...base,
    name,
    configFiles: [
      path.join(HERE, 'lib/app-config.bench.yaml'),
      path.join(
        HERE,
        isPortal ? 'lib/app-config.portal.yaml' : 'peers/app-config.peer.yaml',
      ),
    ],
    preload: [path.join(HERE, 'lib/reportMemory.cjs')],
    ...(!isPortal && { entry: path.join(HERE, 'peers/backend.cjs') }),
    env: {
      FAIRWAY_BENCH_DIR: folder,
      FAIRWAY_BENCH_CATALOG: path.join(
        folder,
        `sandbox-${size}x${ENVIRONMENTS}/catalog/generated.yaml`,
      ),
      FAIRWAY_BENCH_MEMORY_FILE: memoryFile,
      ...(!isPortal && { FAIRWAY_BENCH_PEER: name }),
      APP_CONFIG_backend_database: JSON.stringify({
        client: 'pg',
        connection: databaseUrl,
        prefix: `bench_${size}_${name}_`,
      }),
    },
  };
  const began = performance.now();
  const { child, logFile } = launchBackend(options, configSchema);
  await waitFor(child, readinessOf(options), {
    name: isPortal ? 'The portal' : `The backend with ${name}'s plugin`,
    logFile,
    seconds: 180,
    everyMs: 50,
  });
  const readyMs = performance.now() - began;
  const url = `http://localhost:${options.port}`;
  return {
    url,
    child,
    readyMs,
    client: createClient(url),
    ...(signsIn && { token: await signInPatiently(VIEWER, url) }),
    memory: () => readMemory(child, memoryFile),
  };
}

const BOARD_PATIENCE_MS = 1_200_000;
/** Nothing has changed for so long: what the start brought is there. */
const SETTLED_MS = 3000;
/** What still changes after so long would change for ever. */
const COMPLETE_MS = 20_000;

/**
 * Until every component is on the board and nothing has changed for a while. The
 * sandbox has rendered all applications by then: an Argo CD at rest is what a
 * portal stands before, and not one that tells of some resources every second.
 */
async function untilBoardStands({ client, token }, control, size) {
  const deadline = Date.now() + BOARD_PATIENCE_MS;
  let revision;
  let since = Date.now();
  let completeSince;
  let what = 'has not answered';
  while (Date.now() < deadline) {
    const answer = await client.ask(WHOLE_BOARD, { token });
    const board = jsonOf(answer, 'the overview');
    const rows = board.rows.length;
    const unready = board.sources.filter(({ state }) => state !== 'live');
    const { counts } = await control.ask('GET', '/status');
    const unrendered = counts.unrenderedApplications;
    what = `has ${rows} rows; not live: ${
      unready.map(({ title }) => title).join(', ') || 'nothing'
    }; not rendered in the sandbox: ${unrendered} applications`;
    if (board.revision !== revision) {
      revision = board.revision;
      since = Date.now();
    }
    if (rows >= size && !unready.length && !unrendered) {
      completeSince ??= Date.now();
      if (Date.now() - since >= SETTLED_MS) return;
      if (Date.now() - completeSince >= COMPLETE_MS) return;
    } else {
      completeSince = undefined;
    }
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  throw new Problem(
    `The board of ${size} services does not stand after ${
      BOARD_PATIENCE_MS / 1000
    } s: it ${what}.`,
    `read the logs in .fairway/bench/${size}/logs.`,
  );
}

/** A portal that takes less of a processor has done what its start brings. */
const REST_SHARE = 0.15;
/** For so long, one time after the other. */
const REST_MS = 5000;
const REST_TIMES = 3;
const REST_PATIENCE_MS = 180_000;

/**
 * Until the portal takes little of a processor: what is measured then is a portal
 * as people have it all day. Where there is no `/proc` it is waited for a minute.
 */
async function untilAtRest({ child }) {
  const deadline = Date.now() + REST_PATIENCE_MS;
  let quiet = 0;
  let before = readCpuMs(child.pid);
  if (before === undefined) {
    await new Promise(resolve => setTimeout(resolve, 60_000));
    return;
  }
  while (quiet < REST_TIMES && Date.now() < deadline) {
    await new Promise(resolve => setTimeout(resolve, REST_MS));
    const after = readCpuMs(child.pid);
    quiet = after - before < REST_SHARE * REST_MS ? quiet + 1 : 0;
    before = after;
  }
}

const MEMORY_PATIENCE_MS = 10_000;

/** @returns {Promise<Memory>} heap: after a collection; in MB of a million bytes */
async function readMemory(child, file) {
  fs.rmSync(file, { force: true });
  process.kill(child.pid, 'SIGUSR2');
  const deadline = Date.now() + MEMORY_PATIENCE_MS;
  while (!fs.existsSync(file)) {
    if (Date.now() > deadline) {
      throw new Error(`process ${child.pid} does not tell its memory`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, eventLoopP99Ms } = JSON.parse(
    fs.readFileSync(file, 'utf8'),
  );
  return { rssMb: rss / 1e6, heapMb: heapUsed / 1e6, eventLoopP99Ms };
}

function keepLogsOnly(folder) {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    if (name === 'logs') continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
