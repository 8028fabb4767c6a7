import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from './paths.mjs';

const RUN_FILE = path.join(STATE_DIR, 'run.json');

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** Children that this launcher started and that still run. */
const children = new Set();

/**
 * Starts a child in a process group of its own, so that it and everything it
 * starts can be stopped together.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ name: string, cwd?: string, env?: Record<string, string | undefined>, logFile?: string, inherit?: boolean }} options
 * @returns {ChildProcess}
 */
export function start(command, args, options) {
  const log = options.logFile ? openLog(options.logFile) : undefined;
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: options.inherit
      ? ['ignore', 'inherit', 'inherit']
      : ['ignore', 'pipe', 'pipe'],
  });
  child.fairwayName = options.name;
  children.add(child);
  child.on('exit', () => children.delete(child));
  if (!options.inherit) {
    child.stdout.on('data', data => log?.write(data));
    child.stderr.on('data', data => log?.write(data));
  }
  return child;
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, inherit?: boolean, logFile?: string, name?: string }} [options]
 * @returns {Promise<{ code: number, output: string }>} output is empty when inherited
 */
export function runToEnd(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, { name: command, ...options });
    let output = '';
    if (!options.inherit) {
      const keep = data => {
        output = (output + data).slice(-200_000);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
    }
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal ? 1 : 0), output }),
    );
  });
}

/** Stops everything that was started; returns when it is gone. */
export async function stopAll() {
  const running = [...children];
  await Promise.all(running.map(stop));
  fs.rmSync(RUN_FILE, { force: true });
}

/** @param {ChildProcess} child */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  signalGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}

/** Remembers what runs, so that a launcher that was killed leaves nothing behind. */
export function rememberRun(details) {
  fs.mkdirSync(STATE_DIR, { recursive: true });
  fs.writeFileSync(
    RUN_FILE,
    JSON.stringify({
      launcher: process.pid,
      children: [...children].map(child => ({
        pid: child.pid,
        name: child.fairwayName,
      })),
      ...details,
    }),
  );
}

/**
 * What an earlier launcher of this checkout left. `running`: it is still
 * there. `leftovers`: it is gone and its children are not; they are stopped.
 *
 * @returns {Promise<{ running?: { pid: number, url?: string }, leftovers: string[] }>}
 */
export async function settleEarlierRun() {
  let earlier;
  try {
    earlier = JSON.parse(fs.readFileSync(RUN_FILE, 'utf8'));
  } catch {
    return { leftovers: [] };
  }
  if (earlier.launcher !== process.pid && isLauncher(earlier.launcher)) {
    return {
      running: { pid: earlier.launcher, url: earlier.url },
      leftovers: [],
    };
  }
  const leftovers = [];
  for (const { pid, name } of earlier.children ?? []) {
    if (isOurs(pid)) {
      signalGroup(pid, 'SIGTERM');
      leftovers.push(name);
    }
  }
  for (let i = 0; i < 50; i++) {
    if (!(earlier.children ?? []).some(({ pid }) => isOurs(pid))) break;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  for (const { pid } of earlier.children ?? []) {
    if (isOurs(pid)) signalGroup(pid, 'SIGKILL');
  }
  fs.rmSync(RUN_FILE, { force: true });
  return { leftovers };
}

function isLauncher(pid) {
  return commandLine(pid)?.includes('launcher/cli.mjs') ?? false;
}

// a process id may have been given to somebody else since
function isOurs(pid) {
  return commandLine(pid)?.includes(ROOT) ?? false;
}

function commandLine(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0/g, ' ');
  } catch {
    if (fs.existsSync('/proc/self')) return undefined;
    try {
      process.kill(pid, 0);
      return `${ROOT} launcher/cli.mjs`;
    } catch {
      return undefined;
    }
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // already gone
  }
}

function openLog(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return fs.createWriteStream(file, { flags: 'w' });
}
