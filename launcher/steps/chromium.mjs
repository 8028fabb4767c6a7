import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { runToEnd, start, stop } from '../processes.mjs';
import { step } from '../progress.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];

/**
 * A Chromium for the browser tests: FAIRWAY_CHROMIUM, else one on the PATH,
 * else one that Playwright downloaded, else, where it may be installed,
 * Debian's package or Playwright's download.
 *
 * @param {{ mayInstall?: boolean }} [options]
 * @returns {Promise<{ executable?: string, remedy?: string }>}
 */
export async function findChromium({ mayInstall = false } = {}) {
  const own = process.env.FAIRWAY_CHROMIUM;
  if (own) {
    return fs.existsSync(own)
      ? { executable: own }
      : {
          remedy: `FAIRWAY_CHROMIUM is "${own}", which does not exist; point it at a Chrome or Chromium.`,
        };
  }
  const find = () => onPath() ?? downloaded();
  const executable = find() ?? (mayInstall && (await fetchOne(find)));
  if (executable) return { executable };
  return {
    remedy:
      'no Chrome or Chromium was found; install one (Debian: apt-get install chromium) or set FAIRWAY_CHROMIUM to its path.',
  };
}

function fetchOne(find) {
  return step('chromium', async note => {
    note('fetching one for the browser tests');
    const debian = process.getuid?.() === 0 && which('apt-get');
    await (debian ? installDebianPackage() : downloadWithPlaywright());
    const found = find();
    note(found ?? 'could not be fetched');
    return found;
  });
}

async function installDebianPackage() {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const logFile = path.join(STATE_DIR, 'logs', 'chromium.log');
  await runToEnd('apt-get', ['update', '-qq'], { env });
  await runToEnd('apt-get', ['install', '-y', '-qq', 'chromium'], {
    env,
    logFile,
  });
}

// may hang where the network swallows packets: it has three minutes
async function downloadWithPlaywright() {
  const child = start(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/@playwright/test/cli.js'),
      'install',
      'chromium',
    ],
    {
      name: 'chromium',
      logFile: path.join(STATE_DIR, 'logs', 'chromium.log'),
    },
  );
  const timer = setTimeout(() => stop(child), 180_000);
  await new Promise(resolve => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  clearTimeout(timer);
}

function onPath() {
  for (const name of NAMES) {
    const file = which(name);
    if (file) return file;
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return fs.existsSync(mac) ? mac : undefined;
}

function downloaded() {
  try {
    const require = createRequire(path.join(ROOT, 'package.json'));
    const file = require('@playwright/test').chromium.executablePath();
    return file && fs.existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The absolute path of a program on the PATH. */
export function which(name) {
  const { status, stdout } = spawnSync(
    'sh',
    ['-c', `command -v "$1"`, 'sh', name],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? stdout.trim() : undefined;
}
