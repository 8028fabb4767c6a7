import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd } from '../processes.mjs';
import { step } from '../progress.mjs';

const MARK = path.join(ROOT, 'node_modules', '.fairway-installed.json');
const NEEDED_GIB = 4;

/**
 * Installs the dependencies exactly as locked, when they are not there yet.
 * The mark is written last, so an install that was broken off is done again.
 */
export async function install() {
  const wanted = describe();
  if (isInstalled(wanted)) return;
  requireSpace();
  await step('dependencies', async note => {
    note('installed as locked');
    const logFile = path.join(STATE_DIR, 'logs', 'install.log');
    const { code, output } = await runToEnd(
      process.execPath,
      [path.join(ROOT, yarnRelease()), 'install', '--immutable'],
      { name: 'yarn install', logFile },
    );
    if (code !== 0) throw explain(output, logFile);
    fs.writeFileSync(MARK, JSON.stringify(wanted));
  });
}

/** Whether the dependencies stand as the lock file wants them. */
export function isInstalled(wanted = describe()) {
  try {
    return fs.readFileSync(MARK, 'utf8') === JSON.stringify(wanted);
  } catch {
    return false;
  }
}

/** The committed Yarn, relative to the root. */
export function yarnRelease() {
  const folder = path.join(ROOT, '.yarn/releases');
  const [file] = fs.readdirSync(folder).filter(name => name.endsWith('.cjs'));
  return path.join('.yarn/releases', file);
}

function describe() {
  const hash = crypto.createHash('sha256');
  for (const file of ['yarn.lock', 'package.json', '.yarnrc.yml']) {
    hash.update(fs.readFileSync(path.join(ROOT, file)));
  }
  return {
    lock: hash.digest('hex'),
    node: process.versions.node.split('.')[0],
    platform: `${process.platform}-${process.arch}`,
  };
}

function requireSpace() {
  const { bavail, bsize } = fs.statfsSync(ROOT);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < NEEDED_GIB) {
    throw new Problem(
      `The dependencies need about ${NEEDED_GIB} GiB, and ${ROOT} has ${free.toFixed(
        1,
      )} GiB free.`,
      'make room, or move the checkout to a larger disk, and run this again.',
    );
  }
}

function explain(output, logFile) {
  const log = path.relative(ROOT, logFile);
  if (/ENOSPC|no space left/i.test(output)) {
    return new Problem(
      'The disk filled up while the dependencies were installed.',
      'make room and run this again; it goes on where it stopped.',
    );
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|YN0035|RequestError/i.test(
      output,
    )
  ) {
    return new Problem(
      'The package registry could not be reached while the dependencies were installed.',
      `check the network ("npm ping"), then run this again. The log is ${log}.`,
    );
  }
  if (/YN0028/.test(output)) {
    return new Problem(
      'yarn.lock does not fit the package.json files.',
      'run "yarn install" and commit yarn.lock.',
    );
  }
  return new Problem(
    `The dependencies could not be installed:\n${output
      .split('\n')
      .filter(line => !/YN0013|YN0000|YN0004/.test(line))
      .slice(-12)
      .join('\n')}`,
    `read ${log}; "./fairway clean --all" starts afresh.`,
  );
}
