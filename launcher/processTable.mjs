import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/**
 * The command line of a process, arguments joined by spaces; undefined when
 * there is no such process.
 *
 * @param {number} pid
 */
export function commandLine(pid) {
  if (!hasProc()) return fromPs(['-o', 'command=', '-p', String(pid)])[0];
  try {
    return (
      fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0/g, ' ') ||
      undefined
    );
  } catch {
    return undefined;
  }
}

/**
 * The living processes of a process group; one that has ended and waits for
 * its parent does not count.
 *
 * @param {number} group
 * @returns {Array<{ pid: number, command: string, cwd?: string }>}
 */
export function groupMembers(group) {
  if (!groupExists(group)) return [];
  return hasProc() ? membersFromProc(group) : membersFromPs(group);
}

// cheap, and settles most cases
function groupExists(group) {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function membersFromProc(group) {
  const members = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      // "pid (name) state parent group ...": the name may hold anything
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, itsGroup, threads] = [fields[0], fields[2], fields[17]];
      if (Number(itsGroup) !== group) continue;
      // the first thread may be gone while others still hold ports and files
      if ('ZX'.includes(state) && Number(threads) <= 1) continue;
      members.push({
        pid: Number(name),
        command: commandLine(name) ?? '',
        cwd: cwdOf(name),
      });
    } catch {
      // ended meanwhile
    }
  }
  return members;
}

function cwdOf(pid) {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function membersFromPs(group) {
  return fromPs(['-A', '-o', 'pgid=,pid=,stat=,command='])
    .map(line => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter(found => found && Number(found[1]) === group && found[3][0] !== 'Z')
    .map(([, , pid, , command]) => ({ pid: Number(pid), command }));
}

function fromPs(args) {
  const { stdout } = spawnSync('ps', args, { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter(Boolean);
}

function hasProc() {
  return fs.existsSync('/proc/self/stat');
}
