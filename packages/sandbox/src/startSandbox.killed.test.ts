import { ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');

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
      for (const afterMs of [700, 1500]) {
        const child = cli();
        ready(child).catch(() => {});
        await new Promise(done => setTimeout(done, afterMs));
        await kill(child);
      }
      // In the middle of writing git, GitHub's state and the scenarios.
      for (let round = 0; round < 2; round += 1) {
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
