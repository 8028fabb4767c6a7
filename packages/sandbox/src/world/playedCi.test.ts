import { readdirSync } from 'node:fs';
import { Octokit } from '@octokit/rest';
import {
  eventually,
  startTestSandbox,
} from '../__testUtils__/startTestSandbox';
import { Sandbox } from '../startSandbox';
import { GITHUB_TOKEN } from './GithubState';
import { GitFileChange } from './types';

const owner = 'sample-platform-ai';
const gitops = `${owner}/${owner}`;
const registry = { accountId: '111100000000', region: 'ap-southeast-2' };
const image = (name: string) =>
  `${registry.accountId}.dkr.ecr.${registry.region}.amazonaws.com/${name}`;
const author = { name: 'Dev', email: 'sample-platform-developer@example.com' };

describe('played CI', () => {
  let sandbox: Sandbox;
  let octokit: Octokit;
  const overlayPath = (name: string) =>
    `gitops/overlays/dev/${name}/kustomization.yaml`;
  const commit = (
    repository: string,
    message: string,
    files: GitFileChange[],
  ) =>
    sandbox.world.git.commit(repository, {
      branch: 'main',
      message,
      author,
      files,
    });
  const addOverlay = (name: string) =>
    commit(gitops, `Deliver ${name}`, [
      {
        path: overlayPath(name),
        content: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../../base/${name}
images:
  - name: ${name}
    newName: ${image(name)}
    newTag: unreleased
`,
      },
    ]);
  const pushSource = async (name: string, text = 'FROM scratch\n') => {
    if (!sandbox.world.git.has(`${owner}/${name}`)) {
      await octokit.rest.repos.createInOrg({ org: owner, name });
    }
    return commit(`${owner}/${name}`, 'Take orders', [
      { path: 'Dockerfile', content: text },
      { path: '.github/workflows/ci.yml', content: 'name: ci\n' },
    ]);
  };
  const runBegins = (name: string) =>
    eventually(
      async () => sandbox.world.github.repository(`${owner}/${name}`)!.runs[0],
    );
  const finishedRun = (name: string, head_sha: string) =>
    eventually(async () => {
      const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({
        owner,
        repo: name,
        head_sha,
        status: 'completed',
      });
      return data.workflow_runs[0];
    });

  beforeAll(async () => {
    // what comes late in these tests comes in good time on a busy machine too
    sandbox = await startTestSandbox({ speed: 5 });
    octokit = new Octokit({
      baseUrl: `${sandbox.urls.github}/api/v3`,
      auth: GITHUB_TOKEN,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
  });
  afterAll(() => sandbox.close());

  it('builds a push, pushes the image and releases it to dev by one line', async () => {
    sandbox.world.images.repositories.create(registry, 'orders');
    await addOverlay('orders');
    const sha = await pushSource('orders');

    const run = await finishedRun('orders', sha);
    expect(run).toMatchObject({
      name: 'ci',
      conclusion: 'success',
      display_title: 'Take orders',
      actor: { login: 'sample-platform-developer' },
    });
    const pushed = sandbox.world.images.find({
      ...registry,
      repository: 'orders',
      tag: '0.1.0',
    })!;
    const overlay = await sandbox.world.git.readFile(
      gitops,
      'main',
      overlayPath('orders'),
    );
    expect(overlay).toContain(`    newTag: 0.1.0@${pushed.digest}\n`);
    const [last] = await sandbox.world.git.log(gitops, 'main', { limit: 1 });
    expect(last).toMatchObject({
      message: 'Release orders 0.1.0 to dev',
      author: { name: 'fairway-ci' },
    });
    const { data } = await octokit.rest.repos.getCommit({
      owner,
      repo: owner,
      ref: 'main',
    });
    expect(data.stats).toMatchObject({ additions: 1, deletions: 1 });
    expect(
      await sandbox.world.git.resolve(`${owner}/orders`, 'refs/tags/v0.1.0'),
    ).toBe(sha);
  });

  it('counts patches up, also for two pushes at once', async () => {
    const shas = [
      await pushSource('orders', 'FROM scratch\n# 2\n'),
      await pushSource('orders', 'FROM scratch\n# 3\n'),
    ];
    for (const sha of shas) {
      expect((await finishedRun('orders', sha)).conclusion).toBe('success');
    }
    const tags = sandbox.world.git
      .refs(`${owner}/orders`)
      .map(ref => ref.name)
      .filter(name => name.startsWith('refs/tags/'));
    expect(tags).toEqual([
      'refs/tags/v0.1.0',
      'refs/tags/v0.1.1',
      'refs/tags/v0.1.2',
    ]);
  });

  it('waits for overlays that come after the source', async () => {
    sandbox.world.images.repositories.create(registry, 'late');
    const sha = await pushSource('late');
    await runBegins('late');
    // The build is over, and has looked in vain.
    sandbox.world.clock.advance(2_000);
    await addOverlay('late');
    expect((await finishedRun('late', sha)).conclusion).toBe('success');
  });

  it('fails where the ECR repository is missing, and says so on the commit', async () => {
    await addOverlay('unregistered');
    const sha = await pushSource('unregistered');
    const run = await finishedRun('unregistered', sha);
    expect(run.conclusion).toBe('failure');
    const { data } = await octokit.rest.checks.listForRef({
      owner,
      repo: 'unregistered',
      ref: sha,
    });
    expect(data.check_runs).toMatchObject([
      {
        name: 'build',
        conclusion: 'failure',
        output: {
          summary: expect.stringContaining(
            "The repository with name 'unregistered' does not exist",
          ),
        },
      },
    ]);
    const page = await fetch(run.html_url);
    expect(await page.text()).toContain('does not exist in the registry');
  });

  it('fails where no overlay ever comes', async () => {
    const sha = await pushSource('nowhere');
    await runBegins('nowhere');
    sandbox.world.clock.advance(120_000);
    const run = await finishedRun('nowhere', sha);
    expect(run.conclusion).toBe('failure');
  });

  it('leaves repositories without Dockerfile and GitOps repositories alone', async () => {
    await commit(gitops, 'Add a Dockerfile', [
      { path: 'Dockerfile', content: 'FROM scratch\n' },
    ]);
    await commit('cornjacket/platform-docs', 'Word', [
      { path: 'README.md', content: '# Docs\n' },
    ]);
    await new Promise(resolve => setTimeout(resolve, 200));
    for (const name of [gitops, 'cornjacket/platform-docs']) {
      expect(sandbox.world.github.repository(name)!.runs).toEqual([]);
    }
  });

  it('builds the seeded service that has a repository of its own', async () => {
    const name = 'campaign-platform/platform-frontend';
    await commit(name, 'Wider margins', [
      { path: 'src/margin.ts', content: 'export const margin = 8;\n' },
    ]);
    const run = await eventually(() =>
      sandbox.world.github
        .repository(name)!
        .runs.find(({ status }) => status === 'completed'),
    );
    expect(run.log).toContain(
      'Released campaign-frontend 1.5.3 to dev in campaign-platform/platform-infrastructure',
    );
  });

  it('leaves no temporary index behind', () => {
    const left = readdirSync(sandbox.world.dataDir);
    expect(left.filter(name => name.includes('index'))).toEqual([]);
  });

  it('leaves forks alone: their workflows are off', async () => {
    await pushSource('forked');
    const { data: fork } = await octokit.rest.repos.createFork({
      owner,
      repo: 'forked',
    });
    await commit(fork.full_name, 'Change the fork', [
      { path: 'a.txt', content: 'a' },
    ]);
    const runsOf = (name: string) =>
      sandbox.world.github.repository(name)!.runs;
    await pushSource('pushed-later');
    await eventually(() => runsOf(`${owner}/pushed-later`)[0]);
    expect(runsOf(`${owner}/forked`)).toHaveLength(1);
    expect(runsOf(fork.full_name)).toEqual([]);
  });
});
