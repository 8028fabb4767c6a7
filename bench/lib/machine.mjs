import fs from 'node:fs';
import os from 'node:os';

/** More than this share of the machine for others, and a figure is not fair. */
const MOST_FOR_OTHERS = 0.1;

/** What a reader must know of where the figures come from. */
export function describeMachine() {
  return {
    cores: os.cpus().length,
    memoryGb: Math.round(os.totalmem() / 1e9),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

/**
 * Watches how much of the machine other programs take while something is
 * measured: all that is busy, less this process and everything it started.
 * Where there is no `/proc`, the load average when the watch began decides.
 *
 * @returns {{ stop(): { othersShare: number, fair: boolean, how: 'cpu time' | 'load average' } }}
 */
export function watchMachine() {
  const load = os.loadavg()[0];
  const before = readTimes();
  return {
    stop() {
      const after = before && readTimes();
      if (!after) {
        const othersShare = Math.min(1, load / os.cpus().length);
        return {
          othersShare,
          fair: othersShare <= MOST_FOR_OTHERS,
          how: 'load average',
        };
      }
      const othersShare = shareOfOthers(before, after);
      return {
        othersShare,
        fair: othersShare <= MOST_FOR_OTHERS,
        how: 'cpu time',
      };
    },
  };
}

/**
 * @param {{ total: number, busy: number, own: number }} before
 * @param {{ total: number, busy: number, own: number }} after
 * @returns {number} 0 to 1; what was stolen by other guests of the host counts
 *   as theirs
 */
export function shareOfOthers(before, after) {
  const total = after.total - before.total;
  if (total <= 0) return 0;
  const busy = after.busy - before.busy;
  const own = after.own - before.own;
  return Math.min(1, Math.max(0, busy - own) / total);
}

/** In clock ticks, of all cores; undefined where there is no `/proc`. */
export function readTimes() {
  try {
    const [line] = fs.readFileSync('/proc/stat', 'utf8').split('\n');
    // user nice system idle iowait irq softirq steal
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const total = ticks.reduce((sum, one) => sum + one, 0);
    const [, , , idle, waiting] = ticks;
    return { total, busy: total - idle - waiting, own: ownTicks() };
  } catch {
    return undefined;
  }
}

/** Of a clock tick in `/proc`, on every Linux that Node runs on. */
const TICK_MS = 10;

/**
 * What a process has taken of the processors so far, in milliseconds, with its
 * threads and without its children; undefined where there is no `/proc`.
 *
 * @param {number} pid
 */
export function readCpuMs(pid) {
  const ticks = readTicks(pid);
  return ticks && (ticks.user + ticks.system) * TICK_MS;
}

// also of those that have ended: their parents hold what they took
function ownTicks() {
  const processes = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const ticks = readTicks(Number(name));
    if (!ticks) continue;
    const { parent, user, system, ofChildren } = ticks;
    processes.set(Number(name), { parent, ticks: user + system + ofChildren });
  }
  let own = 0;
  for (const [pid, { ticks }] of processes) {
    if (isOurs(pid, processes)) own += ticks;
  }
  return own;
}

/**
 * Lets a process have a processor only where no other wants it, from now on. Each of
 * its threads has a priority of its own, on Linux.
 *
 * @param {number} pid
 */
export function putLast(pid) {
  const tasks = `/proc/${pid}/task`;
  const threads = fs.existsSync(tasks) ? fs.readdirSync(tasks) : [pid];
  for (const thread of threads) {
    try {
      os.setPriority(Number(thread), os.constants.priority.PRIORITY_LOW);
    } catch (error) {
      // a thread that has ended meanwhile needs nothing
      if (error.info?.code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Has processes do nothing, each with what it has started, until `letGo`.
 *
 * @param {number[]} pids of processes that lead a group
 * @returns {() => void} `letGo`
 */
export function hold(pids) {
  for (const pid of pids) process.kill(-pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(-pid, 'SIGCONT');
  };
}

/** Undefined when the process has ended, or there is no `/proc`. */
function readTicks(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state parent ...": the name may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, ...children] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      user,
      system,
      ofChildren: children[0] + children[1],
    };
  } catch {
    return undefined;
  }
}

function isOurs(pid, processes) {
  for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) {
    if (at === process.pid) return true;
  }
  return false;
}
