import fs from 'node:fs';
import path from 'node:path';
import { NODE_TRANSFORM, ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { start, stop } from '../processes.mjs';
import { step } from '../progress.mjs';
import { awaitPeople } from './awaitPeople.mjs';
import { collectConfigSchema } from './configSchema.mjs';
import { endOfLog, hintFor } from './explainLog.mjs';

/**
 * @typedef {object} PortalOptions
 * @property {number} port the portal
 * @property {number} [appPort] where the browser app is served, when not by the portal
 * @property {number} sandboxPort the first of the sandbox's ports
 * @property {string} dataDir absolute; databases, sandbox, work
 * @property {string} logDir absolute
 * @property {string} [databaseUrl] PostgreSQL; SQLite below dataDir when absent
 * @property {number | string} [speed] of everything in the sandbox that takes time
 * @property {string} [generate] a generated platform, `<services>x<environments>`
 * @property {string} [name] of the process and its log; `portal` unless told
 * @property {string} [entry] what runs, absolute; the portal's backend unless told
 * @property {string[]} [configFiles] absolute, after the usual ones
 * @property {string[]} [preload] absolute; files that Node loads first
 * @property {Record<string, string>} [env] beside what the configuration is filled from
 */

/**
 * The environment that app-config.sandbox.yaml is filled from.
 *
 * @param {PortalOptions} options
 */
export function portalEnvironment(options) {
  const at = offset => `http://localhost:${options.sandboxPort + offset}`;
  return {
    FAIRWAY_ROOT: ROOT,
    FAIRWAY_DATA_DIR: options.dataDir,
    FAIRWAY_PORT: String(options.port),
    FAIRWAY_APP_PORT: String(options.appPort ?? options.port),
    FAIRWAY_SANDBOX_CONTROL_URL: at(0),
    FAIRWAY_SANDBOX_GITHUB_HOST: `localhost:${options.sandboxPort + 1}`,
    FAIRWAY_SANDBOX_GITHUB_URL: at(1),
    FAIRWAY_SANDBOX_ARGOCD_URL: at(2),
    FAIRWAY_SANDBOX_KUBERNETES_URL: at(3),
    AWS_ENDPOINT_URL: at(4),
    FAIRWAY_SANDBOX_OIDC_URL: at(5),
    FAIRWAY_SANDBOX_GRAFANA_URL: at(6),
    // the sandbox answers for AWS: a profile of this machine must not leak in
    AWS_PROFILE: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(options.databaseUrl && {
      APP_CONFIG_backend_database: JSON.stringify({
        client: 'pg',
        connection: options.databaseUrl,
      }),
    }),
  };
}

/** The configuration files of the portal on the sandbox. */
export const CONFIG_ARGS = [
  '--config',
  path.join(ROOT, 'app-config.yaml'),
  '--config',
  path.join(ROOT, 'app-config.sandbox.yaml'),
  ...(fs.existsSync(path.join(ROOT, 'app-config.local.yaml'))
    ? ['--config', path.join(ROOT, 'app-config.local.yaml')]
    : []),
];

/**
 * Starts the sandbox and waits until it answers.
 *
 * @param {PortalOptions} options
 */
export async function startSandbox(options) {
  return step('sandbox', async note => {
    const logFile = path.join(options.logDir, 'sandbox.log');
    // the backend's working directory must exist before it starts
    fs.mkdirSync(path.join(options.dataDir, 'work'), { recursive: true });
    const child = start(
      process.execPath,
      [
        // some 70 MB less for no measured delay, unless there is much to hold
        `--max-semi-space-size=${options.generate ? 16 : 2}`,
        '--require',
        NODE_TRANSFORM,
        path.join(ROOT, 'packages/sandbox/src/cli.ts'),
        '--data-dir',
        path.join(
          options.dataDir,
          // what is generated is kept apart from the everyday world
          options.generate ? `sandbox-${options.generate}` : 'sandbox',
        ),
        '--port',
        String(options.sandboxPort),
        ...(options.speed ? ['--speed', String(options.speed)] : []),
        ...(options.generate ? ['--generate', options.generate] : []),
      ],
      {
        name: 'sandbox',
        lifeline: true,
        logFile,
        env: {
          // its repositories tell the portal of pushes, as GitHub would
          SANDBOX_WEBHOOK_URL: options.port
            ? `http://localhost:${options.port}/api/platform-envs/webhooks/github`
            : undefined,
        },
      },
    );
    await waitFor(child, `http://localhost:${options.sandboxPort}/healthz`, {
      name: 'The sandbox',
      logFile,
      seconds: options.generate ? 600 : 60,
    });
    note(`http://localhost:${options.sandboxPort}`);
    return child;
  });
}

/**
 * Starts the backend and waits until it is ready.
 *
 * @param {PortalOptions} options
 */
export async function startBackend(options) {
  const configSchema = await collectConfigSchema();
  return step('portal', async note => {
    note('starting');
    const { child, logFile } = launchBackend(options, configSchema);
    await waitFor(child, readinessOf(options), {
      name: 'The portal',
      logFile,
      seconds: 120,
    });
    note('filling its catalog');
    try {
      // thousands of entities may come before them
      await awaitPeople(`http://localhost:${options.port}`, {
        seconds: options.generate ? 600 : 60,
      });
    } catch (error) {
      await stop(child);
      throw error;
    }
    note(`http://localhost:${options.port}`);
    return child;
  });
}

/**
 * Has glibc give large blocks back when they are freed. Left to itself it keeps
 * them from the first large answer on: of 2,000 services some 40 MB.
 *
 * @see https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
const GIVE_BACK = {
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/**
 * Starts a backend from its sources, and waits for nothing.
 *
 * @param {PortalOptions} options
 * @param {string} configSchema from `collectConfigSchema`
 */
export function launchBackend(options, configSchema) {
  const { name = 'portal', preload = [], configFiles = [] } = options;
  const logFile = path.join(options.logDir, `${name}.log`);
  const child = start(
    process.execPath,
    [
      '--enable-source-maps',
      // some 60 MB less for no measured delay, unless there is much to hold
      `--max-semi-space-size=${options.generate ? 16 : 4}`,
      // garbage is marked beside the work, not in turns with it, and when there is
      // more of it: of 2,000 services 100 ms less of each collection, and more
      '--no-incremental-marking-task',
      '--heap-growing-percent=40',
      // what only the start needed is given back after it
      '--expose-gc',
      ...preload.flatMap(file => ['--require', file]),
      '--require',
      NODE_TRANSFORM,
      options.entry ?? path.join(ROOT, 'packages/backend/src/index.ts'),
      ...CONFIG_ARGS,
      ...configFiles.flatMap(file => ['--config', file]),
    ],
    {
      name,
      lifeline: true,
      cwd: path.join(ROOT, 'packages/backend'),
      logFile,
      env: {
        ...portalEnvironment(options),
        FAIRWAY_CONFIG_SCHEMA: configSchema,
        // what was compiled once is not compiled again: a second of each start
        NODE_COMPILE_CACHE: path.join(STATE_DIR, 'compile-cache'),
        NODE_ENV: 'development',
        LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
        ...GIVE_BACK,
        ...options.env,
      },
    },
  );
  return { child, logFile };
}

/** Answers 200 as soon as all plugins have started. */
export function readinessOf({ port }) {
  return `http://localhost:${port}/.backstage/health/v1/readiness`;
}

/**
 * Waits until a child answers at a URL.
 *
 * @throws Problem with the end of its log, when it ends first or takes too
 *   long; it is stopped then
 */
export async function waitFor(child, url, options) {
  const { name, logFile, seconds, everyMs = 100 } = options;
  let ended = false;
  const onEnd = () => {
    ended = true;
  };
  child.once('exit', onEnd);
  child.once('error', onEnd);
  let deadline = Date.now() + seconds * 1000;
  // a backend with a broken plugin waits for the others before it ends, and
  // some of them never finish
  const onOutput = data => {
    if (!/threw an error during startup/.test(data)) return;
    deadline = Math.min(deadline, Date.now() + LAST_WORDS_MS);
  };
  child.stdout?.on('data', onOutput);
  for (;;) {
    if (ended || Date.now() > deadline) {
      const what = ended ? 'stopped while starting' : 'did not become ready';
      await stop(child);
      const text = await readLog(logFile);
      const log = path.relative(ROOT, logFile);
      throw new Problem(
        `${name} ${what}. The end of its log:\n\n${endOfLog(text)}`,
        hintFor(text) ??
          `read ${log}; "./fairway doctor" looks for common causes.`,
      );
    }
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (response.ok && !ended) break;
    } catch {
      // not yet
    }
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
  child.off('exit', onEnd);
  child.stdout?.off('data', onOutput);
}

/** How long a backend that has failed may take to say why, and end. */
const LAST_WORDS_MS = 15_000;

async function readLog(file) {
  // its last words may still be on their way
  await new Promise(resolve => setTimeout(resolve, 100));
  try {
    return fs.readFileSync(file, 'utf8').slice(-50_000);
  } catch {
    return '(no log)';
  }
}

/** Folders of the everyday start. */
export const EVERYDAY = {
  dataDir: STATE_DIR,
  logDir: path.join(STATE_DIR, 'logs'),
};
