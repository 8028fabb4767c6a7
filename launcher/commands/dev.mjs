import fs from 'node:fs';
import path from 'node:path';
import { stopOnSignals } from '../interrupt.mjs';
import { readStartOptions } from '../options.mjs';
import { BACKSTAGE_CLI, ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { rememberRun, start, stopAll } from '../processes.mjs';
import { step } from '../progress.mjs';
import { install } from '../steps/install.mjs';
import { requireFreePorts } from '../steps/ports.mjs';
import { startPostgres } from '../steps/postgres.mjs';
import {
  CONFIG_ARGS,
  EVERYDAY,
  portalEnvironment,
  startSandbox,
  waitFor,
} from '../steps/startPortal.mjs';
import { announce, prepare } from './up.mjs';

const APP_PORT = 3000;

/** @param {string[]} args */
export async function run(args) {
  const options = readStartOptions(args);
  const started = performance.now();
  await prepare(options);
  await requireFreePorts([
    {
      port: APP_PORT,
      name: 'the browser app',
      option: 'none: stop what holds it',
    },
  ]);

  let postgres;
  stopOnSignals(() => postgres?.stop());
  try {
    await install();
    if (options.postgres) {
      const folder = path.join(STATE_DIR, 'postgres');
      fs.mkdirSync(folder, { recursive: true });
      postgres = await startPostgres({ folder });
    }
    const portal = {
      ...options,
      ...EVERYDAY,
      appPort: APP_PORT,
      databaseUrl: postgres?.url,
    };
    await startSandbox(portal);
    const url = `http://localhost:${APP_PORT}`;
    const logFile = path.join(EVERYDAY.logDir, 'dev.log');
    const child = await step('app + portal', async note => {
      note('watching for changes');
      const running = start(
        process.execPath,
        [BACKSTAGE_CLI, 'repo', 'start', ...CONFIG_ARGS],
        {
          name: 'dev',
          logFile,
          env: {
            ...portalEnvironment(portal),
            NODE_ENV: 'development',
            BROWSER: 'none',
            APP_CONFIG_app_baseUrl: JSON.stringify(url),
          },
        },
      );
      rememberRun({ url });
      const wait = { logFile, seconds: 180 };
      await waitFor(running, `${url}/`, { ...wait, name: 'The browser app' });
      await waitFor(
        running,
        `http://localhost:${options.port}/.backstage/health/v1/readiness`,
        { ...wait, name: 'The portal' },
      );
      return running;
    });
    child.stdout.on('data', data => process.stdout.write(data));
    child.stderr.on('data', data => process.stderr.write(data));
    announce(url, options, started);
    await new Promise((_resolve, reject) => {
      child.once('exit', code =>
        reject(
          new Problem(
            `The development server stopped (exit code ${code}).`,
            `read ${path.relative(ROOT, logFile)}, then ./fairway dev.`,
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
