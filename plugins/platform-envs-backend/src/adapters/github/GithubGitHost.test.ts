import { ConfigReader } from '@backstage/config';
import { BranchMovedError } from '@fairway/plugin-platform-envs-node';
import { FakeGitHost } from '@fairway/plugin-platform-envs-node/testUtils';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describeGitHost } from '../__testUtils__/gitHostContract';
import { GitServer, serveGit } from './__testUtils__/serveGit';
import { GithubGitHost } from './GithubGitHost';

jest.setTimeout(60_000);

const TOKEN = 'canary-5f3c1a';
const REPOSITORY = 'sample/gitops';
const servers: GitServer[] = [];
const folders: string[] = [];

async function startServer() {
  const server = await serveGit(TOKEN);
  servers.push(server);
  server.create(REPOSITORY);
  return server;
}

function connect(server: GitServer, timeoutMs?: number, token = TOKEN) {
  const workingDirectory = mkdtempSync(path.join(os.tmpdir(), 'git-host-'));
  folders.push(workingDirectory);
  return new GithubGitHost({
    host: server.host,
    baseUrl: server.url,
    credentials: { getCredentials: async () => ({ token, type: 'token' }) },
    workingDirectory,
    timeoutMs,
  });
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()));
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

describeGitHost('FakeGitHost', async () => {
  const gitHost = new FakeGitHost();
  return {
    gitHost,
    repository: REPOSITORY,
    push: async (files, message) =>
      gitHost.push(REPOSITORY, 'main', files, message),
    rewrite: async files => gitHost.rewrite(REPOSITORY, 'main', files),
    tag: async (name, sha) => gitHost.tag(REPOSITORY, name, sha),
  };
});

describeGitHost('GithubGitHost', async () => {
  const server = await startServer();
  return {
    gitHost: connect(server),
    repository: REPOSITORY,
    push: async (files, message) =>
      server.push(REPOSITORY, 'main', files, { message }),
    rewrite: async files =>
      server.push(REPOSITORY, 'main', files, { rewrite: true }),
    tag: async (name, sha) => {
      server.git(REPOSITORY, 'tag', name, sha);
    },
  };
});

