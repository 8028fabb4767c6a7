import fs from 'node:fs';
import path from 'node:path';
import { stopOnSignals } from '../interrupt.mjs';
import { readStartOptions } from '../options.mjs';
import { STATE_DIR } from '../paths.mjs';
import { people } from '../people.mjs';
import { Problem } from '../problem.mjs';
import { rememberRun, settleEarlierRun, stopAll } from '../processes.mjs';
import { buildApp } from '../steps/buildApp.mjs';
import { install } from '../steps/install.mjs';
import { portsOf, requireFreePorts } from '../steps/ports.mjs';
import { startPostgres } from '../steps/postgres.mjs';
import { requireGit } from '../steps/git.mjs';
import { EVERYDAY, startBackend, startSandbox } from '../steps/startPortal.mjs';

/** @param {string[]} args */
export async function run(args) {
  const options = readStartOptions(args);
  const started = performance.now();
  await prepare(options);

  let postgres;
  stopOnSignals(() => postgres?.stop());
  try {
    await install();
    await buildApp();
    if (options.postgres) {
      const folder = path.join(STATE_DIR, 'postgres');
      fs.mkdirSync(folder, { recursive: true });
      postgres = await startPostgres({ folder });
    }
    const portal = { ...options, ...EVERYDAY, databaseUrl: postgres?.url };
    await startSandbox(portal);
    const url = `http://localhost:${options.port}`;
    rememberRun({ url });
    const child = await startBackend(portal);
    rememberRun({ url });
    announce(url, options, started);
    await new Promise((_resolve, reject) => {
      child.once('exit', code =>
        reject(
          new Problem(
            `The portal stopped (exit code ${code}).`,
            `read ${path.relative(
              process.cwd(),
              path.join(EVERYDAY.logDir, 'portal.log'),
            )}, then ./fairway up.`,
          ),
        ),
      );
    });
  } catch (error) {
    await stopAll();
    await postgres?.stop();
    throw error;
  }
}

/** What `up` and `dev` need before anything is started. */
export async function prepare(options) {
  requireGit();
  const { running, leftovers } = await settleEarlierRun();
  if (running) {
    throw new Problem(
      `Fairway already runs${
        running.url ? ` at ${running.url}` : ''
      } (process ${running.pid}).`,
      `open it, or stop it with Ctrl-C where it runs (or "kill ${running.pid}").`,
    );
  }
  if (leftovers.length) {
    process.stdout.write(
      `  stopped what an earlier start had left: ${leftovers.join(', ')}\n`,
    );
  }
  await requireFreePorts(portsOf(options));
}

/** The last lines of a start: where to go, and as whom. */
export function announce(url, options, started) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`
Fairway is ready after ${seconds} s:  ${url}

Sign in as any of these; no password, on this machine only:
${people()
  .map(person => `  ${person.name.padEnd(26)} ${person.does}`)
  .join('\n')}

The sandbox that it runs on: http://localhost:${options.sandboxPort}/status
Logs are in .fairway/logs. Ctrl-C stops everything; data is kept for the next start.
`);
}
