import { Sandbox, startSandbox } from '@fairway/sandbox';
import {
  runAction,
  SandboxPlatform,
  openSandboxPlatform,
} from '../__testUtils__/sandboxPlatform';
import { createAddOverlaysAction } from './addOverlays';

const REPOSITORY = 'sample-platform-ai/sample-platform-ai';
const SYSTEM = 'system:default/sample-platform-ai';
const person = { name: 'Somebody', email: 'somebody@example.com' };

// GitHub asks for a second between writes, and Octokit keeps to it.
jest.setTimeout(60_000);

describe('fairway:gitops:overlays', () => {
  let platform: SandboxPlatform<Sandbox>;
  let action: ReturnType<typeof createAddOverlaysAction>;

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github'] }),
    );
    action = createAddOverlaysAction(platform);
  });
  afterAll(() => platform.stop());
  afterEach(() => platform.world.faults.remove());

  const head = () => platform.world.git.resolve(REPOSITORY, 'main');
  const run = (component: string, options = {}) =>
    runAction(action, { input: { system: SYSTEM, component }, ...options });

  it('proposes the same files where asked for, and commits nothing', async () => {
    const before = await head();
    const input = {
      system: SYSTEM,
      component: 'proposed',
      asPullRequest: true,
    };
    const { output: plan } = await run('proposed', { input, isDryRun: true });
    expect(plan.planned[0]).toMatchObject({
      kind: 'pullRequest',
      name: 'Add proposed to dev, uat, prod',
    });
    const first = await run('proposed', { input });
    const second = await run('proposed', { input });
    expect(await head()).toBe(before);
    expect(first.output.commitSha).toBeUndefined();
    expect(first.output.pullRequestUrl).toMatch(/\/pull\/\d+$/);
    expect(second.output.pullRequestUrl).toBe(first.output.pullRequestUrl);
    expect(
      await platform.world.git.listFiles(REPOSITORY, 'fairway/add-proposed'),
    ).toContain('gitops/overlays/prod/proposed/kustomization.yaml');
  });

  it('adds every environment in one commit that says who and why', async () => {
    const before = await head();
    const { output, log } = await run('greeter', { taskId: 'task-7' });

    const [commit] = await platform.world.git.log(REPOSITORY, 'main', {
      limit: 1,
    });
    expect(commit.parents).toEqual([before]);
    expect(commit.sha).toBe(output.commitSha);
    expect(commit.message).toContain('Add greeter to dev, uat, prod');
    expect(commit.message).toContain('Fairway-Component: greeter');
    expect(commit.message).toContain('Fairway-Task: task-7');
    expect(commit.message).toContain(
      'Requested-By: user:default/sample-platform-developer',
    );
    for (const environment of ['dev', 'uat', 'prod']) {
      await expect(
        platform.world.git.readFile(
          REPOSITORY,
          'main',
          `gitops/overlays/${environment}/greeter/kustomization.yaml`,
        ),
      ).resolves.toContain('newTag: unreleased');
      await expect(
        platform.world.git.readFile(
          REPOSITORY,
          'main',
          `gitops/apps/${environment}/greeter.yaml`,
        ),
      ).resolves.toContain(
        `repoURL: ${platform.urls.github}/${REPOSITORY}.git`,
      );
    }
    expect(output).toMatchObject({
      repository: REPOSITORY,
      environments: ['dev', 'uat', 'prod'],
      commitUrl: `${platform.urls.github}/${REPOSITORY}/commit/${commit.sha}`,
    });
    expect(log).toContain('Added gitops/apps/prod/greeter.yaml');
  });

  it('F34 does nothing when it is run again, by whatever task', async () => {
    await run('again', { taskId: 'task-1' });
    const after = await head();
    const { output, log } = await run('again', { taskId: 'task-2' });
    expect(await head()).toBe(after);
    expect(output.commitSha).toBeUndefined();
    expect(log.join('\n')).toMatch(/files of again are in .* already/);
  });

  it('keeps what people changed since, and adds only what is missing', async () => {
    await run('partial');
    const path = 'gitops/overlays/dev/partial/kustomization.yaml';
    const changed = (await platform.world.git.readFile(
      REPOSITORY,
      'main',
      path,
    ))!.replace('unreleased', `0.1.1@sha256:${'a'.repeat(64)}`);
    await platform.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Deliver partial',
      author: person,
      files: [
        { path, content: changed },
        { path: 'gitops/apps/prod/partial.yaml', content: undefined },
      ],
    });

    const { log } = await run('partial');

    expect(log).toContain('Added gitops/apps/prod/partial.yaml');
    await expect(
      platform.world.git.readFile(REPOSITORY, 'main', path),
    ).resolves.toBe(changed);
  });

  it('refuses a file that is somebody else’s, naming it, and writes nothing', async () => {
    await platform.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Mine',
      author: person,
      files: [
        { path: 'gitops/base/foreign/kustomization.yaml', content: '{}\n' },
      ],
    });
    const before = await head();
    await expect(run('foreign')).rejects.toThrow(
      'gitops/base/foreign/kustomization.yaml exists in sample-platform-ai/sample-platform-ai',
    );
    expect(await head()).toBe(before);
  });

  it('refuses the name of a component of the seed', async () => {
    const before = await head();
    await expect(run('sample-backend')).rejects.toThrow(/somebody else's/);
    expect(await head()).toBe(before);
  });

  it('F19 lands beside others that write to the same branch', async () => {
    const names = ['race-a', 'race-b'];
    await Promise.all(names.map(name => run(name)));
    for (const name of names) {
      await expect(
        platform.world.git.readFile(
          REPOSITORY,
          'main',
          `gitops/base/${name}/deployment.yaml`,
        ),
      ).resolves.toContain(`name: ${name}`);
    }
  });

  it('says what it would add in a dry run, and adds nothing', async () => {
    const before = await head();
    const { log } = await run('dry', { isDryRun: true });
    expect(await head()).toBe(before);
    expect(log.join('\n')).toContain(
      'Would add gitops/overlays/prod/dry/hpa.yaml',
    );
  });

  it('F38 repeats a call that the host failed, and commits once', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/repos',
      kind: 'status',
      status: 502,
      count: 2,
    });
    const { output } = await run('flaky');
    const commits = await platform.world.git.log(REPOSITORY, 'main', {
      path: 'gitops/base/flaky',
    });
    expect(commits.map(commit => commit.sha)).toEqual([output.commitSha]);
  });

  it('F37 waits when the host says so, and says that it does', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: '/api/v3/repos',
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '1' },
      message: 'You have exceeded a secondary rate limit.',
      count: 1,
    });
    const { log } = await run('limited');
    expect(log.join('\n')).toMatch(
      /secondary rate limit is reached .*waiting 1 s/,
    );
  });

  it('writes the files of an ECS platform', async () => {
    const { output } = await runAction(action, {
      input: { system: 'system:default/mobilytics', component: 'greeter' },
    });
    expect(output.environments).toEqual([
      'sandbox',
      'dogfood',
      'dev',
      'staging',
      'prod',
    ]);
    await expect(
      platform.world.git.readFile(
        'mobilytics/mobilytics-infra',
        'main',
        'deploy/prod/greeter.tfvars.json',
      ),
    ).resolves.toContain('"image_tag": "unreleased"');
  });

  it('F27 refuses a name that is a path before anything is read', async () => {
    await expect(run('../../x')).rejects.toThrow(
      /cannot be the name of a component/,
    );
  });
});
