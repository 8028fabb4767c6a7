import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Bare repositories behind git's own HTTP server, and ways to make it misbehave. */
export interface GitServer {
  host: string;
  url: string;
  /** `Authorization` headers that were sent, newest last. */
  authorizations: string[];
  /** While true, requests are accepted and never answered. */
  hang: boolean;
  git(repository: string, ...args: string[]): string;
  create(repository: string): void;
  /** A commit on a branch, as somebody else would push it. */
  push(
    repository: string,
    branch: string,
    files: Record<string, string>,
    options?: { rewrite?: boolean; message?: string },
  ): string;
  /** Installs a `pre-receive` hook that refuses every push. */
  protect(repository: string, message: string): void;
  close(): Promise<void>;
}

export async function serveGit(token: string): Promise<GitServer> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'git-server-'));
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Somebody',
    GIT_AUTHOR_EMAIL: 'somebody@example.com',
    GIT_COMMITTER_NAME: 'Somebody',
    GIT_COMMITTER_EMAIL: 'somebody@example.com',
  };
  const git = (cwd: string, args: string[], input?: string, more = {}) =>
    execFileSync('git', args, {
      cwd,
      input,
      env: { ...env, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .toString()
      .trim();
  const folder = (repository: string) => path.join(root, `${repository}.git`);

  const seen = { authorizations: [] as string[], hang: false };
  const server = http.createServer((req, res) => {
    seen.authorizations.push(req.headers.authorization ?? '');
    if (seen.hang) return;
    const expected = Buffer.from(`x-access-token:${token}`).toString('base64');
    if (req.headers.authorization !== `Basic ${expected}`) {
      res.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(req.url!, 'http://localhost');
    const cgi = spawn('git', ['http-backend'], {
      env: {
        ...env,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: req.method,
        CONTENT_TYPE: req.headers['content-type'] ?? '',
        REMOTE_USER: 'portal',
        ...(req.headers['content-encoding'] && {
          HTTP_CONTENT_ENCODING: String(req.headers['content-encoding']),
        }),
        ...(req.headers['git-protocol'] && {
          GIT_PROTOCOL: String(req.headers['git-protocol']),
        }),
      },
    });
    req.pipe(cgi.stdin);
    const chunks: Buffer[] = [];
    cgi.stdout.on('data', chunk => chunks.push(chunk));
    cgi.on('close', () => {
      const all = Buffer.concat(chunks);
      const end = all.indexOf('\r\n\r\n');
      const headers = all
        .toString('utf8', 0, end)
        .split('\r\n')
        .map(line => line.split(/: (.*)/s));
      const status = headers.find(([key]) => key === 'Status')?.[1];
      res.statusCode = status ? Number(status.split(' ')[0]) : 200;
      for (const [key, value] of headers) {
        if (key && key !== 'Status') res.setHeader(key, value);
      }
      res.end(all.subarray(end + 4));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;

  return {
    host,
    url: `http://${host}`,
    authorizations: seen.authorizations,
    get hang() {
      return seen.hang;
    },
    set hang(value) {
      seen.hang = value;
    },
    git: (repository, ...args) => git(folder(repository), args),
    create(repository) {
      mkdirSync(folder(repository), { recursive: true });
      git(folder(repository), ['init', '-q', '--bare', '-b', 'main']);
      git(folder(repository), ['config', 'http.receivepack', 'true']);
    },
    push(repository, branch, files, options = {}) {
      const cwd = folder(repository);
      const index = { GIT_INDEX_FILE: path.join(root, 'index') };
      rmSync(index.GIT_INDEX_FILE, { force: true });
      let parent = '';
      try {
        parent = git(cwd, [
          'rev-parse',
          '--verify',
          '-q',
          `refs/heads/${branch}`,
        ]);
      } catch {
        // the first commit
      }
      if (parent && !options.rewrite)
        git(cwd, ['read-tree', parent], '', index);
      for (const [name, content] of Object.entries(files)) {
        const sha = git(cwd, ['hash-object', '-w', '--stdin'], content);
        git(
          cwd,
          ['update-index', '--add', '--cacheinfo', `100644,${sha},${name}`],
          '',
          index,
        );
      }
      const tree = git(cwd, ['write-tree'], '', index);
      const parents = parent && !options.rewrite ? ['-p', parent] : [];
      const sha = git(
        cwd,
        ['commit-tree', tree, ...parents, '-F', '-'],
        options.message ?? 'Change by hand',
      );
      git(cwd, ['update-ref', `refs/heads/${branch}`, sha]);
      return sha;
    },
    protect(repository, message) {
      const hook = path.join(folder(repository), 'hooks', 'pre-receive');
      mkdirSync(path.dirname(hook), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\necho "${message}" >&2\nexit 1\n`);
      chmodSync(hook, 0o755);
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      rmSync(root, { recursive: true, force: true });
    },
  };
}
