import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { settleEarlierRun } from '../processes.mjs';

const BUILT = ['dist', 'dist-types', 'coverage'];

/** @param {string[]} args */
export async function run(args) {
  const { running } = await settleEarlierRun();
  if (running) {
    throw new Problem(
      `Fairway runs (process ${running.pid}).`,
      'stop it with Ctrl-C first.',
    );
  }
  const targets = [
    STATE_DIR,
    path.join(ROOT, 'dist-types'),
    ...workspaces().flatMap(folder =>
      BUILT.map(name => path.join(ROOT, folder, name)),
    ),
  ];
  if (args.includes('--all')) {
    targets.push(
      path.join(ROOT, 'node_modules'),
      ...workspaces().map(folder => path.join(ROOT, folder, 'node_modules')),
    );
  }
  for (const target of targets.filter(file => fs.existsSync(file))) {
    fs.rmSync(target, { recursive: true, force: true });
    process.stdout.write(`  removed ${path.relative(ROOT, target)}\n`);
  }
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
