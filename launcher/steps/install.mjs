import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd } from '../processes.mjs';
import { step } from '../progress.mjs';
import { inTurn } from '../runs.mjs';
import { registryEnvironment } from './registry.mjs';
import { INSTALL_GIB, requireSpace } from './space.mjs';

const MODULES = path.join(ROOT, 'node_modules');
/** Written last: what the dependencies were installed for. */
const MARK = path.join(MODULES, '.fairway-installed.json');
/** There while an install runs; one that is found was broken off. */
const UNDER_WAY = path.join(MODULES, '.fairway-installing');

/**
 * Installs the dependencies exactly as locked, when they are not there yet.
 * An install that was broken off is done again.
 *
 * @throws Problem naming the cause
 */
export async function install() {
  if (isInstalled()) return;
  await step('dependencies', async note => {
    await inTurn(
      'install',
      holder => note(`process ${holder} installs them, waiting`),
      async () => {
        if (!isInstalled()) await runYarn(note);
      },
    );
    note('installed as locked');
  });
}

/** Whether the dependencies stand as the lock file wants them. */
export function isInstalled() {
  try {
    return fs.readFileSync(MARK, 'utf8') === JSON.stringify(describe());
  } catch {
    return false;
  }
}

async function runYarn(note) {
  requireSpace(INSTALL_GIB, 'The dependencies need');
  prepareModules();
  const logFile = path.join(STATE_DIR, 'logs', 'install.log');
  const { code, output } = await runToEnd(
    process.execPath,
    [path.join(ROOT, yarnRelease()), 'install', '--immutable'],
    {
      name: 'install',
      logFile,
      env: registryEnvironment(),
      onOutput: text => {
        const phase = phaseOf(text);
        if (phase) note(phase);
      },
    },
  );
  if (code !== 0) throw explain(output, path.relative(ROOT, logFile));
  fs.writeFileSync(MARK, JSON.stringify(describe()));
  fs.rmSync(UNDER_WAY, { force: true });
}

// Yarn trusts its own record of what it has put where: after an install that
// was broken off the record is dropped, and everything is put in place again
function prepareModules() {
  fs.mkdirSync(MODULES, { recursive: true });
  fs.rmSync(MARK, { force: true });
  if (fs.existsSync(UNDER_WAY)) {
    fs.rmSync(path.join(MODULES, '.yarn-state.yml'), { force: true });
  }
  fs.writeFileSync(UNDER_WAY, '');
}

/** What Yarn is at, in our words; undefined when its output does not tell. */
export function phaseOf(text) {
  const step = [...text.matchAll(/(Resolution|Fetch|Link) step/g)].at(-1)?.[1];
  return (
    step &&
    {
      Resolution: 'reading the lock file',
      Fetch: 'fetching packages',
      Link: 'putting packages in place',
    }[step]
  );
}

/** The committed Yarn, relative to the root. */
function yarnRelease() {
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

/**
 * Why an install failed, from what Yarn printed.
 *
 * @param {string} output
 * @param {string} log where all of it is, as a person would type it
 */
export function explain(output, log) {
  if (/ENOSPC|no space left/i.test(output)) {
    return new Problem(
      'The disk filled up while the dependencies were installed.',
      'make room and run this again; it goes on where it stopped.',
    );
  }
  if (/YN0028/.test(output)) {
    return new Problem(
      'yarn.lock does not fit the package.json files.',
      'run "yarn install" and commit yarn.lock.',
    );
  }
  if (/SELF_SIGNED_CERT|UNABLE_TO_|CERT_HAS_EXPIRED/.test(output)) {
    return new Problem(
      "The package registry's certificate is not trusted.",
      `let NODE_EXTRA_CA_CERTS name the file of your certificate authority, then run this again. The log is ${log}.`,
    );
  }
  if (/YN0041|Invalid authentication|401 \(|403 \(/.test(output)) {
    return new Problem(
      'The package registry wants a sign-in that Yarn does not have.',
      `set YARN_NPM_AUTH_TOKEN, then run this again. The log is ${log}.`,
    );
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|YN0035|RequestError|TimeoutError/i.test(
      output,
    )
  ) {
    return new Problem(
      'The package registry could not be reached while the dependencies were installed.',
      `check the network ("npm ping"), then run this again; it goes on where it stopped. The log is ${log}.`,
    );
  }
  return new Problem(
    `The dependencies could not be installed:\n${output
      .trim()
      .split('\n')
      .filter(line => !/YN0013|YN0000|YN0004/.test(line))
      .slice(-12)
      .join('\n')}`,
    `read ${log}; "./fairway clean --all" starts afresh.`,
  );
}
