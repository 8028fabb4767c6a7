import { Octokit } from '@octokit/rest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { runGit } from '../../world/runGit';

const repository = { owner: 'cornjacket', repo: 'platform-docs' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('what protection lets into a branch', () => {
  let sandbox: Sandbox;
  let octokit: Octokit;
  const as = (login?: string) =>
    new Octokit({
      baseUrl: `${sandbox.urls.github}/api/v3`,
      auth: login ? `${GITHUB_TOKEN}-${login}` : GITHUB_TOKEN,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
  const open = async (branch: string, files: Record<string, string>) => {
    const { data: main } = await octokit.rest.git.getRef({
      ...repository,
      ref: 'heads/main',
    });
    await octokit.rest.git.createRef({
      ...repository,
      ref: `refs/heads/${branch}`,
      sha: main.object.sha,
    });
    for (const [path, content] of Object.entries(files)) {
      await sandbox.world.git.commit('cornjacket/platform-docs', {
        branch,
        message: `Write ${path}`,
        author: { name: 'fairway-portal', email: 'fairway-portal@example.com' },
        files: [{ path, content }],
      });
    }
    const { data } = await octokit.rest.pulls.create({
      ...repository,
      title: `Change ${branch}`,
      head: branch,
      base: 'main',
    });
    return data;
  };
  const protect = (rules: object) =>
    octokit.rest.repos.updateBranchProtection({
      ...repository,
      branch: 'main',
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
      ...rules,
    });
  const merge = (pull_number: number, merge_method?: any) =>
    octokit.rest.pulls.merge({ ...repository, pull_number, merge_method });
  const approve = (login: string, pull_number: number) =>
    as(login).rest.pulls.createReview({
      ...repository,
      pull_number,
      event: 'APPROVE',
    });
  const refused = (message: string | RegExp) => ({
    status: 405,
    message: expect.stringMatching(message),
  });

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    octokit = as();
  });
  afterEach(() =>
    octokit.rest.repos
      .deleteBranchProtection({ ...repository, branch: 'main' })
      .catch(() => {}),
  );
  afterAll(() => sandbox.close());

  it('waits for a code owner of each changed file, the last matching line deciding', async () => {
    await octokit.rest.repos.createOrUpdateFileContents({
      ...repository,
      path: '.github/CODEOWNERS',
      message: 'Say who owns what',
      content: base64(
        '* @platform-engineer\n/docs/ @cornjacket/cornjacket-platform-leads\n/docs/free.md\n',
      ),
    });
    await protect({
      required_pull_request_reviews: {
        required_approving_review_count: 0,
        require_code_owner_reviews: true,
      },
    });
    const owned = await open('owned', { 'docs/owned.md': 'x' });
    expect(owned.requested_teams!.map(({ slug }) => slug)).toEqual([
      'cornjacket-platform-leads',
    ]);
    await approve('platform-engineer', owned.number);
    await expect(merge(owned.number)).rejects.toMatchObject(
      refused(
        'Waiting on code owner review from cornjacket/cornjacket-platform-leads.',
      ),
    );
    await approve('cornjacket-lead', owned.number);
    expect((await merge(owned.number)).data.merged).toBe(true);

    const free = await open('free', { 'docs/free.md': 'x' });
    expect((await merge(free.number)).data.merged).toBe(true);
  });

  it('lets those past the reviews who are named, or in a team that is', async () => {
    const write = (login: string) =>
      as(login).rest.repos.createOrUpdateFileContents({
        ...repository,
        path: `by-${login}.md`,
        message: 'Directly',
        content: base64(login),
      });
    await protect({
      enforce_admins: true,
      required_pull_request_reviews: {
        bypass_pull_request_allowances: {
          users: ['platform-engineer'],
          teams: ['cornjacket-platform-leads'],
        },
      },
    });
    expect((await write('platform-engineer')).status).toBe(201);
    expect((await write('cornjacket-lead')).status).toBe(201);
    await expect(write('cornjacket-developer')).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('must be made through a pull request'),
    });
  });

  it('takes no merge commit into a linear history, by merge or by push', async () => {
    const { number } = await open('linear', { 'docs/linear.md': 'x' });
    await protect({ required_linear_history: true });
    await expect(merge(number)).rejects.toMatchObject(
      refused(/Merge commits are not allowed/),
    );
    const { data } = await merge(number, 'squash');
    const [commit] = await sandbox.world.git.log(
      'cornjacket/platform-docs',
      data.sha,
    );
    expect(commit.parents).toHaveLength(1);
  });

  it('merges by rebase: the same changes, one commit after the other', async () => {
    const pull = await open('rebased', { 'a.txt': 'a', 'b.txt': 'b' });
    await sandbox.world.git.commit('cornjacket/platform-docs', {
      branch: 'main',
      message: 'Meanwhile',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'c.txt', content: 'c' }],
    });
    const { data } = await merge(pull.number, 'rebase');
    const log = await sandbox.world.git.log(
      'cornjacket/platform-docs',
      data.sha,
      { limit: 3 },
    );
    expect(log.map(({ message }) => message)).toEqual([
      'Write b.txt',
      'Write a.txt',
      'Meanwhile',
    ]);
    expect(log[0].author.name).toBe('fairway-portal');
    expect(log[0].sha).not.toBe(pull.head.sha);
  });

  it('waits until conversations are resolved', async () => {
    const pull = await open('talked', { 'docs/talked.md': 'x' });
    await protect({ required_conversation_resolution: true });
    await octokit.rest.pulls.createReviewComment({
      ...repository,
      pull_number: pull.number,
      body: 'Really?',
      commit_id: pull.head.sha,
      path: 'docs/talked.md',
      line: 1,
    });
    await expect(merge(pull.number)).rejects.toMatchObject(
      refused(/conversation must be resolved/),
    );
    const graphql = (query: string, variables: object) =>
      octokit.graphql<any>(query, {
        baseUrl: `${sandbox.urls.github}/api`,
        ...variables,
      });
    const { repository: found } = await graphql(
      'query ($owner: String!, $repo: String!, $number: Int!) { repository(owner: $owner, name: $repo) { pullRequest(number: $number) { reviewThreads(first: 5) { nodes { id isResolved } } } } }',
      { ...repository, number: pull.number },
    );
    const [thread] = found.pullRequest.reviewThreads.nodes;
    expect(thread.isResolved).toBe(false);
    await graphql(
      'mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved resolvedBy { login } } } }',
      { id: thread.id },
    );
    expect((await merge(pull.number)).data.merged).toBe(true);
  });

  it('F22 refuses a push in the words of GitHub, and merge-blocked does so for desired state', async () => {
    const gitops = 'sample-platform-ai/sample-platform-ai';
    await sandbox.world.scenarios.start('merge-blocked');
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-clone-'));
    try {
      const { host } = new URL(sandbox.urls.github);
      const remote = `http://x:${GITHUB_TOKEN}@${host}/${gitops}.git`;
      await runGit(['clone', '-q', remote, folder], {});
      writeFileSync(join(folder, 'direct.txt'), 'direct');
      const git = (...args: string[]) => runGit(args, { cwd: folder });
      await git('add', '.');
      await git(
        '-c',
        'user.name=T',
        '-c',
        'user.email=t@e.st',
        'commit',
        '-qm',
        'Direct',
      );
      await expect(git('push', 'origin', 'main')).rejects.toThrow(
        /GH006: Protected branch update failed for refs\/heads\/main\.[\s\S]*- Changes must be made through a pull request\.[\s\S]*\[remote rejected\] main -> main \(protected branch hook declined\)/,
      );
      await git('push', '-q', 'origin', 'main:refs/heads/by-pull-request');
      const [owner, repo] = gitops.split('/');
      const target = { owner, repo };
      await expect(
        octokit.rest.repos.createOrUpdateFileContents({
          ...target,
          path: 'x.txt',
          message: 'Direct',
          content: base64('x'),
        }),
      ).rejects.toMatchObject({ status: 409 });
      const { data: pull } = await octokit.rest.pulls.create({
        ...target,
        title: 'By pull request',
        head: 'by-pull-request',
        base: 'main',
      });
      expect(pull.mergeable_state).toBe('blocked');
      await as('sample-platform-lead').rest.pulls.createReview({
        ...target,
        pull_number: pull.number,
        event: 'APPROVE',
      });
      const { data: merged } = await octokit.rest.pulls.merge({
        ...target,
        pull_number: pull.number,
      });
      expect(merged.merged).toBe(true);
    } finally {
      await sandbox.world.scenarios.start('calm');
      rmSync(folder, { recursive: true, force: true });
    }
    expect(
      sandbox.world.github.repository(gitops)!.protection.main,
    ).toBeUndefined();
  });

  it('leads from the old name of a repository to the new one, for the API and for git', async () => {
    await octokit.rest.repos.createInOrg({
      org: 'cornjacket',
      name: 'before',
      auto_init: true,
    });
    await octokit.rest.repos.update({
      owner: 'cornjacket',
      repo: 'before',
      name: 'after',
    });
    const reply = await fetch(
      `${sandbox.urls.github}/api/v3/repos/cornjacket/before`,
      {
        redirect: 'manual',
        headers: { authorization: `token ${GITHUB_TOKEN}` },
      },
    );
    expect(reply.status).toBe(301);
    expect(await reply.json()).toMatchObject({ message: 'Moved Permanently' });
    const { data } = await octokit.rest.repos.getContent({
      owner: 'cornjacket',
      repo: 'before',
      path: 'README.md',
    });
    expect(data).toMatchObject({ name: 'README.md' });
    const { host } = new URL(sandbox.urls.github);
    const refs = await runGit(
      ['ls-remote', `http://x:${GITHUB_TOKEN}@${host}/cornjacket/before.git`],
      {},
    );
    expect(refs.toString()).toContain('refs/heads/main');
  });

  it('F37 refuses by the primary limit when it is used up, and lets unchanged replies pass for free', async () => {
    await sandbox.world.scenarios.start('throttled-github', {
      limit: 'primary',
      calls: '2',
    });
    const get = (headers: Record<string, string> = {}) =>
      fetch(`${sandbox.urls.github}/api/v3/users/fairway-ci`, {
        headers: { authorization: `token ${GITHUB_TOKEN}`, ...headers },
      });
    try {
      const first = await get();
      expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
      const same = await get({ 'if-none-match': first.headers.get('etag')! });
      expect(same.status).toBe(304);
      expect(same.headers.get('x-ratelimit-remaining')).toBe('1');
      await get();
      const last = await get();
      expect(last.status).toBe(403);
      expect(last.headers.get('x-ratelimit-remaining')).toBe('0');
      expect(Number(last.headers.get('x-ratelimit-reset'))).toBeGreaterThan(
        Date.now() / 1000,
      );
      expect((await last.json()).message).toMatch(/^API rate limit exceeded/);
      const asked = await fetch(`${sandbox.urls.github}/api/v3/rate_limit`, {
        headers: { authorization: `token ${GITHUB_TOKEN}` },
      });
      expect(asked.status).toBe(200);
    } finally {
      await sandbox.world.scenarios.start('calm');
    }
    expect((await get()).status).toBe(200);
  });

  it('F37 refuses by the secondary limit with retry-after', async () => {
    await sandbox.world.scenarios.start('throttled-github');
    const reply = await fetch(`${sandbox.urls.github}/api/v3/user`, {
      headers: { authorization: `token ${GITHUB_TOKEN}` },
    });
    await sandbox.world.scenarios.start('calm');
    expect(reply.status).toBe(403);
    expect(reply.headers.get('retry-after')).toBe('60');
    expect((await reply.json()).message).toContain('secondary rate limit');
  });
});
