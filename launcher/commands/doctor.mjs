import fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import { readStartOptions } from '../options.mjs';
import { ROOT } from '../paths.mjs';
import { settleEarlierRun } from '../processes.mjs';
import { findChromium, which } from '../steps/chromium.mjs';
import { gitVersion } from '../steps/git.mjs';
import { isInstalled } from '../steps/install.mjs';
import { isFree, portsOf } from '../steps/ports.mjs';

/**
 * Each check gives `ok`, `note` (works without, with less) or `bad`.
 *
 * @param {string[]} args
 */
export async function run(args) {
  const options = readStartOptions(args);
  const rows = [];
  const add = (state, name, text) => rows.push({ state, name, text });

  add('ok', 'node', `${process.versions.node} (${process.execPath})`);

  const git = gitVersion();
  if (git) add('ok', 'git', git);
  else add('bad', 'git', 'missing: install git 2.30 or newer');

  if (isInstalled()) add('ok', 'dependencies', 'as yarn.lock wants them');
  else
    add(
      'note',
      'dependencies',
      'not installed yet: ./fairway up installs them',
    );

  const { bavail, bsize } = fs.statfsSync(ROOT);
  const free = (bavail * bsize) / 2 ** 30;
  add(
    free < 4 && !isInstalled() ? 'bad' : free < 1 ? 'bad' : 'ok',
    'disk',
    `${free.toFixed(1)} GiB free${free < 4 ? ': make room' : ''}`,
  );

  add(...(await checkRegistry()));

  const { running } = await settleEarlierRun();
  if (running) {
    add(
      'ok',
      'portal',
      `runs at ${running.url ?? '?'} (process ${running.pid})`,
    );
  } else {
    for (const { port, name, option } of portsOf(options)) {
      if (await isFree(port)) continue;
      add(
        'bad',
        `port ${port}`,
        `${name}: taken by another program; stop it or use ${option}`,
      );
    }
    if (!rows.some(row => row.name.startsWith('port'))) {
      add(
        'ok',
        'ports',
        `free: ${options.port}, ${options.sandboxPort}-${
          options.sandboxPort + 4
        }`,
      );
    }
  }

  const kustomize = which('kustomize') ?? which('kubectl');
  if (kustomize) add('ok', 'kustomize', kustomize);
  else
    add(
      'note',
      'kustomize',
      'not on the PATH: the one from the npm package is used (Linux on x64)',
    );

  const { executable, remedy } = await findChromium();
  if (executable) add('ok', 'browser', `${executable} (browser tests)`);
  else add('note', 'browser', `browser tests cannot run: ${remedy}`);

  const mkdocs = which('mkdocs');
  add(
    'ok',
    'docs',
    mkdocs
      ? `mkdocs at ${mkdocs}`
      : 'no mkdocs: the built-in Markdown generator is used',
  );

  for (const tool of ['go', 'cargo', 'python3', 'kubectl', 'terraform']) {
    if (!which(tool))
      add(
        'note',
        tool,
        'missing: what the tests prove with it is skipped, and they say so',
      );
  }

  for (const { state, name, text } of rows) {
    process.stdout.write(`  ${state.padEnd(5)} ${name.padEnd(14)} ${text}\n`);
  }
  const bad = rows.filter(row => row.state === 'bad').length;
  process.stdout.write(
    bad
      ? `\n${bad} to mend before ./fairway up.\n`
      : '\nNothing stands in the way of ./fairway up.\n',
  );
  return bad ? 1 : 0;
}

async function checkRegistry() {
  const registry =
    process.env.YARN_NPM_REGISTRY_SERVER ??
    spawnSync('npm', ['config', 'get', 'registry'], {
      encoding: 'utf8',
    }).stdout?.trim();
  if (!registry?.startsWith('http')) {
    return ['note', 'registry', 'npm names none; Yarn uses its default'];
  }
  try {
    const response = await fetch(`${registry.replace(/\/$/, '')}/-/ping`, {
      signal: AbortSignal.timeout(5000),
    });
    // some registries have no ping; any answer shows that it is there
    return ['ok', 'registry', `reachable (HTTP ${response.status})`];
  } catch {
    return isInstalled()
      ? [
          'note',
          'registry',
          'unreachable; not needed, the dependencies are installed',
        ]
      : ['bad', 'registry', 'unreachable: check the network, "npm ping"'];
  }
}
