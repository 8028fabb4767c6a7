import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestSandbox } from '../__testUtils__/startTestSandbox';
import { PLATFORMS } from './platforms';

describe('the data folder', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sandbox-folder-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const start = () => startTestSandbox({ dataDir, only: ['github'] });

  it('belongs to one sandbox at a time', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(
      `another sandbox (process ${process.pid}) has the data folder ${dataDir}; stop it, or name another folder with --data-dir`,
    );
    await first.close();
    await (await start()).close();
  });

  it('is not kept by a process that is gone, though its number was given again', async () => {
    await (await start()).close();
    for (const holder of [
      '{"pid":999999999}',
      `{"pid":${process.pid},"born":"1"}`,
      '{"pi',
    ]) {
      writeFileSync(join(dataDir, 'sandbox.lock'), holder);
      const sandbox = await start();
      const lock = readFileSync(join(dataDir, 'sandbox.lock'), 'utf8');
      expect(JSON.parse(lock)).toMatchObject({ pid: process.pid });
      expect(lock).not.toBe(holder);
      await sandbox.close();
    }
  });

  it('is refused when a newer version wrote it', async () => {
    await (await start()).close();
    const mark = join(dataDir, 'sandbox.json');
    writeFileSync(mark, '{"format":99,"seeded":true}');
    await expect(start()).rejects.toThrow(
      /written by a newer sandbox \(format 99; this one reads up to \d+\).*use that version, or remove the folder/,
    );
    // And is left as it was.
    expect(readFileSync(mark, 'utf8')).toBe('{"format":99,"seeded":true}');
    expect(existsSync(join(dataDir, 'sandbox.lock'))).toBe(false);
  });

  it('is taken up when an older version wrote it, without a mark', async () => {
    const first = await start();
    const sha = await first.world.git.commit('cornjacket/platform-docs', {
      branch: 'main',
      message: 'Kept',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'kept.txt', content: 'kept' }],
    });
    await first.close();
    rmSync(join(dataDir, 'sandbox.json'));
    const second = await start();
    expect(
      await second.world.git.resolve('cornjacket/platform-docs', 'main'),
    ).toBe(sha);
    await second.close();
  });

  it('is refused when it holds something else', async () => {
    mkdirSync(join(dataDir, 'photos'));
    await expect(start()).rejects.toThrow(
      /holds something else than a sandbox \(photos\)/,
    );
    expect(readdirSync(dataDir)).toEqual(['photos']);
  });

  it('begins anew where the seed was cut off', async () => {
    const platforms = PLATFORMS.length;
    await (await start()).close();
    rmSync(join(dataDir, 'git', 'mobilytics'), { recursive: true });
    writeFileSync(join(dataDir, 'sandbox.json'), '{"format":2,"seeded":false}');
    const again = await start();
    expect(again.world.git.list().map(name => name.split('/')[0])).toContain(
      'mobilytics',
    );
    expect(again.world.platforms).toHaveLength(platforms);
    await again.close();
  });

  it('keeps the clock over a restart', async () => {
    const first = await start();
    first.world.clock.advance(86_400_000);
    await first.close();
    const second = await start();
    expect(second.world.clock.now().getTime() - Date.now()).toBeGreaterThan(
      86_000_000,
    );
    await second.close();
  });
});
