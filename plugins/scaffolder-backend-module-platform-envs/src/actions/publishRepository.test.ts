import { Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('F78 does not log the token', async () => {
    const { log: lines } = await run('quiet');
    expect(lines.join('\n')).not.toContain('sandbox-github-token');
  });
});
