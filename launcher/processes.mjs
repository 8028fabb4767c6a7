import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { LIFELINE, ROOT } from './paths.mjs';
import { groupMembers } from './processTable.mjs';

/** How long a child may take to end before it is killed. */
const PATIENCE_MS = 10_000;

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Children that this launcher started and that still run, oldest first.
 *
 * @type {Map<ChildProcess, { name: string, stopSignal: NodeJS.Signals }>}
 */
const children = new Map();
const listeners = new Set();

/**
 * Starts a child in a process group of its own, so that it and everything it
 * starts can be stopped together, and Ctrl-C reaches the launcher alone.
 *
 * One with a `lifeline` ends by itself when the launcher is gone, however that
 * ended; `command` must be Node then.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ name: string, lifeline?: boolean, cwd?: string, env?: Record<string, string | undefined>, logFile?: string, inherit?: boolean, uid?: number, gid?: number, stopSignal?: NodeJS.Signals }} options
 * @returns {ChildProcess}
 */
export function start(command, args, options) {
  const log = options.logFile ? openLog(options.logFile) : undefined;
  const { lifeline } = options;
  const output = options.inherit ? 'inherit' : 'pipe';
  const child = spawn(
    command,
    lifeline ? ['--require', LIFELINE, ...args] : args,
    {
      cwd: options.cwd ?? ROOT,
      env: {
        ...process.env,
        ...options.env,
        ...(lifeline && { FAIRWAY_LAUNCHER: String(process.pid) }),
      },
      detached: true,
      stdio: ['ignore', output, output, ...(lifeline ? ['ipc'] : [])],
      uid: options.uid,
      gid: options.gid,
    },
  );
  // it must not keep the launcher
  child.channel?.unref();
  const forget = () => {
    children.delete(child);
    changed();
  };
  child.on('exit', forget);
  child.on('error', forget);
  children.set(child, {
    name: options.name,
    stopSignal: options.stopSignal ?? 'SIGTERM',
  });
  changed();
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
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, inherit?: boolean, logFile?: string, name?: string, onOutput?: (text: string) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>} output is empty when inherited
 */
export function runToEnd(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, { name: command, ...options });
    let output = '';
    if (!options.inherit) {
      const keep = data => {
        output = (output + data).slice(-200_000);
        options.onOutput?.(String(data));
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

/** What runs now. `pid` is also the number of the child's process group. */
export function runningChildren() {
  return [...children].map(([child, { name }]) => ({ pid: child.pid, name }));
}

/** @param {() => void} listener called after a child was started or has ended */
export function onChildrenChange(listener) {
  listeners.add(listener);
}

/**
 * Stops everything that was started, the youngest first: what uses a server
 * ends before the server. Returns when all of it is gone.
 */
export async function stopAll() {
  for (const child of [...children.keys()].reverse()) await stop(child);
}

/** Ends everything that was started, at once and without a chance to tidy up. */
export function killAll() {
  for (const child of children.keys()) signalGroup(child.pid, 'SIGKILL');
}

/** @param {ChildProcess} child */
export async function stop(child) {
  const signal = children.get(child)?.stopSignal ?? 'SIGTERM';
  const ended = new Promise(resolve => {
    if (children.has(child)) child.once('exit', resolve);
    else resolve();
  });
  await stopGroup(child.pid, signal);
  if (child.pid) await ended;
}

/**
 * Asks a process group to end, and ends it when it does not within 10 s.
 *
 * @param {number | undefined} group
 * @param {NodeJS.Signals} [signal]
 */
export async function stopGroup(group, signal = 'SIGTERM') {
  if (!group) return;
  const deadline = Date.now() + PATIENCE_MS;
  signalGroup(group, signal);
  // one that is held hears nothing
  signalGroup(group, 'SIGCONT');
  while (groupMembers(group).length > 0) {
    if (Date.now() > deadline) {
      signalGroup(group, 'SIGKILL');
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function signalGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch {
    // already gone
  }
}

function changed() {
  for (const listener of listeners) listener();
}

function openLog(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const log = fs.createWriteStream(file, { flags: 'w' });
  // a full disk must not take the launcher down with a stack trace
  log.on('error', () => {});
  return log;
}
