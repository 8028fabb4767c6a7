import path from 'node:path';
import { readStartOptions } from '../options.mjs';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { people } from '../people.mjs';
import { Problem } from '../problem.mjs';
import { stopAll } from '../processes.mjs';
import { claim, publish } from '../runs.mjs';
import { buildApp } from '../steps/buildApp.mjs';
import { worldOf } from '../steps/generatedWorld.mjs';
import { requireGit } from '../steps/git.mjs';
import { install } from '../steps/install.mjs';
import { portsOf, requireFreePorts } from '../steps/ports.mjs';
import { startPostgres } from '../steps/postgres.mjs';
import { DATA_GIB, requireSpace } from '../steps/space.mjs';
import { EVERYDAY, startBackend, startSandbox } from '../steps/startPortal.mjs';

/** @param {string[]} args */
export async function run(args) {
  const options = readStartOptions(args);
  const started = performance.now();
  await claimPortal('up', portsOf(options));
  try {
    await install();
    await buildApp();
    const databaseUrl = options.postgres ? await everydayPostgres() : undefined;
    const { port, sandboxPort } = options;
    const world = worldOf(options.generate);
    const portal = { port, sandboxPort, ...world, databaseUrl };
    // minutes may have passed since the first look
    await requireFreePorts(portsOf(options));
    await startSandbox(portal);
    const child = await startBackend(portal);
    const url = `http://localhost:${port}`;
    publish('portal', { url });
    announce(url, options, started);
    await untilItEnds(child, 'The portal', 'portal.log', 'up');
  } finally {
    await stopAll();
  }
}

/** The kernel frees the ports of what was stopped a moment later. */
const FREEING_MS = 5000;

/**
 * Takes the everyday data and ports for this launcher.
 *
 * @param {string} command `up`, `dev` or `sandbox`
 * @param {Parameters<typeof requireFreePorts>[0]} ports
 * @throws Problem when another launcher has them, or a port is taken
 */
export async function claimPortal(command, ports) {
  requireGit();
  const { running, leftovers } = await claim('portal', command);
  if (leftovers.length) {
    process.stdout.write(
      `  stopped what an earlier start had left: ${leftovers.join(', ')}\n`,
    );
  }
  if (running) {
    throw new Problem(
      `./fairway ${running.command} already ${
        running.url ? `runs at ${running.url}` : 'is starting'
      } (process ${running.launcher}).`,
      `use it, or stop it with Ctrl-C where it runs (or "kill ${running.launcher}").`,
    );
  }
  requireSpace(DATA_GIB, 'Databases, logs and repositories need');
  await requireFreePorts(ports, leftovers.length ? FREEING_MS : 0);
}

/** The PostgreSQL whose data is kept from one start to the next. */
export async function everydayPostgres() {
  const { url } = await startPostgres({
    folder: path.join(STATE_DIR, 'postgres'),
  });
  return url;
}

/** @throws Problem as soon as the child ends by itself */
export function untilItEnds(child, name, log, command) {
  return new Promise((_resolve, reject) => {
    const ended = (code, signal) =>
      reject(
        new Problem(
          `${name} stopped (${
            signal ? `signal ${signal}` : `exit code ${code}`
          }).`,
          `read ${path.relative(
            ROOT,
            path.join(EVERYDAY.logDir, log),
          )}, then ./fairway ${command}.`,
        ),
      );
    if (child.exitCode !== null || child.signalCode !== null) {
      ended(child.exitCode, child.signalCode);
    }
    child.once('exit', ended);
  });
}

/** The last lines of a start: where to go, and as whom. */
export function announce(url, options, started) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`
Fairway is ready after ${seconds} s:  ${url}

Choose whom to sign in as; no password, on this machine only:
${people()
  .map(person => `  ${person.name.padEnd(26)} ${person.does}`.trimEnd())
  .join('\n')}

The API as one of them:  curl -H "Authorization: Bearer $(./fairway token on-call)" ${url}/api/catalog/entities
The sandbox that it runs on: http://localhost:${options.sandboxPort}/status
Logs are in .fairway/logs. Ctrl-C stops everything; data is kept for the next start.
`);
}
