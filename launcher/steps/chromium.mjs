import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { ROOT } from '../paths.mjs';
import { runToEnd } from '../processes.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];

/**
 * A Chromium for the browser tests: FAIRWAY_CHROMIUM, else one on the PATH,
 * else one that Playwright downloaded, else Debian's package where it may be
 * installed.
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
  const found = onPath() ?? downloaded();
  if (found) return { executable: found };
  if (mayInstall && process.getuid?.() === 0 && which('apt-get')) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runToEnd('apt-get', ['update', '-qq'], { env });
    await runToEnd('apt-get', ['install', '-y', '-qq', 'chromium'], { env });
    const installed = onPath();
    if (installed) return { executable: installed };
  }
  return {
    remedy:
      'no Chrome or Chromium was found; install one (Debian: apt-get install chromium) or set FAIRWAY_CHROMIUM to its path.',
  };
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
