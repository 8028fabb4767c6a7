import { ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startTestSandbox } from './__testUtils__/startTestSandbox';
import { PLATFORMS } from './world/platforms';

const ROOT = resolve(__dirname, '../../..');

describe('who may reach the sandbox', () => {
  it('refuses hosts that are not loopback, on every server', async () => {
    const sandbox = await startTestSandbox({
      only: ['github', 'argocd', 'kubernetes', 'aws'],
    });
    try {
      const ask = (url: string, headers: Record<string, string>) =>
        new Promise<number>((done, fail) => {
          request(url, { headers }, reply => {
            reply.resume();
            done(reply.statusCode!);
          })
            .on('error', fail)
            .end();
        });
      for (const url of Object.values(sandbox.urls).filter(Boolean)) {
        const { port } = new URL(url);
        for (const host of [
          'evil.example.com',
          `evil.example.com:${port}`,
          'localhost.evil.example.com',
          '127.0.0.1.nip.io',
          '192.168.1.10',
          '[2001:db8::1]',
        ]) {
          expect({ url, host, status: await ask(url, { host }) }).toEqual({
            url,
            host,
            status: 403,
          });
        }
        for (const host of [`localhost:${port}`, '127.0.0.1', '[::1]:80']) {
          expect(await ask(url, { host })).not.toBe(403);
        }
      }
    } finally {
      await sandbox.close();
    }
  });

  it('lets no page of another origin control it', async () => {
    const sandbox = await startTestSandbox({ only: [] });
    const { control } = sandbox.urls;
    const post = async (headers: Record<string, string>) =>
      (
        await fetch(`${control}/clock`, {
          method: 'POST',
          body: '{"advanceSeconds":1}',
          headers,
        })
      ).status;
    try {
      expect(await post({})).toBe(200);
      expect(await post({ origin: control })).toBe(200);
      for (const headers of [
        { origin: 'http://evil.example.com' },
        { origin: 'null' },
        { origin: 'http://localhost:1' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ]) {
        expect({ headers, status: await post(headers as any) }).toEqual({
          headers,
          status: 403,
        });
      }
      const reply = await fetch(`${control}/reset`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://evil.example.com',
          'access-control-request-method': 'POST',
        },
      });
      expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await sandbox.close();
    }
  });

  it('is named by no production configuration and imported by no backend', () => {
    const production = readFileSync(
      join(ROOT, 'app-config.production.yaml'),
      'utf8',
    );
    // What is said in comments starts nothing.
    const settings = production
      .replace(/^\s*#.*$/gm, '')
      .replace(/\s#.*$/gm, '');
    expect(settings).not.toMatch(/sandbox/i);
    expect(settings).not.toMatch(/localhost|127\.0\.0\.1/);
    const importers: string[] = [];
    for (const group of ['packages', 'plugins']) {
      for (const name of readdirSync(join(ROOT, group))) {
        const file = join(ROOT, group, name, 'package.json');
        const isSandbox = group === 'packages' && name === 'sandbox';
        if (!isSandbox && existsSync(file)) {
          const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8'));
          if ('@fairway/sandbox' in dependencies) {
            importers.push(name);
          }
        }
      }
    }
    expect(importers).toEqual([]);
  });
});

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

describe('kill -9', () => {
  it('at any moment leaves a world that starts again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-kill-'));
    const cli = () =>
      spawn(
        process.execPath,
        [
          '--require',
          join(ROOT, 'node_modules/@backstage/cli/config/nodeTransform.cjs'),
          join(ROOT, 'packages/sandbox/src/cli.ts'),
          '--data-dir',
          join(dataDir, 'state'),
          '--port',
          '0',
          '--speed',
          '50',
        ],
        { env: { ...process.env, NODE_ENV: 'development' } },
      );
    /** The URLs, or undefined when it ended before. */
    const ready = (child: ChildProcess) =>
      new Promise<Record<string, string>>((done, fail) => {
        let output = '';
        const read = (data: Buffer) => {
          output += data;
          const line = /^\{"ready".*\}$/m.exec(output);
          if (line) {
            done(JSON.parse(line[0]).urls);
          }
        };
        child.stdout!.on('data', read);
        child.stderr!.on('data', read);
        child.on('exit', () => fail(new Error(output)));
      });
    const kill = async (child: ChildProcess) => {
      const ended = new Promise(done => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    };
    try {
      // In the middle of the seed, earlier and later.
      for (const afterMs of [600, 1200, 1800]) {
        const child = cli();
        ready(child).catch(() => {});
        await new Promise(done => setTimeout(done, afterMs));
        await kill(child);
      }
      // In the middle of writing git, GitHub's state and the scenarios.
      for (let round = 0; round < 3; round += 1) {
        const child = cli();
        const urls = await ready(child);
        const writes = Array.from({ length: 12 }, (_, index) =>
          fetch(
            `${urls.github}/api/v3/repos/cornjacket/platform-docs/contents/${round}-${index}.md`,
            {
              method: 'PUT',
              headers: { authorization: 'Bearer sandbox-github-token' },
              body: JSON.stringify({ message: 'x', content: 'eA==' }),
            },
          ).catch(() => {}),
        );
        fetch(`${urls.control}/scenarios/merge-blocked`, {
          method: 'POST',
        }).catch(() => {});
        await Promise.race(writes);
        await new Promise(done => setTimeout(done, 40 * round));
        await kill(child);
        await Promise.all(writes);
      }
      const child = cli();
      const urls = await ready(child);
      const reply = await fetch(
        `${urls.github}/api/v3/repos/cornjacket/platform-docs/contents/last.md`,
        {
          method: 'PUT',
          headers: { authorization: 'Bearer sandbox-github-token' },
          body: JSON.stringify({ message: 'x', content: 'eA==' }),
        },
      );
      expect(reply.status).toBe(201);
      const applications = await (
        await fetch(`${urls.argocd}/api/v1/applications`, {
          headers: { authorization: 'Bearer sandbox-argocd-token' },
        })
      ).json();
      expect(applications.items.length).toBeGreaterThan(40);
      await kill(child);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});