describe('GithubGitHost', () => {
  const commit = (host: GithubGitHost, base: string, name = 'a.yaml') =>
    host.commitChange({
      repository: REPOSITORY,
      branch: 'main',
      base,
      files: [{ path: name, content: `changed: ${base}\n` }],
      subject: 'Change',
      trailers: [],
      author: { name: 'Fairway', email: 'fairway@example.com' },
    });

  it('F19 loses no commit when fifty writers push at once', async () => {
    const server = await startServer();
    const names = Array.from({ length: 50 }, (_, i) => `file-${i}.yaml`);
    server.push(
      REPOSITORY,
      'main',
      Object.fromEntries(names.map(name => [name, 'x: 1\n'])),
    );
    const hosts = [connect(server), connect(server)];
    const write = async (name: string, index: number) => {
      const host = hosts[index % 2];
      for (;;) {
        try {
          return await commit(host, await host.head(REPOSITORY, 'main'), name);
        } catch (error) {
          if (!(error instanceof BranchMovedError)) throw error;
          await new Promise(r => setTimeout(r, Math.random() * 50));
        }
      }
    };
    const written: Array<{ sha: string }> = [];
    // Each host writes one after the other; the two hosts race.
    await Promise.all(
      [0, 1].map(async half => {
        for (let i = half; i < names.length; i += 2) {
          written.push(await write(names[i], i));
        }
      }),
    );
    expect(new Set(written.map(w => w.sha)).size).toBe(50);
    expect(server.git(REPOSITORY, 'rev-list', '--count', 'main')).toBe('51');
    expect(
      server.git(REPOSITORY, 'rev-list', '--merges', '--count', 'main'),
    ).toBe('0');
    // hundreds of processes of git, however slow the machine
  }, 300_000);

  it('F20 gives up on a host that hangs, and kills its children', async () => {
    const server = await startServer();
    server.push(REPOSITORY, 'main', { 'a.yaml': 'a: 1\n' });
    const host = connect(server, 700);
    server.hang = true;
    const before = Date.now();
    await expect(host.head(REPOSITORY, 'main')).rejects.toThrow(
      expect.objectContaining({
        name: 'ServiceUnavailableError',
        message: expect.stringContaining('did not answer in time'),
      }),
    );
    expect(Date.now() - before).toBeLessThan(5000);
    server.hang = false;
    await expect(host.head(REPOSITORY, 'main')).resolves.toMatch(/^[0-9a-f]+$/);
  });

  it('F22 says what to do about a protected branch', async () => {
    const server = await startServer();
    const base = server.push(REPOSITORY, 'main', { 'a.yaml': 'a: 1\n' });
    server.protect(REPOSITORY, 'GH006: Protected branch update failed');
    await expect(commit(connect(server), base)).rejects.toThrow(
      expect.objectContaining({
        name: 'NotAllowedError',
        message: expect.stringMatching(/GH006.*bypass the rule/),
      }),
    );
    expect(server.git(REPOSITORY, 'rev-parse', 'main')).toBe(base);
  });

  it('F78 sends the token to the host and shows it to nobody', async () => {
    const server = await startServer();
    const base = server.push(REPOSITORY, 'main', { 'a.yaml': 'a: 1\n' });
    const host = connect(server);
    await commit(host, base);
    expect(server.authorizations.filter(Boolean).length).toBeGreaterThan(0);

    server.protect(REPOSITORY, 'no');
    const other = connect(server, undefined, 'wrong-canary');
    const errors = await Promise.all([
      host
        .head(REPOSITORY, 'main')
        .then(head => commit(host, head))
        .catch(e => e),
      other.head(REPOSITORY, 'main').catch(e => e),
    ]);
    const encoded = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      const all = `${error.stack} ${JSON.stringify(error)} ${
        error.cause?.stack
      }`;
      for (const secret of [TOKEN, encoded, 'wrong-canary']) {
        expect(all).not.toContain(secret);
      }
    }
    const { execFileSync } = jest.requireActual('node:child_process');
    for (const folder of folders) {
      const found = execFileSync('sh', [
        '-c',
        `grep -rl -e "${TOKEN}" -e "${encoded}" "${folder}" || true`,
      ]).toString();
      expect(found).toBe('');
    }
  });

  it('says when the host refuses the credentials', async () => {
    const server = await startServer();
    await expect(
      connect(server, undefined, 'wrong').head(REPOSITORY, 'main'),
    ).rejects.toThrow(/refuses our credentials/);
  });

  it('F16 starts afresh when a mirror was left broken', async () => {
    const server = await startServer();
    server.push(REPOSITORY, 'main', { 'a.yaml': 'a: 1\n' });
    const host = connect(server);
    await host.head(REPOSITORY, 'main');
    const [mirror] = readdirSync(folders[0]);
    rmSync(path.join(folders[0], mirror, 'HEAD'));
    const sha = server.push(REPOSITORY, 'main', { 'a.yaml': 'a: 2\n' });
    await host.head(REPOSITORY, 'main').catch(() => {});
    expect(await host.head(REPOSITORY, 'main')).toBe(sha);
  });

  it.each([
    'nobody',
    '../etc/passwd',
    'a/..',
    '-o/x',
    'a/b/c',
    'a b/c',
    'a/b\0',
  ])('refuses the repository %p', async name => {
    const host = connect(await startServer());
    await expect(host.head(name, 'main')).rejects.toThrow(
      expect.objectContaining({ name: 'InputError' }),
    );
  });

  it.each(['--upload-pack=x', 'a..b', 'a b', '', 'x:y', 'a.lock', 'refs/../x'])(
    'refuses the branch %p',
    async name => {
      const host = connect(await startServer());
      await expect(host.head(REPOSITORY, name)).rejects.toThrow(
        expect.objectContaining({ name: 'InputError' }),
      );
    },
  );

  it('reads its place from the integrations', () => {
    const config = (host: string) =>
      new ConfigReader({
        integrations: {
          github: [{ host, apiBaseUrl: `http://${host}/api/v3`, token: TOKEN }],
        },
      });
    const host = GithubGitHost.fromConfig(config('localhost:7101'), {
      host: 'localhost:7101',
    });
    expect(host.webUrl('a/b', { commit: 'abc' })).toBe(
      'http://localhost:7101/a/b/commit/abc',
    );
    expect(host.webUrl('a/b', { branch: 'main', path: 'x y/z' })).toBe(
      'http://localhost:7101/a/b/blob/main/x%20y/z',
    );
    expect(() =>
      GithubGitHost.fromConfig(config('a.example'), { host: 'b.example' }),
    ).toThrow(/platformEnvs.gitHost.host is "b.example".*a.example/);
  });
});
