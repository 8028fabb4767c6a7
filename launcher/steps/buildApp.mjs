import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { BACKSTAGE_CLI, ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { runToEnd } from '../processes.mjs';
import { step } from '../progress.mjs';
import { inTurn } from '../runs.mjs';
import { hintFor } from './explainLog.mjs';

const MARK = path.join(STATE_DIR, 'app-build.json');
const OUTPUT = path.join(ROOT, 'packages/app/dist/index.html');

/** Builds the browser app when its sources changed since it was last built. */
export async function buildApp() {
  await step('browser app', async note => {
    await inTurn(
      'build',
      holder => note(`process ${holder} builds it, waiting`),
      async () => {
        const sources = hashSources();
        if (fs.existsSync(OUTPUT) && readMark() === sources) {
          note('up to date');
          return;
        }
        note('building');
        await build();
        fs.writeFileSync(MARK, JSON.stringify({ sources }));
        note('built');
      },
    );
  });
}

async function build() {
  // a build that is broken off must not pass for the one before it
  fs.rmSync(MARK, { force: true });
  const logFile = path.join(STATE_DIR, 'logs', 'build.log');
  const { code, output } = await runToEnd(
    process.execPath,
    [
      BACKSTAGE_CLI,
      'package',
      'build',
      '--config',
      path.join(ROOT, 'app-config.yaml'),
    ],
    {
      name: 'build',
      cwd: path.join(ROOT, 'packages/app'),
      logFile,
      env: { NODE_ENV: 'production' },
    },
  );
  if (code !== 0) {
    throw new Problem(
      `The browser app does not build:\n${output
        .trim()
        .split('\n')
        .slice(-20)
        .join('\n')}`,
      hintFor(output) ??
        `mend it, then run this again. All of it is in ${path.relative(
          ROOT,
          logFile,
        )}.`,
    );
  }
}

function readMark() {
  try {
    return JSON.parse(fs.readFileSync(MARK, 'utf8')).sources;
  } catch {
    return undefined;
  }
}

// everything that can end up in the bundle: the app, all plugins, the lock
function hashSources() {
  const hash = crypto.createHash('sha256');
  const files = [
    'yarn.lock',
    'app-config.yaml',
    ...walk('packages/app'),
    ...walk('plugins'),
  ].sort();
  for (const file of files) {
    hash.update(file);
    hash.update(fs.readFileSync(path.join(ROOT, file)));
  }
  return hash.digest('hex');
}

function* walk(folder) {
  for (const entry of fs.readdirSync(path.join(ROOT, folder), {
    withFileTypes: true,
  })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (
        ![
          'node_modules',
          'dist',
          'dist-types',
          'coverage',
          'e2e-tests',
        ].includes(entry.name)
      ) {
        yield* walk(file);
      }
    } else if (!/\.test\.tsx?$/.test(entry.name)) {
      yield file;
    }
  }
}
