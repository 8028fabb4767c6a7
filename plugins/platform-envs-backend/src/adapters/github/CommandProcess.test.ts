import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, CommandProcess } from './CommandProcess';

const commands = new CommandProcess();

const sh = (script: string, rest: Partial<Command> = {}) =>
  commands.run({
    command: 'sh',
    args: ['-c', script],
    env: { PATH: process.env.PATH ?? '' },
    timeoutMs: 30_000,
    maxOutputBytes: 1_000_000,
    ...rest,
  });

async function isGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

describe('CommandProcess', () => {
  let folder: string;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-commands-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('gives a command its folder, input and environment, and nothing else', async () => {
    process.env.FAIRWAY_TEST_SECRET = 'of the backend';
    const end: any = await sh('pwd; cat; echo "$A-$FAIRWAY_TEST_SECRET"', {
      cwd: folder,
      input: Buffer.from('read\n'),
      env: { PATH: process.env.PATH ?? '', A: 'given' },
    });
    delete process.env.FAIRWAY_TEST_SECRET;
    expect(end.stdout.toString()).toBe(
      `${fs.realpathSync(folder)}\nread\ngiven-\n`,
    );
    expect(end.exitCode).toBe(0);
  });

  it('gives bytes back as they were printed, and the exit code', async () => {
    const end: any = await sh(`printf '\\000\\377'; echo no >&2; exit 3`);
    expect([...end.stdout]).toEqual([0, 255]);
    expect([end.stderr.toString(), end.exitCode]).toEqual(['no\n', 3]);
  });

  it('runs many side by side and mixes none up', async () => {
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    const ends: any[] = await Promise.all(numbers.map(n => sh(`echo ${n}`)));
    expect(ends.map(end => Number(end.stdout))).toEqual(numbers);
  });

  it('kills what takes too long, with its children', async () => {
    const file = path.join(folder, 'pid');
    const end = await sh(`sleep 300 & echo $! > ${file}; wait`, {
      timeoutMs: 500,
    });
    expect(end).toMatchObject({ failed: 'timeout' });
    await isGone(Number(fs.readFileSync(file)));
  });

  it('kills what prints more than it may', async () => {
    const end = await sh('yes', { maxOutputBytes: 10_000 });
    expect(end).toMatchObject({ failed: 'output' });
  });

  it('says why a command cannot be started', async () => {
    const end = await sh('', { command: 'there-is-no-such-program' });
    expect(end).toMatchObject({
      failed: 'start',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('tells who waits that the process has died, and has another for the next', async () => {
    const end = await sh('kill -9 $PPID; sleep 1');
    expect(end).toEqual({ failed: 'lost', message: 'it ended with SIGKILL' });
    expect(await sh('exit 0')).toMatchObject({ exitCode: 0 });
  });
});
