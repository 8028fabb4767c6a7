import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePorts, SANDBOX_SERVERS } from '../steps/ports.mjs';

const LAUNCHER = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '..',
);

/** Answers 200 to everything, and signs everybody in; DELAY_MS and FAIL stand for a slow or broken start. */
const SERVER = `
const http = require('http');
if (process.env.FAIL) { console.error(process.env.FAIL); process.exit(1); }
const serve = () => {
  const answers = {
    '/api/auth/oidc/start': '<form method="post" action="/interaction/one/login"',
    '/api/auth/oidc/refresh': '{"backstageIdentity":{"token":"t"}}',
  };
  const server = http.createServer(async (req, res) => {
    const path = req.url.split('?')[0];
    let body = '';
    for await (const piece of req) body += piece;
    if (path === '/interaction/one/login') {
      res.writeHead(302, { location: '/' });
    }
    res.end(
      path === '/api/catalog/entities/by-refs'
        ? JSON.stringify({ items: JSON.parse(body).entityRefs })
        : answers[path] ?? 'ok',
    );
  });
  server.listen(PORT, '127.0.0.1', () => console.log('listening'));
};
setTimeout(serve, Number(process.env.DELAY_MS ?? 0));
`;

const YARN = `
const fs = require('fs');
console.log('Link step');
fs.appendFileSync('yarn-runs.txt', 'run ' + process.pid + '\\n');
if (process.env.FAKE_YARN_FAILS) {
  console.log(process.env.FAKE_YARN_FAILS);
  process.exit(1);
}
setTimeout(() => process.exit(0), Number(process.env.FAKE_YARN_MS ?? 0));
`;

const CLI = `
const fs = require('fs');
fs.appendFileSync('../../build-runs.txt', 'run ' + process.pid + '\\n');
if (process.env.FAKE_BUILD_FAILS) {
  console.log(process.env.FAKE_BUILD_FAILS);
  process.exit(1);
}
setTimeout(() => {
  fs.mkdirSync('dist', { recursive: true });
  fs.writeFileSync('dist/index.html', '');
}, Number(process.env.FAKE_BUILD_MS ?? 0));
`;

const SCHEMA_WRITER = `
const fs = require('fs');
fs.appendFileSync('schema-runs.txt', 'run ' + process.pid + '\\n');
if (process.env.FAKE_SCHEMA_FAILS) {
  console.log(process.env.FAKE_SCHEMA_FAILS);
  process.exit(1);
}
fs.writeFileSync(process.argv[2], '{}');
`;

/**
 * A checkout in a folder with a space in its name: the real launcher, and
 * stand-ins of a few lines for Yarn, the build, the sandbox and the portal.
 */
export function fakeCheckout() {
  const root = fs.realpathSync(
    fs.mkdtempSync(path.join(os.tmpdir(), 'fairway test ')),
  );
  const write = (file, text) => {
    const target = path.join(root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  };
  fs.cpSync(LAUNCHER, path.join(root, 'launcher'), { recursive: true });
  fs.copyFileSync(
    path.resolve(LAUNCHER, '../fairway'),
    path.join(root, 'fairway'),
  );
  fs.chmodSync(path.join(root, 'fairway'), 0o755);
  write('yarn.lock', 'lock');
  write('package.json', '{}');
  write('.yarnrc.yml', '');
  write('app-config.yaml', '');
  write('.yarn/releases/yarn-4.cjs', YARN);
  write('node_modules/@backstage/cli/bin/backstage-cli', CLI);
  write('node_modules/@backstage/cli/config/nodeTransform.cjs', '');
  write('packages/backend/scripts/writeConfigSchema.cjs', SCHEMA_WRITER);
  write('plugins/one/index.js', '');
  write('packages/app/index.js', '');
  write(
    'packages/sandbox/src/cli.ts',
    `require('fs').appendFileSync(require('path').join(__dirname, '../../../sandbox-runs.txt'), process.argv.slice(2).join(' ') + '\\n');
     process.env.FAIL = process.env.FAKE_SANDBOX_FAILS ?? '';
     process.env.DELAY_MS = process.env.FAKE_SANDBOX_MS ?? '0';
     const PORT = process.argv[process.argv.indexOf('--port') + 1];${SERVER}`,
  );
  write(
    'packages/backend/src/index.ts',
    `process.env.FAIL = process.env.FAKE_PORTAL_FAILS ?? '';
     process.env.DELAY_MS = process.env.FAKE_PORTAL_MS ?? '0';
     const PORT = process.env.FAIRWAY_PORT;${SERVER}`,
  );
  return {
    root,
    write,
    read: file => fs.readFileSync(path.join(root, file), 'utf8'),
    exists: file => fs.existsSync(path.join(root, file)),
    launch: (args, env) => launch(root, args, env),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}

/** A launcher at work. `output` grows; `ended` gives its exit code. */
function launch(root, args, env = {}) {
  const child = spawn(path.join(root, 'fairway'), args, {
    cwd: os.tmpdir(),
    env: {
      ...process.env,
      FAIRWAY_NODE: process.execPath,
      YARN_NPM_REGISTRY_SERVER: 'http://127.0.0.1:9',
      ...env,
    },
  });
  const run = { pid: child.pid, output: '' };
  const read = data => {
    run.output += data;
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  run.ended = new Promise(resolve => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  run.kill = signal => child.kill(signal);
  run.closeOutput = () => child.stdout.destroy();
  run.until = (text, patienceMs) =>
    until(
      () => run.output.includes(text),
      () => run.output,
      patienceMs,
    );
  return run;
}

/** Waits until something holds; fails after ten seconds unless told, saying what was seen. */
export async function until(holds, seen = () => '', patienceMs = 10_000) {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Did not happen. ${seen()}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Free ports in a row: of the portal, then of the sandbox. */
export async function freePorts() {
  const portal = await findFreePorts(1 + SANDBOX_SERVERS.length);
  const sandbox = portal + 1;
  return {
    portal,
    sandbox,
    args: ['--port', `${portal}`, '--sandbox-port', `${sandbox}`],
  };
}

/** Whether nobody listens on a port of this machine. */
export function canListen(port) {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
