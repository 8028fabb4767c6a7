import fs from 'node:fs';
import { readStartOptions } from '../options.mjs';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { lookAround } from '../runs.mjs';
import { findChromium, which } from '../steps/chromium.mjs';
import { gitVersion, judgeGit } from '../steps/git.mjs';
import { isInstalled } from '../steps/install.mjs';
import { appPortOf, isFree, portsOf } from '../steps/ports.mjs';
import { registryUrl } from '../steps/registry.mjs';
import { DATA_GIB, INSTALL_GIB, freeGib } from '../steps/space.mjs';

const PROOF_TOOLS = ['go', 'cargo', 'python3', 'kubectl', 'terraform'];

/**
 * What doctor found out.
 *
 * @typedef {object} Facts
 * @property {{ version: string, path: string, wanted: string }} node `wanted`: the one that would be fetched
 * @property {string | undefined} git its version
 * @property {boolean} installed
 * @property {number} freeGib
 * @property {string | undefined} unwritable a folder that should be writable and is not
 * @property {{ url?: string, answer?: number, error?: string }} registry
 * @property {{ running: Map<string, import('../runs.mjs').Run>, leftovers: Array<{ name: string }> }} runs
 * @property {Array<{ port: number, name: string, option: string, free: boolean }>} ports
 * @property {Record<string, string | undefined>} tools paths by name
 * @property {{ executable?: string, remedy?: string }} browser
 */

/** @param {string[]} args */
export async function run(args) {
  const rows = judge(await examine(readStartOptions(args)));
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

/** @returns {Promise<Facts>} */
async function examine(options) {
  const wanted = [...portsOf(options), appPortOf(options)];
  return {
    node: {
      version: process.versions.node,
      path: process.execPath,
      wanted: process.env.FAIRWAY_NODE_WANTED ?? '24',
    },
    git: gitVersion(),
    installed: isInstalled(),
    freeGib: freeGib(),
    unwritable: [ROOT, STATE_DIR].find(folder => !isWritable(folder)),
    registry: await askRegistry(),
    runs: lookAround(),
    ports: await Promise.all(
      wanted.map(async one => ({ ...one, free: await isFree(one.port) })),
    ),
    tools: Object.fromEntries(
      ['kustomize', 'mkdocs', ...PROOF_TOOLS].map(name => [name, which(name)]),
    ),
    browser: await findChromium(),
  };
}

/**
 * One row for each thing that is checked: `ok`, `note` (works without, with
 * less) or `bad`, and how to mend it.
 *
 * @param {Facts} facts
 * @returns {Array<{ state: 'ok' | 'note' | 'bad', name: string, text: string }>}
 */
export function judge(facts) {
  const rows = [
    judgeNode(facts),
    judgeGitRow(facts),
    facts.installed
      ? ['ok', 'dependencies', 'as yarn.lock wants them']
      : ['note', 'dependencies', 'not installed yet: ./fairway up does it'],
    judgeDisk(facts),
    judgeRegistry(facts),
    ...judgeRuns(facts),
    ...judgePorts(facts),
    ...judgeTools(facts),
  ];
  return rows.map(([state, name, text]) => ({ state, name, text }));
}

function judgeNode({ node: { version, path, wanted } }) {
  const [major, minor] = version.split('.').map(Number);
  const fits = major === 24 || (major === 22 && minor >= 12);
  return fits
    ? ['ok', 'node', `${version} (${path})`]
    : [
        'note',
        'node',
        `${version} (${path}) is not 22.12 or newer, nor 24: ./fairway up fetches ${wanted} with npm`,
      ];
}

function judgeGitRow({ git }) {
  const complaint = judgeGit(git);
  return complaint
    ? ['bad', 'git', `${complaint}: install git 2.30 or newer`]
    : ['ok', 'git', git];
}

function judgeDisk({ freeGib: free, installed, unwritable }) {
  if (unwritable) {
    return [
      'bad',
      'disk',
      `${unwritable} cannot be written: make it yours ("ls -ld" shows whose it is), or use a disk that can be`,
    ];
  }
  const needed = installed ? DATA_GIB : INSTALL_GIB;
  return free < needed
    ? [
        'bad',
        'disk',
        `${free.toFixed(1)} GiB free, about ${needed} needed: make room`,
      ]
    : ['ok', 'disk', `${free.toFixed(1)} GiB free`];
}

function judgeRegistry({ registry: { url, answer, error }, installed }) {
  if (!url) return ['note', 'registry', 'npm names none; Yarn uses its own'];
  if (!error) return ['ok', 'registry', `${url} answers (HTTP ${answer})`];
  return installed
    ? [
        'note',
        'registry',
        `${url} is unreachable; not needed, all is installed`,
      ]
    : [
        'bad',
        'registry',
        `${url} is unreachable (${error}): check the network or the proxy, then "npm ping"`,
      ];
}

function judgeRuns({ runs: { running, leftovers } }) {
  const rows = [...running.values()].map(run => [
    'ok',
    'running',
    `./fairway ${run.command}${run.url ? ` at ${run.url}` : ''} (process ${
      run.launcher
    })`,
  ]);
  if (leftovers.length) {
    rows.push([
      'note',
      'left over',
      `${leftovers
        .map(({ name }) => name)
        .join(', ')} of a launcher that was killed: ./fairway up stops it`,
    ]);
  }
  return rows;
}

function judgePorts({ ports, runs: { running, leftovers } }) {
  // what holds them is Fairway itself
  if (running.has('portal') || leftovers.length) return [];
  const taken = ports.filter(({ free }) => !free);
  if (!taken.length) {
    return [
      ['ok', 'ports', `free: ${ports.map(({ port }) => port).join(', ')}`],
    ];
  }
  return taken.map(({ port, name, option }) => [
    // only dev wants the browser app's port
    name === 'the browser app' ? 'note' : 'bad',
    `port ${port}`,
    `${name}: taken by another program; stop it ("ss -ltnp" names it) or use ${option}`,
  ]);
}

function judgeTools({ tools, browser }) {
  const rows = [];
  const kustomize = tools.kustomize ?? tools.kubectl;
  rows.push(
    kustomize
      ? ['ok', 'kustomize', kustomize]
      : [
          'note',
          'kustomize',
          'not on the PATH: the one from the npm package is used (Linux on x64)',
        ],
    browser.executable
      ? ['ok', 'browser', `${browser.executable} (browser tests)`]
      : ['note', 'browser', `for the browser tests: ${browser.remedy}`],
    [
      'ok',
      'docs',
      tools.mkdocs
        ? `mkdocs at ${tools.mkdocs}`
        : 'no mkdocs: the built-in Markdown generator is used',
    ],
  );
  for (const tool of PROOF_TOOLS.filter(name => !tools[name])) {
    rows.push([
      'note',
      tool,
      'missing: what the tests prove with it is skipped, and they say so',
    ]);
  }
  return rows;
}

async function askRegistry() {
  const url = registryUrl();
  if (!url) return {};
  try {
    // some registries have no ping; any answer shows that it is there
    const response = await fetch(`${url.replace(/\/+$/, '')}/-/ping`, {
      signal: AbortSignal.timeout(5000),
    });
    return { url, answer: response.status };
  } catch (error) {
    return {
      url,
      error: error.cause?.code ?? error.cause?.message ?? error.message,
    };
  }
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch (error) {
    return error.code === 'ENOENT';
  }
}
