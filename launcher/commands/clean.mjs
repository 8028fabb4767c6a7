import fs from 'node:fs';
import path from 'node:path';
import { readArgs } from '../options.mjs';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { lookAround, stopLeftovers } from '../runs.mjs';

const BUILT = ['dist', 'dist-types', 'coverage'];

/** @param {string[]} args */
export async function run(args) {
  const { all } = readArgs(args, { all: { type: 'boolean', default: false } });
  const [running] = lookAround().running.values();
  if (running) {
    throw new Problem(
      `./fairway ${running.command} is at work here (process ${running.launcher}).`,
      'stop it with Ctrl-C first.',
    );
  }
  await stopLeftovers();
  const folders = ['.', ...workspaces()];
  const names = all ? [...BUILT, 'node_modules'] : BUILT;
  const targets = [
    STATE_DIR,
    ...(all ? [path.join(ROOT, '.tools')] : []),
    ...folders.flatMap(folder =>
      names.map(name => path.join(ROOT, folder, name)),
    ),
  ].filter(target => fs.existsSync(target));
  for (const target of targets) {
    fs.rmSync(target, { recursive: true, force: true });
    process.stdout.write(`  removed ${path.relative(ROOT, target)}\n`);
  }
  if (!targets.length) process.stdout.write('  nothing to remove\n');
  return 0;
}

function workspaces() {
  return ['packages', 'plugins'].flatMap(parent =>
    fs
      .readdirSync(path.join(ROOT, parent), { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => path.join(parent, entry.name)),
  );
}
