import { Octokit } from '@octokit/rest';
import {
  eventually,
  startTestSandbox,
} from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { readGithubDescription } from './__testUtils__/githubDescription';

const FULL_NAME = 'campaign-platform/platform-frontend';
const [owner, repo] = FULL_NAME.split('/');
const repository = { owner, repo };
const description = readGithubDescription();

describe("what webhooks are sent agrees with GitHub's description", () => {
  let sandbox: Sandbox;
  let octokit: Octokit;
  const client = (token: string) =>
    new Octokit({ baseUrl: `${sandbox.urls.github}/api/v3`, auth: token });
  /** Newest payload of an event. */
  const sent = (webhook: string) =>
    sandbox.world.github
      .repositories()
      .flatMap(({ hooks }) => hooks)
      .flatMap(({ deliveries }) => deliveries)
      .find(
        ({ event, action }) =>
          [event, ...(action ? [action] : [])].join('-').replace(/_/g, '-') ===
          webhook,
      )?.request.payload;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    octokit = client(GITHUB_TOKEN);
    // Nobody listens there: what was to be delivered is kept all the same.
    const { data: hook } = await octokit.repos.createWebhook({
      ...repository,
      events: ['*'],
      config: { url: 'http://127.0.0.1:9/' },
    });
    await octokit.repos.pingWebhook({ ...repository, hook_id: hook.id });
    const { data: head } = await octokit.repos.getCommit({
      ...repository,
      ref: 'main',
    });
    const refs = ['feature', 'passing'];
    for (const name of refs) {
      await octokit.git.createRef({
        ...repository,
        ref: `refs/heads/${name}`,
        sha: head.sha,
      });
    }
    await octokit.git.deleteRef({ ...repository, ref: 'heads/passing' });
    for (const branch of ['feature', 'main']) {
      await octokit.repos.createOrUpdateFileContents({
        ...repository,
        branch,
        path: `${branch}.md`,
        message: `Write ${branch}`,
        content: 'eAo=',
      });
    }
    const { data: pull } = await octokit.pulls.create({
      ...repository,
      title: 'Feature',
      head: 'feature',
      base: 'main',
    });
    await octokit.issues.createComment({
      ...repository,
      issue_number: pull.number,
      body: 'Fine',
    });
    await octokit.pulls.createReview({
      ...repository,
      pull_number: pull.number,
      event: 'COMMENT',
      body: 'Fine',
    });
    await octokit.repos.createCommitStatus({
      ...repository,
      sha: head.sha,
      state: 'success',
    });
    const { data: deployment } = await octokit.repos.createDeployment({
      ...repository,
      ref: head.sha,
      required_contexts: [],
    });
    await octokit.repos.createDeploymentStatus({
      ...repository,
      deployment_id: (deployment as { id: number }).id,
      state: 'success',
    });
    await octokit.repos.createFork(repository);
    await eventually(() => sent('workflow-run-completed'));
    await octokit.repos.update({ ...repository, name: 'renamed' });
  });
  afterAll(() => sandbox.close());

  it.each(description.webhooks)('%s', async webhook => {
    const payload = await eventually(() => sent(webhook));
    const differences = description
      .payloadDifferences(webhook, payload)
      // Described of every repository but this one.
      .filter(what => what !== '/forkee/has_discussions is unknown');
    expect(differences).toEqual([]);
  });
});
