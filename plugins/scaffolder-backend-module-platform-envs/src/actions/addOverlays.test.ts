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

  it('writes the chosen environments with all that the form says', async () => {
    const { output } = await run('chosen', {
      input: {
        system: SYSTEM,
        component: 'chosen',
        environments: ['dev', 'prod'],
        sizes: { prod: { size: 'small', replicas: 5 } },
        exposure: 'public',
        ports: { http: 8080, grpc: 9090 },
        secrets: ['API_KEY'],
      },
    });
    expect(output.environments).toEqual(['dev', 'prod']);
    const files = await platform.world.git.listFiles(
      REPOSITORY,
      output.commitSha,
      'gitops',
    );
    expect(files.filter(path => path.includes('/chosen'))).toEqual([
      'gitops/apps/dev/chosen.yaml',
      'gitops/apps/prod/chosen.yaml',
      'gitops/base/chosen/deployment.yaml',
      'gitops/base/chosen/kustomization.yaml',
      'gitops/base/chosen/policies.yaml',
      'gitops/base/chosen/service.yaml',
      'gitops/overlays/dev/chosen/external-secret.yaml',
      'gitops/overlays/dev/chosen/ingress.yaml',
      'gitops/overlays/dev/chosen/kustomization.yaml',
      'gitops/overlays/prod/chosen/external-secret.yaml',
      'gitops/overlays/prod/chosen/hpa.yaml',
      'gitops/overlays/prod/chosen/ingress.yaml',
      'gitops/overlays/prod/chosen/kustomization.yaml',
    ]);
  });

  it('adds an environment later beside those that are there', async () => {
    const input = { system: SYSTEM, component: 'later' };
    await run('later', { input: { ...input, environments: ['dev'] } });
    const { log } = await run('later', { input });
    expect(log).toContain(
      'Added gitops/overlays/prod/later/kustomization.yaml',
    );
    expect(log).not.toContain(
      'Added gitops/overlays/dev/later/kustomization.yaml',
    );
  });

  it('F29 names an environment that does not exist, and writes nothing', async () => {
    const before = await head();
    await expect(
      run('nowhere', {
        input: { system: SYSTEM, component: 'nowhere', environments: ['qa'] },
      }),
    ).rejects.toThrow(
      'environments names "qa", which is no environment of this platform: choose from dev, uat, prod',
    );
    expect(await head()).toBe(before);
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
    await expect(
      platform.world.git.readFile(
        'mobilytics/mobilytics-infra',
        'main',
        'deploy/services/greeter/main.tf',
      ),
    ).resolves.toContain('resource "aws_ecs_service" "this"');
  });

  it('refuses the name of an environment of the platform', async () => {
    await expect(
      runAction(action, {
        input: { system: 'system:default/mobilytics', component: 'dogfood' },
      }),
    ).rejects.toThrow(
      '"dogfood" cannot be the name of a component of system:default/mobilytics: environment:default/mobilytics-dogfood is called so',
    );
  });

  it('F27 refuses a name that is a path before anything is read', async () => {
    await expect(run('../../x')).rejects.toThrow(
      /cannot be the name of a component/,
    );
  });
});
