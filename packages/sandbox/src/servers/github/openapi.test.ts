import {
  OpenapiShapes,
  readOpenapiShapes,
} from '../../__testUtils__/openapiShapes';
import {
  eventually,
  startTestSandbox,
} from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';

const REPOSITORY = '/repos/sample-platform-ai/sample-platform-ai';
const FRONTEND = '/repos/campaign-platform/platform-frontend';
const base64 = Buffer.from('x\n').toString('base64');

describe("replies agree with GitHub's API description", () => {
  let sandbox: Sandbox;
  let shapes: OpenapiShapes;
  let head: string;
  let earlier: string;
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(`${sandbox.urls.github}/api/v3${path}`, {
      method,
      headers: { authorization: `token ${GITHUB_TOKEN}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) {
      throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    }
    return text ? JSON.parse(text) : undefined;
  };

  beforeAll(async () => {
    shapes = readOpenapiShapes();
    sandbox = await startTestSandbox();
    const commits = await call('GET', `${REPOSITORY}/commits`);
    [head, , earlier] = commits.map((commit: any) => commit.sha);
    await call('POST', `${REPOSITORY}/git/refs`, {
      ref: 'refs/heads/feature',
      sha: head,
    });
    await call('PUT', `${REPOSITORY}/contents/feature.md`, {
      message: 'Feature',
      content: base64,
      branch: 'feature',
    });
    await call('POST', `${REPOSITORY}/pulls`, {
      title: 'Feature',
      head: 'feature',
      base: 'main',
    });
    await call('POST', `${REPOSITORY}/actions/variables`, {
      name: 'A',
      value: 'b',
    });
    await sandbox.world.git.commit('campaign-platform/platform-frontend', {
      branch: 'main',
      message: 'Build me',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'a.txt', content: 'a' }],
    });
    await eventually(
      () =>
        sandbox.world.github.repository('campaign-platform/platform-frontend')!
          .runs[0],
    );
  });
  afterAll(() => sandbox.close());

  const first = (key?: string) => (reply: any) =>
    key ? reply[key][0] : reply[0];
  const GETS: Array<[string, () => string, ((reply: any) => any)?]> = [
    ['private-user', () => '/user'],
    ['public-user', () => '/users/fairway-ci'],
    ['organization-full', () => '/orgs/sample-platform-ai'],
    ['team-full', () => '/orgs/sample-platform-ai/teams/sample-platform-ai'],
    ['minimal-repository', () => '/orgs/cornjacket/repos', first()],
    ['full-repository', () => REPOSITORY],
    ['content-file', () => `${REPOSITORY}/contents/README.md`],
    ['content-directory', () => `${REPOSITORY}/contents/gitops`],
    ['commit', () => `${REPOSITORY}/commits`, first()],
    ['commit', () => `${REPOSITORY}/commits/main`],
    ['commit-comparison', () => `${REPOSITORY}/compare/${earlier}...main`],
    ['combined-commit-status', () => `${REPOSITORY}/commits/main/status`],
    ['git-commit', () => `${REPOSITORY}/git/commits/${head}`],
    ['git-tree', () => `${REPOSITORY}/git/trees/main?recursive=1`],
    ['git-ref', () => `${REPOSITORY}/git/ref/heads/main`],
    ['short-branch', () => `${REPOSITORY}/branches`, first()],
    ['branch-with-protection', () => `${REPOSITORY}/branches/main`],
    ['tag', () => `${REPOSITORY}/tags`, first()],
    ['pull-request', () => `${REPOSITORY}/pulls/1`],
    ['pull-request-simple', () => `${REPOSITORY}/pulls`, first()],
    ['diff-entry', () => `${REPOSITORY}/pulls/1/files`, first()],
    [
      'actions-variable',
      () => `${REPOSITORY}/actions/variables`,
      first('variables'),
    ],
    ['actions-public-key', () => `${REPOSITORY}/actions/secrets/public-key`],
    ['workflow', () => `${FRONTEND}/actions/workflows`, first('workflows')],
    ['workflow-run', () => `${FRONTEND}/actions/runs`, first('workflow_runs')],
    [
      'check-run',
      () => `${FRONTEND}/commits/main/check-runs`,
      first('check_runs'),
    ],
    [
      'repository-collaborator-permission',
      () => `${REPOSITORY}/collaborators/fairway-portal/permission`,
    ],
    ['rate-limit-overview', () => '/rate_limit'],
  ];
  it.each(GETS)('%s of GET %s', async (schema, path, pick = reply => reply) => {
    const reply = await call('GET', path());
    expect(shapes.differences(schema, pick(reply))).toEqual([]);
  });

  const WRITES: Array<[string, string, string, unknown]> = [
    ['full-repository', 'POST', '/orgs/cornjacket/repos', { name: 'new' }],
    [
      'file-commit',
      'PUT',
      `${REPOSITORY}/contents/new.md`,
      { message: 'New', content: base64 },
    ],
    ['short-blob', 'POST', `${REPOSITORY}/git/blobs`, { content: 'x' }],
    [
      'pull-request-review',
      'POST',
      `${REPOSITORY}/pulls/1/reviews`,
      { event: 'COMMENT', body: 'Fine' },
    ],
    [
      'issue-comment',
      'POST',
      `${REPOSITORY}/issues/1/comments`,
      { body: 'Fine' },
    ],
    ['pull-request-merge-result', 'PUT', `${REPOSITORY}/pulls/1/merge`, {}],
    [
      'protected-branch',
      'PUT',
      `${REPOSITORY}/branches/main/protection`,
      {
        required_status_checks: { strict: true, contexts: ['build'] },
        enforce_admins: true,
        required_pull_request_reviews: {},
        restrictions: null,
      },
    ],
    [
      'hook',
      'POST',
      `${REPOSITORY}/hooks`,
      { config: { url: 'http://localhost:1/hook' } },
    ],
    ['environment', 'PUT', `${REPOSITORY}/environments/prod`, {}],
  ];
  it.each(WRITES)('%s of %s %s', async (schema, method, path, body) => {
    const reply = await call(method, path, body);
    expect(shapes.differences(schema, reply)).toEqual([]);
  });

  it('status and check-run of a commit', async () => {
    const status = await call('POST', `${REPOSITORY}/statuses/${head}`, {
      state: 'success',
    });
    expect(shapes.differences('status', status)).toEqual([]);
    const check = await call('POST', `${REPOSITORY}/check-runs`, {
      name: 'lint',
      head_sha: head,
    });
    expect(shapes.differences('check-run', check)).toEqual([]);
  });

  it('job of a workflow run', async () => {
    const { workflow_runs: runs } = await call(
      'GET',
      `${FRONTEND}/actions/runs`,
    );
    const { jobs } = await call(
      'GET',
      `${FRONTEND}/actions/runs/${runs[0].id}/jobs`,
    );
    expect(shapes.differences('job', jobs[0])).toEqual([]);
  });

  it('would notice a missing, wrong or unknown field value', () => {
    expect(
      shapes.differences('git-ref', {
        ref: 1,
        node_id: 'x',
        url: 'x',
        object: { type: 'commit', url: 'x' },
      }),
    ).toEqual(['git-ref.ref: 1 is no string', 'git-ref.object.sha: missing']);
  });
});
