import fs from 'node:fs';
import path from 'node:path';
import { playwrightCounts } from '../counts.mjs';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd, stop } from '../processes.mjs';
import { buildApp } from './buildApp.mjs';
import { findChromium } from './chromium.mjs';
import { findFreePorts, SANDBOX_SERVERS } from './ports.mjs';
import {
  portalEnvironment,
  startBackend,
  startSandbox,
} from './startPortal.mjs';

/**
 * Starts a portal and a sandbox of their own, empty and on free ports, and
 * lives the journeys in a browser. What `up` runs is not touched.
 *
 * @param {string[]} [playwrightArgs]
 * @returns {Promise<import('../counts.mjs').Counts>}
 * @throws Problem when there is no browser, or the portal does not start
 */
export async function runBrowserTests(playwrightArgs = []) {
  const { executable, remedy } = await findChromium({ mayInstall: true });
  if (!executable) {
    throw new Problem('The browser tests did not run.', remedy);
  }
  await buildApp();
  const folder = path.join(STATE_DIR, 'e2e');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const first = await findFreePorts(1 + SANDBOX_SERVERS.length);
  const portal = {
    port: first,
    sandboxPort: first + 1,
    dataDir: folder,
    logDir: path.join(folder, 'logs'),
    speed: 4,
    env: {
      // a silent Argo CD is noticed while a journey waits for it
      APP_CONFIG_platformEnvs_argocd_instances_main_idleTimeout: JSON.stringify(
        { seconds: 30 },
      ),
    },
  };
  const outputFile = path.join(folder, 'results.json');
  const servers = [];
  try {
    servers.push(await startSandbox(portal));
    servers.push(await startBackend(portal));
    await runToEnd(
      process.execPath,
      [
        path.join(ROOT, 'node_modules/@playwright/test/cli.js'),
        'test',
        ...playwrightArgs,
      ],
      {
        name: 'playwright',
        inherit: true,
        env: {
          ...portalEnvironment(portal),
          CI: '1',
          FAIRWAY_CHROMIUM: executable,
          PLAYWRIGHT_URL: `http://localhost:${portal.port}`,
          PLAYWRIGHT_JSON_OUTPUT_FILE: outputFile,
        },
      },
    );
  } finally {
    for (const server of servers.reverse()) await stop(server);
  }
  return playwrightCounts(readReport(outputFile));
}

function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    throw new Problem(
      'The browser tests ended without a result.',
      'read what they printed above.',
    );
  }
}
