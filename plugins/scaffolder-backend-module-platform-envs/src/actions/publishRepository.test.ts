import { Sandbox, startSandbox } from '@fairway/sandbox';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  runAction,
  SandboxPlatform,
  openSandboxPlatform,
} from '../__testUtils__/sandboxPlatform';
import { createPublishRepositoryAction } from './publishRepository';

const SYSTEM = 'system:default/sample-platform-ai';

jest.setTimeout(60_000);

describe('fairway:repository:publish', () => {
  let platform: SandboxPlatform<Sandbox>;
  let action: ReturnType<typeof createPublishRepositoryAction>;
  let workspacePath: string;

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github'] }),
    );
    action = createPublishRepositoryAction({
      ...platform,
      pushTimeoutMs: 3_000,
    });
  });
  afterAll(() => platform.stop());

  beforeEach(async () => {
    workspacePath = await mkdtemp(join(tmpdir(), 'fairway-workspace-'));
    await mkdir(join(workspacePath, 'source/.github'), { recursive: true });
    await writeFile(join(workspacePath, 'source/README.md'), '# Greeter\n');
    await writeFile(join(workspacePath, 'source/.github/CODEOWNERS'), '* @x\n');
  });
  afterEach(() => rm(workspacePath, { recursive: true, force: true }));

  const slug = (component: string) => `sample-platform-ai/${component}`;
  const run = (component: string, options = {}) =>
    runAction(action, {
      workspacePath,
      temporaryPath: workspacePath,
      input: {
        system: SYSTEM,
        component,
        description: 'Greets',
        sourcePath: './source',
        topics: ['go', 'service'],
      },
      ...options,
    });
  const log = (component: string) =>
    platform.world.git.log(slug(component), 'main');
  /** What git itself says of the repository. */
  const git = async (component: string, ...args: string[]) =>
    (await platform.world.git.run(slug(component), args)).toString();
  async function write(files: Record<string, string>) {
    for (const [path, content] of Object.entries(files)) {
      const file = join(workspacePath, 'source', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }

  it('creates the repository and pushes the workspace as one commit', async () => {
    const { output } = await run('greeter', { taskId: 'task-7' });
    const commits = await log('greeter');
    expect(commits).toHaveLength(1);
    expect(commits[0].sha).toBe(output.commitHash);
    expect(commits[0].message).toContain('Fairway-Task: task-7');
    expect(
      (await platform.world.git.listFiles(slug('greeter'), 'main')).sort(),
    ).toEqual(['.github/CODEOWNERS', 'README.md']);
    expect(output).toMatchObject({
      remoteUrl: `${platform.urls.github}/${slug('greeter')}`,
      repoContentsUrl: `${platform.urls.github}/${slug('greeter')}/blob/main`,
    });
  });

  it('pushes the tree that git itself would make of the workspace', async () => {
    await write({
      'a-b': 'sorts before the folder',
      'a/b.txt': 'x'.repeat(100_000),
      'a/c/d/e': '',
      'a.b': 'sorts before it too',
      a0: 'sorts after it',
      'é.txt': 'name in UTF-8',
      'lines.txt': 'of\r\nWindows\r\n',
      'copy.md': '# Greeter\n',
      run: '#!/bin/sh\n',
    });
    await chmod(join(workspacePath, 'source/run'), 0o755);
    await mkdir(join(workspacePath, 'source/empty'));
    await run('sorted');
    await git('sorted', 'fsck', '--strict', '--full');
    const pushed = await git('sorted', 'rev-parse', 'main^{tree}');
    const workTree = ['--work-tree', join(workspacePath, 'source')];
    await git('sorted', ...workTree, 'add', '--all');
    expect(pushed).toBe(await git('sorted', 'write-tree'));
    expect(await git('sorted', 'ls-tree', 'main', 'run')).toMatch(/^100755 /);
  });

  it('leaves out what the workspace itself ignores', async () => {
    await write({
      '.gitignore': '*.log\n/bin/\n!keep.log\n',
      'a.log': '',
      'keep.log': '',
      'bin/tool': '',
      'src/bin/main': '',
      'src/.gitignore': '!*.log\nout\n',
      'src/b.log': '',
      'src/out': '',
      '.git/config': '',
      'src/.git/config': '',
    });
    await run('choosy');
    const files = await platform.world.git.listFiles(slug('choosy'), 'main');
    expect(files.sort()).toEqual([
      '.github/CODEOWNERS',
      '.gitignore',
      'README.md',
      'keep.log',
      'src/.gitignore',
      'src/b.log',
      'src/bin/main',
    ]);
  });

  it('names the person and the task in the commit', async () => {
    const { output } = await runAction(action, {
      workspacePath,
      input: { system: SYSTEM, component: 'personal', sourcePath: './source' },
      taskId: 'task-8',
      displayName: 'A <Person>\nauthor B',
    });
    await git('personal', 'fsck', '--strict', '--full');
    expect(
      await git('personal', 'log', '--format=%H|%an|%ae|%cn|%ai|%B'),
    ).toMatch(
      new RegExp(
        [
          `^${output.commitHash}`,
          'A Personauthor B',
          'fairway@localhost',
          'A Personauthor B',
          '[-0-9]+ [:0-9]+ \\+0000',
          'Create personal\n\nFairway-Task: task-8\nRequested-By: user:default/sample-platform-developer\n\n$',
        ].join('\\|'),
      ),
    );
  });

  it('asks nothing twice of a repository that it has just made', async () => {
    platform.world.counters.reset();
    await run('frugal');
    const { routes } = platform.world.counters.read().github;
    expect(
      Object.fromEntries(
        Object.entries(routes).map(([route, { calls }]) => [route, calls]),
      ),
    ).toEqual({
      'GET /api/v3/repos/:owner/:repo': 1,
      'POST /api/v3/orgs/:org/repos': 1,
      'PUT /api/v3/repos/:owner/:repo/topics': 1,
      'GET /:owner/:repo/info/refs': 1,
      'POST /:owner/:repo/git-receive-pack': 1,
    });
  });

  it('F34 pushes again when the connection broke', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: `/${slug('unsteady')}.git`,
      kind: 'drop',
      count: 1,
    });
    const { log: lines } = await run('unsteady');
    expect(lines.join('\n')).toContain('The push failed');
    expect(await log('unsteady')).toHaveLength(1);
  });

  it('F38 finds its push done when the answer to it got lost', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: `/${slug('unanswered')}.git/git-receive-pack`,
      kind: 'truncate',
      count: 1,
    });
    const { output, log: lines } = await run('unanswered');
    expect(lines.join('\n')).toContain('The push failed');
    const commits = await log('unanswered');
    expect(commits.map(({ sha }) => sha)).toEqual([output.commitHash]);
  });

  it('F34 forces nothing where somebody was quicker', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: `/${slug('contested')}.git/info/refs`,
      kind: 'drop',
      count: 1,
    });
    const refused = run('contested').catch(error => error);
    while (!platform.world.git.has(slug('contested'))) await sleep(10);
    await platform.world.git.commit(slug('contested'), {
      branch: 'main',
      message: 'Be quicker',
      author: { name: 'B', email: 'b@example.com' },
      files: [{ path: 'theirs.txt', content: 'theirs\n' }],
    });
    expect((await refused).message).toMatch(/not a simple fast-forward/);
    expect(
      (await log('contested')).map(({ message }) => message.trim()),
    ).toEqual(['Be quicker']);
  });

  it('F34 does not try again what the server refuses', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: `/${slug('forbidden')}.git/info/refs`,
      kind: 'status',
      status: 403,
    });
    platform.world.counters.reset();
    await expect(run('forbidden')).rejects.toThrow('403');
    platform.world.faults.remove();
    expect(
      platform.world.counters.read().github.routes[
        'GET /:owner/:repo/info/refs'
      ].calls,
    ).toBe(1);
  });

  it('F34 ends a push when the run is cancelled', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: `/${slug('cancelled')}.git/git-receive-pack`,
      kind: 'stall',
    });
    const controller = new AbortController();
    const cancelled = run('cancelled', { signal: controller.signal }).catch(
      error => error,
    );
    const pushes = () =>
      platform.world.counters.read().github.routes[
        'POST /:owner/:repo/git-receive-pack'
      ]?.calls ?? 0;
    const before = pushes();
    while (pushes() === before) await sleep(10);
    controller.abort(new Error('enough'));
    expect((await cancelled).message).toBe('enough');
    platform.world.faults.remove();
  });

  it('F34 leaves what this task has pushed as it is when run again', async () => {
    const first = await run('again');
    const second = await run('again');
    expect(second.output).toEqual(first.output);
    expect(await log('again')).toHaveLength(1);
  });

  it.each([
    ['refused', { kind: 'status', status: 500 }],
    ['dropped', { kind: 'drop' }],
    ['stalled', { kind: 'stall' }],
  ] as const)(
    'F34 finishes a repository whose first push was %s',
    async (how, fault) => {
      const name = `halfway-${how}`;
      platform.world.faults.add({
        upstream: 'github',
        path: `/${slug(name)}.git`,
        ...fault,
      });
      await expect(run(name)).rejects.toThrow();
      platform.world.faults.remove();
      expect(platform.world.git.has(slug(name))).toBe(true);

      await run(name);
      expect(await log(name)).toHaveLength(1);
    },
  );

  it('F37 waits when GitHub asks to slow down, says so, and goes on', async () => {
    platform.world.counters.reset();
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/orgs/sample-platform-ai/repos',
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '1' },
      message: 'You have exceeded a secondary rate limit.',
      count: 1,
    });
    const { log: lines } = await run('limited');
    expect(lines.join('\n')).toMatch(
      /secondary rate limit is reached \(POST [^)]+\); waiting 1 s as it asks/,
    );
    expect(await log('limited')).toHaveLength(1);
    // once in vain, once for good: no burst
    expect(
      platform.world.counters.read().github.routes[
        'POST /api/v3/orgs/:org/repos'
      ].calls,
    ).toBe(2);
  });

  it('F37 gives up where it would wait for long, and says for how long', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/orgs/sample-platform-ai/repos',
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '3600' },
      message: 'You have exceeded a secondary rate limit.',
    });
    const refused = await run('patient').catch(error => error);
    platform.world.faults.remove();
    expect(refused.name).toBe('ServiceUnavailableError');
    expect(refused.message).toMatch(
      /^GitHub asks the portal to slow down, for 3600 s \(You have exceeded a secondary rate limit.*\): run the task again after that$/,
    );
    expect(platform.world.git.has(slug('patient'))).toBe(false);
  });

  it.each([
    ['502', { kind: 'status', status: 502 }],
    ['reset', { kind: 'drop' }],
  ] as const)(
    'F38 repeats a look that was answered by %s, and makes one repository',
    async (how, fault) => {
      const name = `flaky-${how}`;
      platform.world.faults.add({
        upstream: 'github',
        path: `/api/v3/repos/${slug(name)}`,
        count: 2,
        ...fault,
      });
      await run(name);
      expect(await log(name)).toHaveLength(1);
    },
  );

  it('F38 takes the repository for its own when the answer to its creation got lost', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/orgs/sample-platform-ai/repos',
      kind: 'truncate',
      count: 1,
    });
    await run('unheard', { taskId: 'task-9' });
    const commits = await log('unheard');
    expect(commits).toHaveLength(1);
    expect(commits[0].message).toContain('Fairway-Task: task-9');
  });

  it('F33 refuses a repository that another task created, and touches nothing', async () => {
    await run('taken', { taskId: 'task-1' });
    const before = await log('taken');
    await expect(run('taken', { taskId: 'task-2' })).rejects.toThrow(
      'The repository sample-platform-ai/taken exists and was not created by this task',
    );
    expect(await log('taken')).toEqual(before);
  });

  it('F33 refuses a repository that people made', async () => {
    await expect(run('sample-platform-ai')).rejects.toThrow(
      /was not created by this task/,
    );
  });

  it('F31 refuses a workspace with a symbolic link', async () => {
    await symlink('/etc/passwd', join(workspacePath, 'source/passwd'));
    await expect(run('linked')).rejects.toThrow(
      'passwd is a symbolic link; a new repository may not contain any',
    );
    expect(platform.world.git.has(slug('linked'))).toBe(false);
  });

  it('F27 stays inside the workspace', async () => {
    await runAction(action, {
      workspacePath,
      input: { system: SYSTEM, component: 'outside', sourcePath: '../..' },
    });
    expect(
      (await platform.world.git.listFiles(slug('outside'), 'main')).sort(),
    ).toEqual(['source/.github/CODEOWNERS', 'source/README.md']);
  });

  it('creates nothing in a dry run', async () => {
    const { log: lines } = await run('dry', { isDryRun: true });
    expect(lines).toContain('Would create sample-platform-ai/dry');
    expect(platform.world.git.has(slug('dry'))).toBe(false);
  });

  it('F78 does not log the token, nor write it into a file', async () => {
    const token = 'sandbox-github-token';
    const { log: lines } = await run('quiet');
    expect(lines.join('\n')).not.toContain(token);
    const found = await readdir(workspacePath, {
      recursive: true,
      withFileTypes: true,
    });
    const files = found.filter(entry => entry.isFile());
    // git's own are among them
    expect(files.map(({ name }) => name)).toContain('HEAD');
    for (const { parentPath, name } of files) {
      const content = await readFile(join(parentPath, name), 'latin1');
      expect(content).not.toContain(token);
      expect(content).not.toMatch(/authorization|x-access-token/i);
    }
  });
});
