import { Octokit } from '@octokit/rest';
import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { CheckedFetch, checkedFetch } from './__testUtils__/checkedFetch';

const platform = {
  owner: 'sample-platform-ai',
  repo: 'sample-platform-ai',
};
const overlay = 'gitops/overlays/uat/sample-backend/kustomization.yaml';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (content: string) => Buffer.from(content, 'base64').toString();

describe('GitHub REST', () => {
  let sandbox: Sandbox;
  let octokit: Octokit;
  let checked: CheckedFetch;
  const as = (login: string) =>
    new Octokit({
      baseUrl: `${sandbox.urls.github}/api/v3`,
      auth: `${GITHUB_TOKEN}-${login}`,
      request: { fetch: checked.fetch },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    checked = checkedFetch(`${sandbox.urls.github}/api/v3`);
    octokit = new Octokit({
      baseUrl: `${sandbox.urls.github}/api/v3`,
      auth: GITHUB_TOKEN,
      request: { fetch: checked.fetch },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
  });
  afterAll(() => sandbox.close());

  it('knows who calls and refuses who is nobody', async () => {
    const { data, headers } = await octokit.rest.users.getAuthenticated();
    expect(data.login).toBe('fairway-portal');
    expect(headers['x-ratelimit-limit']).toBe('15000');
    const stranger = new Octokit({
      baseUrl: `${sandbox.urls.github}/api/v3`,
      auth: 'wrong',
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await expect(stranger.rest.users.getAuthenticated()).rejects.toMatchObject({
      status: 401,
      response: { data: { message: 'Bad credentials' } },
    });
    const anonymous = await fetch(`${sandbox.urls.github}/api/v3/user`);
    expect(anonymous.status).toBe(401);
    expect(await anonymous.json()).toMatchObject({
      message: 'Requires authentication',
      documentation_url: expect.any(String),
    });
  });

  it('tells people from organisations', async () => {
    const org = await octokit.rest.users.getByUsername({
      username: platform.owner,
    });
    expect(org.data.type).toBe('Organization');
    const lead = await octokit.rest.users.getByUsername({
      username: 'cornjacket-lead',
    });
    expect(lead.data.type).toBe('User');
    await expect(
      octokit.rest.users.getByUsername({ username: 'nobody' }),
    ).rejects.toMatchObject({ status: 404 });
    const team = await octokit.rest.teams.getByName({
      org: platform.owner,
      team_slug: 'sample-platform-ai-leads',
    });
    expect(team.data.slug).toBe('sample-platform-ai-leads');
  });

  it('creates a repository, lists it, and refuses its name twice', async () => {
    const { data } = await octokit.rest.repos.createInOrg({
      org: platform.owner,
      name: 'orders',
      private: true,
      description: 'Takes orders',
      allow_squash_merge: false,
    });
    expect(data).toMatchObject({
      full_name: 'sample-platform-ai/orders',
      private: true,
      default_branch: 'main',
      allow_squash_merge: false,
      clone_url: `${sandbox.urls.github}/sample-platform-ai/orders.git`,
      html_url: `${sandbox.urls.github}/sample-platform-ai/orders`,
      permissions: { push: true },
      size: 0,
    });
    await expect(
      octokit.rest.repos.createInOrg({ org: platform.owner, name: 'Orders' }),
    ).rejects.toMatchObject({
      status: 422,
      response: {
        data: {
          errors: [{ message: 'name already exists on this account' }],
        },
      },
    });
    const names = await octokit.paginate(octokit.rest.repos.listForOrg, {
      org: platform.owner,
      per_page: 1,
    });
    expect(names.map(repository => repository.name)).toEqual([
      'orders',
      'sample-platform-ai',
    ]);
    await octokit.rest.repos.replaceAllTopics({
      owner: platform.owner,
      repo: 'orders',
      names: ['go'],
    });
    expect(
      (await octokit.rest.repos.get({ owner: platform.owner, repo: 'ORDERS' }))
        .data.topics,
    ).toEqual(['go']);
    await expect(
      octokit.rest.git.getRef({
        owner: platform.owner,
        repo: 'orders',
        ref: 'heads/main',
      }),
    ).rejects.toMatchObject({ status: 409 });
    await octokit.rest.repos.delete({ owner: platform.owner, repo: 'orders' });
    await expect(
      octokit.rest.repos.get({ owner: platform.owner, repo: 'orders' }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('lets one of two creations of the same name at once win', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3].map(() =>
        octokit.rest.repos.createInOrg({ org: platform.owner, name: 'race' }),
      ),
    );
    expect(results.map(result => result.status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  });

  it('reads files, folders and raw content, and says 304 to a known etag', async () => {
    const file = await octokit.rest.repos.getContent({
      ...platform,
      path: overlay,
    });
    expect(file.data).toMatchObject({ type: 'file', encoding: 'base64' });
    expect(text((file.data as any).content)).toMatch(/newTag: 1\.8\.2@sha256:/);
    const raw = await octokit.rest.repos.getContent({
      ...platform,
      path: overlay,
      mediaType: { format: 'raw' },
    });
    expect(String(raw.data)).toMatch(/^apiVersion: kustomize/);
    const head = await octokit.request(
      'HEAD /repos/{owner}/{repo}/contents/{path}',
      { ...platform, path: overlay },
    );
    expect([head.status, head.data]).toEqual([200, '']);
    await expect(
      octokit.request('HEAD /repos/{owner}/{repo}/contents/{path}', {
        ...platform,
        path: 'none',
      }),
    ).rejects.toMatchObject({ status: 404 });
    const folder = await octokit.rest.repos.getContent({
      ...platform,
      path: 'gitops/overlays',
    });
    expect(
      (folder.data as any[]).map(entry => [entry.name, entry.type]),
    ).toEqual([
      ['dev', 'dir'],
      ['prod', 'dir'],
      ['uat', 'dir'],
    ]);
    await expect(
      octokit.rest.repos.getContent({ ...platform, path: 'none' }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(
      octokit.rest.repos.getContent({
        ...platform,
        path: overlay,
        headers: { 'if-none-match': file.headers.etag },
      }),
    ).rejects.toMatchObject({ status: 304 });
  });

  it('writes one file a commit and refuses a stale SHA', async () => {
    const path = 'docs/written.md';
    const created = await octokit.rest.repos.createOrUpdateFileContents({
      ...platform,
      path,
      message: 'Write',
      content: base64('one\n'),
    });
    expect(created.status).toBe(201);
    await expect(
      octokit.rest.repos.createOrUpdateFileContents({
        ...platform,
        path,
        message: 'Write without SHA',
        content: base64('two\n'),
      }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      octokit.rest.repos.createOrUpdateFileContents({
        ...platform,
        path,
        message: 'Write with a wrong SHA',
        content: base64('two\n'),
        sha: '0'.repeat(40),
      }),
    ).rejects.toMatchObject({ status: 409 });
    const updated = await octokit.rest.repos.createOrUpdateFileContents({
      ...platform,
      path,
      message: 'Write again',
      content: base64('two\n'),
      sha: created.data.content!.sha!,
      author: { name: 'Someone', email: 'someone@example.com' },
    });
    expect(updated.status).toBe(200);
    expect(updated.data.commit.author).toMatchObject({ name: 'Someone' });
    await octokit.rest.repos.deleteFile({
      ...platform,
      path,
      message: 'Remove',
      sha: updated.data.content!.sha!,
    });
    await expect(
      octokit.rest.repos.getContent({ ...platform, path }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('commits by blobs, trees, commits and refs, as a promotion may', async () => {
    const { data: ref } = await octokit.rest.git.getRef({
      ...platform,
      ref: 'heads/main',
    });
    const { data: parent } = await octokit.rest.git.getCommit({
      ...platform,
      commit_sha: ref.object.sha,
    });
    const { data: blob } = await octokit.rest.git.createBlob({
      ...platform,
      content: 'by plumbing\n',
    });
    const { data: tree } = await octokit.rest.git.createTree({
      ...platform,
      base_tree: parent.tree.sha,
      tree: [
        { path: 'plumbing.txt', mode: '100644', type: 'blob', sha: blob.sha },
        { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const { data: commit } = await octokit.rest.git.createCommit({
      ...platform,
      message: 'By plumbing\n\nPromotion-Id: 7',
      tree: tree.sha,
      parents: [parent.sha],
    });
    await octokit.rest.git.updateRef({
      ...platform,
      ref: 'heads/main',
      sha: commit.sha,
    });
    const { data: seen } = await octokit.rest.repos.getCommit({
      ...platform,
      ref: 'main',
    });
    expect(seen.commit.message).toBe('By plumbing\n\nPromotion-Id: 7');
    expect(
      seen.files!.map(file => [file.filename, file.status]).sort(),
    ).toEqual([
      ['README.md', 'removed'],
      ['plumbing.txt', 'added'],
    ]);
    await expect(
      octokit.rest.git.updateRef({
        ...platform,
        ref: 'heads/main',
        sha: parent.parents[0].sha,
      }),
    ).rejects.toMatchObject({
      status: 422,
      response: { data: { message: 'Update is not a fast forward' } },
    });
  });

  it('lists commits of a path by page, compares refs, lists branches and tags', async () => {
    const commits = await octokit.paginate(octokit.rest.repos.listCommits, {
      ...platform,
      path: 'gitops/overlays/dev/sample-backend',
      per_page: 2,
    });
    expect(commits.map(commit => commit.commit.message)).toEqual([
      'Release sample-backend 1.8.3 to dev',
      'Release sample-backend 1.8.2 to dev',
      'Release sample-backend 1.8.1 to dev',
      'Release sample-backend 1.8.0 to dev',
      expect.stringMatching(/^Deliver 2 services/),
    ]);
    expect(commits[0].author).toMatchObject({ login: 'fairway-ci' });
    const { data: ahead } = await octokit.rest.repos.compareCommitsWithBasehead(
      {
        ...platform,
        basehead: 'sample-backend/v1.8.2...sample-backend/v1.8.3',
      },
    );
    expect(ahead.status).toBe('ahead');
    expect(ahead.commits).toHaveLength(ahead.ahead_by);
    const { data: branches } = await octokit.rest.repos.listBranches(platform);
    expect(branches.map(branch => branch.name)).toContain('main');
    const { data: tags } = await octokit.rest.repos.listTags(platform);
    expect(tags.map(tag => tag.name)).toContain('sample-frontend/v2.4.0');
  });

  it('keeps statuses and check runs of a commit', async () => {
    const { data: head } = await octokit.rest.repos.getCommit({
      ...platform,
      ref: 'main',
    });
    await octokit.rest.repos.createCommitStatus({
      ...platform,
      sha: head.sha,
      state: 'pending',
      context: 'portal/approved',
    });
    await octokit.rest.repos.createCommitStatus({
      ...platform,
      sha: head.sha,
      state: 'success',
      context: 'portal/approved',
    });
    const { data: combined } = await octokit.rest.repos.getCombinedStatusForRef(
      { ...platform, ref: 'main' },
    );
    expect(combined).toMatchObject({ state: 'success', total_count: 1 });
    await octokit.rest.checks.create({
      ...platform,
      name: 'lint',
      head_sha: head.sha,
      conclusion: 'failure',
    });
    const { data: checks } = await octokit.rest.checks.listForRef({
      ...platform,
      ref: head.sha,
    });
    expect(checks.check_runs).toMatchObject([
      { name: 'lint', status: 'completed', conclusion: 'failure' },
    ]);
  });

  it('merges a pull request once it is approved by another, and not in conflict', async () => {
    const repository = { owner: 'cornjacket', repo: 'platform-docs' };
    const branchFrom = async (name: string, content: string) => {
      const { data: main } = await octokit.rest.git.getRef({
        ...repository,
        ref: 'heads/main',
      });
      await octokit.rest.git.createRef({
        ...repository,
        ref: `refs/heads/${name}`,
        sha: main.object.sha,
      });
      const { data: file } = await octokit.rest.repos.getContent({
        ...repository,
        path: 'docs/decisions.md',
        ref: name,
      });
      await octokit.rest.repos.createOrUpdateFileContents({
        ...repository,
        path: 'docs/decisions.md',
        message: `Change on ${name}`,
        content: base64(content),
        branch: name,
        sha: (file as any).sha,
      });
      return octokit.rest.pulls.create({
        ...repository,
        title: `Change on ${name}`,
        head: name,
        base: 'main',
      });
    };
    const { data: first } = await branchFrom('one', 'one\n');
    const { data: second } = await branchFrom('two', 'two\n');
    await octokit.rest.repos.updateBranchProtection({
      ...repository,
      branch: 'main',
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    const merge = (pull_number: number) =>
      octokit.rest.pulls.merge({ ...repository, pull_number });

    await expect(merge(first.number)).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('approving review is required'),
    });
    await expect(
      octokit.rest.pulls.createReview({
        ...repository,
        pull_number: first.number,
        event: 'APPROVE',
      }),
    ).rejects.toMatchObject({ status: 422 });
    for (const pull_number of [first.number, second.number]) {
      await as('cornjacket-lead').rest.pulls.createReview({
        ...repository,
        pull_number,
        event: 'APPROVE',
      });
    }
    const { data: merged } = await merge(first.number);
    expect(merged.merged).toBe(true);
    const { data: files } = await octokit.rest.pulls.listFiles({
      ...repository,
      pull_number: first.number,
    });
    expect(files).toMatchObject([{ filename: 'docs/decisions.md' }]);

    const { data: conflicting } = await octokit.rest.pulls.get({
      ...repository,
      pull_number: second.number,
    });
    expect(conflicting).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
    });
    await expect(merge(second.number)).rejects.toMatchObject({ status: 405 });
    const { data: blame } =
      await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
        ...repository,
        commit_sha: merged.sha,
      });
    expect(blame).toMatchObject([{ number: first.number }]);
  });

  it('commits by createCommitOnBranch and refuses a stale head', async () => {
    const { data: main } = await octokit.rest.git.getRef({
      ...platform,
      ref: 'heads/main',
    });
    const commit = (expectedHeadOid: string) =>
      octokit.graphql<any>(
        `mutation ($input: CreateCommitOnBranchInput!) {
          createCommitOnBranch(input: $input) { commit { oid } }
        }`,
        {
          baseUrl: `${sandbox.urls.github}/api`,
          input: {
            branch: {
              repositoryNameWithOwner: `${platform.owner}/${platform.repo}`,
              branchName: 'main',
            },
            message: { headline: 'By GraphQL' },
            fileChanges: {
              additions: [{ path: 'graphql.txt', contents: base64('x') }],
            },
            expectedHeadOid,
          },
        },
      );
    const result = await commit(main.object.sha);
    const { oid } = result.createCommitOnBranch.commit;
    expect(
      await sandbox.world.git.resolve(
        `${platform.owner}/${platform.repo}`,
        'main',
      ),
    ).toBe(oid);
    await expect(commit(main.object.sha)).rejects.toThrow(/expectedHeadOid/);
  });

  it('keeps variables, secrets by name only, environments, collaborators', async () => {
    await octokit.rest.actions.createRepoVariable({
      ...platform,
      name: 'REGION',
      value: 'ap-southeast-2',
    });
    const { data: key } = await octokit.rest.actions.getRepoPublicKey(platform);
    expect(Buffer.from(key.key, 'base64')).toHaveLength(32);
    await octokit.rest.actions.createOrUpdateRepoSecret({
      ...platform,
      secret_name: 'TOKEN',
      encrypted_value: base64('sealed'),
      key_id: key.key_id,
    });
    const { data: secrets } = await octokit.rest.actions.listRepoSecrets(
      platform,
    );
    expect(secrets.secrets).toMatchObject([{ name: 'TOKEN' }]);
    await octokit.rest.repos.createOrUpdateEnvironment({
      ...platform,
      environment_name: 'prod',
    });
    await octokit.rest.repos.addCollaborator({
      ...platform,
      username: 'sample-platform-lead',
      permission: 'admin',
    });
    const { data: level } =
      await octokit.rest.repos.getCollaboratorPermissionLevel({
        ...platform,
        username: 'sample-platform-lead',
      });
    expect(level.permission).toBe('admin');
  });

  it('answers Backstage URL reader calls: combined status, tree with URLs, tarball', async () => {
    const { data: status } = await octokit.request(
      'GET /repos/{owner}/{repo}/commits/{ref}/status',
      { ...platform, ref: 'main', per_page: 0 },
    );
    const { repository, sha } = status as any;
    const tree = await octokit.request(
      `GET ${repository.trees_url.replace('{/sha}', `/${sha}?recursive=true`)}`,
    );
    const item = tree.data.tree.find((entry: any) => entry.path === overlay);
    const blob = await octokit.request(`GET ${item.url}`);
    expect(text(blob.data.content)).toContain('sample-backend');
    const tarball = await fetch(
      repository.archive_url
        .replace('{archive_format}', 'tarball')
        .replace('{/ref}', `/${sha}`),
      { headers: { authorization: `token ${GITHUB_TOKEN}` } },
    );
    expect(tarball.status).toBe(200);
    const bytes = Buffer.from(await tarball.arrayBuffer());
    expect(bytes.readUInt16BE(0)).toBe(0x1f8b);
  });

  it('says what is wrong with a body, as GitHub does', async () => {
    const call = (body: string) =>
      fetch(`${sandbox.urls.github}/api/v3/orgs/${platform.owner}/repos`, {
        method: 'POST',
        headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
        body,
      });
    const malformed = await call('{"name":');
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({
      message: 'Problems parsing JSON',
    });
    const missing = await call('{}');
    expect(missing.status).toBe(422);
    expect((await missing.json()).message).toContain(`"name" wasn't supplied`);
    expect((await call('[1]')).status).toBe(400);
    expect((await call('{"name":".."}')).status).toBe(422);
  });

  it('shows pages that are readable and escaped', async () => {
    await sandbox.world.git.commit('mobilytics/mobilytics-app', {
      branch: 'main',
      message: 'Add <script>alert(1)</script>',
      author: { name: '<b>', email: 'b@example.com' },
      files: [{ path: 'x<y>.html', content: '<script>alert(2)</script>' }],
    });
    const sha = await sandbox.world.git.resolve(
      'mobilytics/mobilytics-app',
      'main',
    );
    for (const path of [
      '',
      '/mobilytics',
      '/mobilytics/mobilytics-app',
      '/mobilytics/mobilytics-app/tree/main/services',
      '/mobilytics/mobilytics-app/blob/main/x%3Cy%3E.html',
      `/mobilytics/mobilytics-app/commit/${sha}`,
      '/mobilytics/mobilytics-app/commits/main',
      '/mobilytics/mobilytics-app/actions',
    ]) {
      const page = await fetch(`${sandbox.urls.github}${path}`);
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).not.toContain('<script>');
    }
    const none = await fetch(`${sandbox.urls.github}/no/such`);
    expect(none.status).toBe(404);
  });
});
