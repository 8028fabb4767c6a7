import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd } from '../processes.mjs';
import { step } from '../progress.mjs';
import { inTurn } from '../runs.mjs';

const WRITER = path.join(
  ROOT,
  'packages/backend/scripts/writeConfigSchema.cjs',
);
/** Sources that can change a schema, in every workspace. */
const SOURCES = ['package.json', 'config.schema.json'];

/**
 * Collects the configuration schemas of the backend in one file, when one of
 * them may have changed since; without it each start would take seconds longer.
 *
 * @returns {Promise<string>} the file, absolute
 * @throws Problem when a schema cannot be read
 */
export async function collectConfigSchema() {
  const file = path.join(STATE_DIR, `config-schema-${hashSources()}.json`);
  if (fs.existsSync(file)) return file;
  await step('config schema', async note => {
    await inTurn(
      'config-schema',
      holder => note(`process ${holder} collects it, waiting`),
      async () => {
        if (!fs.existsSync(file)) await write(file);
      },
    );
    note('collected');
  });
  return file;
}

async function write(file) {
  removeOlder();
  const logFile = path.join(STATE_DIR, 'logs', 'config-schema.log');
  const { code, output } = await runToEnd(process.execPath, [WRITER, file], {
    name: 'config-schema',
    cwd: ROOT,
    logFile,
  });
  if (code !== 0) {
    throw new Problem(
      `The configuration schemas cannot be read:\n${output
        .trim()
        .split('\n')
        .slice(-10)
        .join('\n')}`,
      `mend the config.schema.json that it names, then run this again. All of it is in ${path.relative(
        ROOT,
        logFile,
      )}.`,
    );
  }
}

function removeOlder() {
  for (const name of fs.readdirSync(STATE_DIR)) {
    if (/^config-schema-.*\.json$/.test(name)) {
      fs.rmSync(path.join(STATE_DIR, name));
    }
  }
}

function hashSources() {
  const hash = crypto.createHash('sha256');
  const add = file => {
    hash.update(file);
    hash.update(fs.readFileSync(path.join(ROOT, file)));
  };
  add('yarn.lock');
  add(path.relative(ROOT, WRITER));
  for (const folder of ['packages', 'plugins']) {
    for (const name of fs.readdirSync(path.join(ROOT, folder)).sort()) {
      for (const source of SOURCES) {
        const file = path.join(folder, name, source);
        if (fs.existsSync(path.join(ROOT, file))) add(file);
      }
    }
  }
  return hash.digest('hex').slice(0, 16);
}
