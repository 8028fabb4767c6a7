import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { GitError, runGit } from '../../world/runGit';
import { GitPush } from '../../world/types';

const REPOSITORY = 'sample-platform-ai/sample-platform-ai';

describe('git over HTTP', () => {
  let sandbox: Sandbox;
  let folder: string;
  let clone: string;
  const remote = (token = GITHUB_TOKEN) => {
    const { host } = new URL(sandbox.urls.github);
    return `http://x-access-token:${token}@${host}/${REPOSITORY}.git`;
  };
  const git = async (...args: string[]) =>
    (
      await runGit(
        ['-c', 'user.name=Test', '-c', 'user.email=t@e.st', ...args],
        {
          cwd: clone,
        },
      )
    )
      .toString()
      .trim();
  const commitFile = async (path: string, content: string) => {
    writeFileSync(join(clone, path), content);
    await git('add', path);
    await git('commit', '-qm', `Change ${path}`);
    return git('rev-parse', 'HEAD');
  };
  const api = (path: string, init: RequestInit = {}) =>
    fetch(`${sandbox.urls.github}/api/v3/repos/${REPOSITORY}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
    });

  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-clone-'));
    clone = folder;
    await git('clone', '-q', remote(), 'work');
    clone = join(folder, 'work');
  });
  afterEach(async () => {
    await api('/branches/main/protection', { method: 'DELETE' });
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => sandbox.close());

  it('clones the seeded history, pushes, and tells of the push once', async () => {
    expect(await git('rev-list', '--count', 'HEAD')).not.toBe('0');
    const pushes: GitPush[] = [];
    sandbox.world.git.events.on('push', push => pushes.push(push));
    const before = await git('rev-parse', 'HEAD');

    const sha = await commitFile('note.txt', 'hello\n');
    await git('push', '-q', 'origin', 'main');

    expect(pushes).toEqual([
      { repository: REPOSITORY, ref: 'refs/heads/main', before, after: sha },
    ]);
    expect(
      await sandbox.world.git.readFile(REPOSITORY, 'main', 'note.txt'),
    ).toBe('hello\n');
  });

  it('fetches what the API committed', async () => {
    const sha = await sandbox.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'From the API',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'a/b.txt', content: 'x' }],
    });
    await git('pull', '-q', '--ff-only');
    expect(await git('rev-parse', 'HEAD')).toBe(sha);
  });

  it('fetches a commit by its SHA without listing refs', async () => {
    const sha = await sandbox.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Told of by a webhook',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'a/c.txt', content: 'y' }],
    });
    const trace = join(folder, 'trace');
    await runGit(
      ['fetch', '-q', '--no-tags', remote(), `+${sha}:refs/heads/told`],
      { cwd: clone, env: { GIT_TRACE_PACKET: trace } },
    );
    const asked = readFileSync(trace, 'utf8').match(/command=[a-z-]+/g);
    expect(new Set(asked)).toEqual(new Set(['command=fetch']));
    expect(await git('rev-parse', 'told')).toBe(sha);
  });

  it('F18 refuses a push that is not a fast forward', async () => {
    await commitFile('mine.txt', 'mine');
    await sandbox.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Theirs',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'theirs.txt', content: 'theirs' }],
    });
    await expect(git('push', 'origin', 'main')).rejects.toThrow(
      /rejected.*fetch first/s,
    );
  });

  it('keeps every commit of 20 writers at once', async () => {
    const shas = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        sandbox.world.git.commit(REPOSITORY, {
          branch: 'main',
          message: `Writer ${index}`,
          author: { name: 'A', email: 'a@example.com' },
          files: [{ path: `writer-${index}.txt`, content: String(index) }],
        }),
      ),
    );
    await git('pull', '-q', '--ff-only');
    const log = await git('log', '--format=%H', '-20');
    expect(new Set(log.split('\n'))).toEqual(new Set(shas));
  });

  it('asks for a token to read and to push, and refuses a wrong one', async () => {
    const anonymous = await fetch(
      `${sandbox.urls.github}/${REPOSITORY}.git/info/refs?service=git-upload-pack`,
    );
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toMatch(/^Basic/);
    await expect(git('ls-remote', remote('wrong'))).rejects.toThrow(GitError);
    const dumb = await fetch(
      `${sandbox.urls.github}/${REPOSITORY}.git/info/refs`,
    );
    expect(dumb.status).toBe(403);
  });

  it('refuses a push to a protected branch, and takes it when the rule is gone', async () => {
    const protect = await api('/branches/main/protection', {
      method: 'PUT',
      body: JSON.stringify({
        required_status_checks: null,
        enforce_admins: true,
        required_pull_request_reviews: { required_approving_review_count: 1 },
        restrictions: null,
      }),
    });
    expect(protect.status).toBe(200);
    await commitFile('direct.txt', 'direct');
    await expect(git('push', 'origin', 'main')).rejects.toThrow(
      /GH006: Protected branch update failed.*pull request/s,
    );
    await git('push', '-q', 'origin', 'main:refs/heads/feature');

    await api('/branches/main/protection', { method: 'DELETE' });
    await git('push', '-q', 'origin', 'main');
    expect(await sandbox.world.git.resolve(REPOSITORY, 'main')).toBe(
      await git('rev-parse', 'HEAD'),
    );
  });

  it('refuses to force or delete a protected branch even for administrators', async () => {
    await api('/branches/main/protection', {
      method: 'PUT',
      body: JSON.stringify({
        required_status_checks: null,
        enforce_admins: false,
        required_pull_request_reviews: null,
        restrictions: null,
      }),
    });
    await commitFile('ok.txt', 'ok');
    await git('push', '-q', 'origin', 'main');
    await git('reset', '-q', '--hard', 'HEAD~2');
    await expect(git('push', '--force', 'origin', 'main')).rejects.toThrow(
      /Cannot force-push/,
    );
    await expect(git('push', 'origin', ':main')).rejects.toThrow(
      /Cannot delete|refusing to delete/,
    );
  });

  it('makes shallow clones and single-branch clones of a push with a large file', async () => {
    await commitFile('large.bin', 'x'.repeat(3_000_000));
    await git('push', '-q', 'origin', 'main:refs/heads/large');
    const target = join(folder, 'shallow');
    await runGit(
      ['clone', '-q', '--depth=1', '--branch=large', remote(), target],
      {},
    );
    const count = await runGit(['rev-list', '--count', 'HEAD'], {
      cwd: target,
    });
    expect(count.toString().trim()).toBe('1');
  });
});
