/**
 * The next step for a server that did not start, from the end of its log.
 *
 * @param {string} log
 * @returns {string | undefined} undefined when nothing known is in it
 */
export function hintFor(log) {
  return CAUSES.find(({ seen }) => seen.test(log))?.nextStep;
}

/**
 * What a person wants to see of a log: its last lines without stack frames,
 * and the last error above them when it is not among them.
 *
 * @param {string} log
 */
export function endOfLog(log) {
  const lines = log
    .trimEnd()
    .split('\n')
    .filter(line => !/^\s+at /.test(line));
  const end = lines.slice(-LINES);
  if (end.some(isError)) return end.join('\n');
  const error = lines.slice(0, -LINES).findLast(isError);
  return [...(error ? [error, '...'] : []), ...end].join('\n');
}

const LINES = 25;

function isError(line) {
  return /\b\w*Error\b.*: /.test(line);
}

const CAUSES = [
  {
    seen: /EADDRINUSE/,
    nextStep:
      'another program took the port meanwhile; "./fairway doctor" names the port and the option that moves it.',
  },
  {
    seen: /ENOSPC: System limit for number of file watchers|EMFILE/,
    nextStep:
      'raise the limit of watched files (Linux: sysctl fs.inotify.max_user_watches=524288), or use ./fairway up, which watches nothing.',
  },
  {
    seen: /ENOSPC|SQLITE_FULL|database or disk is full|No space left on device/i,
    nextStep: 'the disk is full: make room, then run this again.',
  },
  {
    seen: /EROFS|SQLITE_READONLY|readonly database/i,
    nextStep:
      '.fairway cannot be written: make it yours ("ls -ld .fairway" shows whose it is), or use a disk that can be written.',
  },
  {
    seen: /SQLITE_CORRUPT|SQLITE_NOTADB|database disk image is malformed/i,
    nextStep:
      'a database file is damaged; "./fairway clean" removes all data, then ./fairway up starts with the seed.',
  },
  {
    seen: /(Cannot find (module|package)|Can't resolve) '[^'./]/,
    nextStep:
      'a dependency is missing from node_modules, or a part of one: "./fairway clean --all", then run this again.',
  },
];
