import path from 'node:path';
import { readStartOptions } from '../options.mjs';
import { BACKSTAGE_CLI } from '../paths.mjs';
import { start, stopAll } from '../processes.mjs';
import { step } from '../progress.mjs';
import { publish } from '../runs.mjs';
import { worldOf } from '../steps/generatedWorld.mjs';
import { install } from '../steps/install.mjs';
import { appPortOf, portsOf, requireFreePorts } from '../steps/ports.mjs';
import {
  CONFIG_ARGS,
  EVERYDAY,
  portalEnvironment,
  startSandbox,
  waitFor,
} from '../steps/startPortal.mjs';
import { announce, claimPortal, everydayPostgres, untilItEnds } from './up.mjs';

/** @param {string[]} args */
export async function run(args) {
  const options = readStartOptions(args);
  const started = performance.now();
  const ports = [...portsOf(options), appPortOf(options)];
  await claimPortal('dev', ports);
  try {
    await install();
    const databaseUrl = options.postgres ? await everydayPostgres() : undefined;
    const world = worldOf(options.generate);
    const portal = { ...options, ...world, databaseUrl };
    await requireFreePorts(ports);
    await startSandbox(portal);
    const child = await startWatching(portal);
    const url = `http://localhost:${options.appPort}`;
    publish('portal', { url });
    announce(url, options, started);
    child.stdout.on('data', data => process.stdout.write(data));
    child.stderr.on('data', data => process.stderr.write(data));
    await untilItEnds(child, 'The development server', 'dev.log', 'dev');
  } finally {
    await stopAll();
  }
}

function startWatching(portal) {
  return step('app + portal', async note => {
    note('compiling');
    const url = `http://localhost:${portal.appPort}`;
    const logFile = path.join(EVERYDAY.logDir, 'dev.log');
    const child = start(
      process.execPath,
      [
        BACKSTAGE_CLI,
        'repo',
        'start',
        ...CONFIG_ARGS,
        ...(portal.configFiles ?? []).flatMap(file => ['--config', file]),
      ],
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
    const wait = { logFile, seconds: 180 };
    await waitFor(child, `${url}/`, { ...wait, name: 'The browser app' });
    await waitFor(
      child,
      `http://localhost:${portal.port}/.backstage/health/v1/readiness`,
      { ...wait, name: 'The portal' },
    );
    note('watching for changes');
    return child;
  });
}
