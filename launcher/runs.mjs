import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from './paths.mjs';
import { Problem } from './problem.mjs';
import { onChildrenChange, runningChildren, stopGroup } from './processes.mjs';
import { commandLine, groupMembers } from './processTable.mjs';

const FOLDER = path.join(STATE_DIR, 'run');

/**
 * What one launcher does in this checkout, kept in `.fairway/run/<name>.json`
 * while it lasts: a second launcher sees it, and a launcher that was killed
 * leaves a note of the children to stop.
 *
 * @typedef {object} Run
 * @property {number} launcher its process id
 * @property {string} command `up`, `test`, ...
 * @property {string} [url] where the portal answers, once it does
 * @property {Array<{ pid: number, name: string }>} children process groups
 */

/** @type {Map<string, Run>} what this launcher holds */
const held = new Map();

/**
 * Takes a name of which only one launcher at a time may do the work:
 * `portal` (the everyday data and ports), `tests`, `install`, `build`.
 *
 * What dead launchers left is stopped first.
 *
 * @param {string} name
 * @param {string} command
 * @returns {Promise<{ running?: Run, leftovers: string[] }>} `running`: the
 *   living launcher that has it already; nothing was taken then
 */
export async function claim(name, command) {
  const leftovers = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    leftovers.push(...(await stopLeftovers()));
    const run = { launcher: process.pid, command, children: [] };
    makeFolder();
    try {
      fs.writeFileSync(fileOf(name), JSON.stringify(run), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const running = readRuns().get(name);
      if (running && isAlive(running)) return { running, leftovers };
      continue;
    }
    held.set(name, run);
    return { leftovers };
  }
  throw new Problem(
    `${fileOf(name)} changes all the time: several launchers start at once.`,
    'wait for them, then run this again.',
  );
}

/** @param {string} name gives back what `claim` took */
export function release(name) {
  if (!held.delete(name)) return;
  try {
    fs.rmSync(fileOf(name), { force: true });
  } catch {
    // a dead launcher's note is put right by the next one
  }
}

/** Lets others know where the portal answers. */
export function publish(name, details) {
  Object.assign(held.get(name), details);
  save();
}

/**
 * Does a piece of work that two launchers must not do at the same time; waits
 * for the other one.
 *
 * @template T
 * @param {string} name
 * @param {(holder: number) => void} waiting called once when it has to wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inTurn(name, waiting, work) {
  let told = false;
  for (;;) {
    const { running } = await claim(name, name);
    if (!running) break;
    if (!told) waiting(running.launcher);
    told = true;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  try {
    return await work();
  } finally {
    release(name);
  }
}

/**
 * What other launchers do in this checkout, and what dead ones left. Changes
 * nothing.
 *
 * @returns {{ running: Map<string, Run>, leftovers: Array<{ pid: number, name: string }> }}
 */
export function lookAround() {
  const running = new Map();
  const leftovers = [];
  for (const [name, run] of readRuns()) {
    if (isAlive(run)) running.set(name, run);
    else leftovers.push(...run.children.filter(({ pid }) => isOurs(pid)));
  }
  return { running, leftovers };
}

/** Stops the children of launchers that are gone. @returns {Promise<string[]>} their names */
export async function stopLeftovers() {
  const stopped = [];
  for (const [name, run] of readRuns()) {
    if (isAlive(run)) continue;
    // the youngest first, as the launcher itself does it
    for (const child of [...run.children].reverse()) {
      if (!isOurs(child.pid)) continue;
      await stopGroup(
        child.pid,
        child.name === 'postgresql' ? 'SIGINT' : undefined,
      );
      stopped.push(child.name);
    }
    fs.rmSync(fileOf(name), { force: true });
  }
  return stopped;
}

onChildrenChange(save);
process.on('exit', () => [...held.keys()].forEach(release));

// one by one: a recursive mkdir says ENOENT where a disk is read-only
function makeFolder() {
  for (const folder of [STATE_DIR, FOLDER]) {
    try {
      fs.mkdirSync(folder);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

function save() {
  for (const [name, run] of held) {
    run.children = runningChildren();
    const file = fileOf(name);
    try {
      // renamed into place: a reader never sees half of it
      fs.writeFileSync(`${file}.new`, JSON.stringify(run));
      fs.renameSync(`${file}.new`, file);
    } catch {
      // a full disk: the work itself will say so
    }
  }
}

function readRuns() {
  const runs = new Map();
  let files = [];
  try {
    files = fs.readdirSync(FOLDER).filter(file => file.endsWith('.json'));
  } catch {
    // no launcher was here yet
  }
  for (const file of files) {
    const name = path.basename(file, '.json');
    if (held.has(name)) continue;
    try {
      const run = JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8'));
      runs.set(name, { ...run, children: run.children ?? [] });
    } catch {
      runs.set(name, { launcher: 0, command: name, children: [] });
    }
  }
  return runs;
}

// a process id may have been given to somebody else since
function isAlive({ launcher }) {
  if (launcher === process.pid) return true;
  return (
    commandLine(launcher)?.includes(path.join(ROOT, 'launcher/cli.mjs')) ??
    false
  );
}

function isOurs(group) {
  return groupMembers(group).some(
    ({ command, cwd }) =>
      command.includes(ROOT) ||
      cwd === ROOT ||
      cwd?.startsWith(ROOT + path.sep),
  );
}

function fileOf(name) {
  return path.join(FOLDER, `${name}.json`);
}
