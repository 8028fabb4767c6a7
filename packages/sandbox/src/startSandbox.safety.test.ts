import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { startTestSandbox } from './__testUtils__/startTestSandbox';

const ROOT = resolve(__dirname, '../../..');

describe('who may reach the sandbox', () => {
  it('refuses hosts that are not loopback, on every server', async () => {
    const sandbox = await startTestSandbox({ only: undefined });
    try {
      expect(Object.values(sandbox.urls).filter(Boolean)).toHaveLength(7);
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
      // Nor is anybody listening at the addresses that other machines can reach.
      const others = Object.values(networkInterfaces())
        .flatMap(addresses => addresses ?? [])
        .filter(({ internal, family }) => !internal && family === 'IPv4');
      if (others.length === 0) {
        console.warn(
          'this machine has no address but loopback: that the sandbox is out of reach there was not proved',
        );
      }
      for (const { address } of others) {
        for (const url of Object.values(sandbox.urls)) {
          await expect(
            ask(`http://${address}:${new URL(url).port}`, {}),
          ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
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
