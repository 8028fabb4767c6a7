import { Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openSandboxPlatform,
  runAction,
  SandboxPlatform,
} from '../__testUtils__/sandboxPlatform';
import { createProposeFilesAction } from './proposeFiles';

const SYSTEM = 'system:default/sample-platform-ai';
const REPOSITORY = 'sample-platform-ai';
const SLUG = `sample-platform-ai/${REPOSITORY}`;

jest.setTimeout(60_000);

describe('fairway:repository:propose', () => {
  let platform: SandboxPlatform<Sandbox>;
  let action: ReturnType<typeof createProposeFilesAction>;
  let workspacePath: string;

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github'] }),
    );
    action = createProposeFilesAction(platform);
  });
  afterAll(() => platform.stop());

  beforeEach(async () => {
    workspacePath = await mkdtemp(join(tmpdir(), 'fairway-workspace-'));
    await mkdir(join(workspacePath, 'docs'));
    await writeFile(join(workspacePath, 'catalog-info.yaml'), 'kind: X\n');
    await writeFile(join(workspacePath, 'docs/added.md'), '# Added\n');
    await writeFile(join(workspacePath, 'README.md'), '# Not mine\n');
  });
  afterEach(() => rm(workspacePath, { recursive: true, force: true }));

  const run = (component: string, { input = {}, ...options } = {} as any) =>
    runAction(action, {
      workspacePath,
      input: {
        system: SYSTEM,
        component,
        repository: REPOSITORY,
        paths: ['catalog-info.yaml', 'docs/added.md'],
        title: `Describe ${component}`,
        ...input,
      },
      ...options,
    });
  /** Calls that change something on the Git host. */
  const writes = (counts: ReturnType<Sandbox['world']['counters']['read']>) =>
    Object.entries(counts.github?.routes ?? {})
      .filter(([route]) => !/^(GET|HEAD) /.test(route))
      .map(([route, { calls }]) => [route, calls]);
  const filesOf = (ref: string) => platform.world.git.listFiles(SLUG, ref);

  it('opens one pull request with the files that are missing, and leaves main alone', async () => {
    const before = await filesOf('main');
    const { output } = await run('greeter', {
      input: { paths: ['README.md', 'docs/added.md'] },
    });
    expect(before).toContain('README.md');
    expect(output).toMatchObject({
      proposed: ['docs/added.md'],
      kept: ['README.md'],
      defaultBranch: 'main',
    });
    expect(output.pullRequestUrl).toMatch(
      new RegExp(`^${platform.urls.github}/${SLUG}/pull/\\d+$`),
    );
    expect(await filesOf('main')).toEqual(before);
    expect((await filesOf('fairway/register-greeter')).sort()).toEqual(
      [...before, 'docs/added.md'].sort(),
    );
  });

  it('F34 finds its own pull request when it is run again', async () => {
    const first = await run('again');
    const second = await run('again');
    expect(second.output.pullRequestUrl).toBe(first.output.pullRequestUrl);
    const commits = await platform.world.git.log(
      SLUG,
      'fairway/register-again',
      { limit: 10 },
    );
    expect(
      commits.filter(commit => commit.message.startsWith('Describe again')),
    ).toHaveLength(1);
  });

  it('proposes nothing when everything is there', async () => {
    const { output, log } = await run('nothing-new', {
      input: { paths: ['README.md'] },
    });
    expect(output.pullRequestUrl).toBeUndefined();
    expect(output.kept).toEqual(['README.md']);
    expect(log.join('\n')).toContain('nothing to propose');
  });

  it('plans without writing', async () => {
    const before = platform.world.counters.read();
    const { output } = await run('planned', { isDryRun: true });
    expect(
      output.planned.map((thing: any) => [thing.kind, thing.change]),
    ).toEqual([
      ['repository', 'keep'],
      ['pullRequest', 'create'],
      ['file', 'create'],
      ['file', 'create'],
    ]);
    expect(writes(platform.world.counters.read())).toEqual(writes(before));
  });

  it.each([
    ['../other/repo', 'cannot be the name of a repository'],
    ['owner/repo', 'without the organisation'],
    ['..', 'cannot be the name of a repository'],
    ['no-such-repository', 'There is no repository sample-platform-ai/no-such'],
  ])('F27 refuses the repository %p', async (repository, says) => {
    await expect(run('greeter', { input: { repository } })).rejects.toThrow(
      says,
    );
  });

  it('F31 refuses links and paths that lead outside', async () => {
    await symlink('/etc/passwd', join(workspacePath, 'docs/link.md'));
    await expect(
      run('greeter', { input: { paths: ['docs/link.md'] } }),
    ).rejects.toThrow('docs/link.md lies outside');
    await symlink('../README.md', join(workspacePath, 'docs/readme.md'));
    await expect(
      run('greeter', { input: { paths: ['docs/readme.md'] } }),
    ).rejects.toThrow('docs/readme.md is no plain file');
    await expect(
      run('greeter', { input: { paths: ['../x'] } }),
    ).rejects.toThrow('outside');
    await expect(
      run('greeter', { input: { paths: ['missing.md'] } }),
    ).rejects.toThrow('has no file missing.md');
  });
});
