import { Octokit } from '@octokit/rest';
import {
  eventually,
  startTestSandbox,
} from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { CheckedFetch, checkedFetch } from './__testUtils__/checkedFetch';
import { readGithubDescription } from './__testUtils__/githubDescription';
import { RestCall, restCalls } from './__testUtils__/restCalls';

const REPOSITORY = 'sample-platform-ai/sample-platform-ai';
const [owner, repo] = REPOSITORY.split('/');
const FRONTEND = 'campaign-platform/platform-frontend';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What earlier calls answered with. */
const known: Record<string, any> = {};
const calls = restCalls(known);

describe("every reply of the REST API agrees with GitHub's description", () => {
  let sandbox: Sandbox;
  let checked: CheckedFetch;
  let octokit: Octokit;
  let lead: Octokit;

  const client = (token: string) =>
    new Octokit({
      baseUrl: `${sandbox.urls.github}/api/v3`,
      auth: token,
      request: { fetch: checked.fetch },
      log: silent,
    });
  const commit = (repository: string, path: string, content = path) =>
    sandbox.world.git.commit(repository, {
      branch: 'main',
      message: `Add ${path}`,
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path, content }],
    });
  /** What went wrong, call by call; empty when all agreed. */
  const failuresOf = async (list: RestCall[], who = octokit) => {
    const failures: string[] = [];
    for (const [operation, parameters, keep] of list) {
      try {
        const reply = await who.request(operation, {
          owner,
          repo,
          ...parameters?.(),
        });
        keep?.(reply.data);
      } catch (error) {
        failures.push(`${operation}: ${(error as Error).message}`);
      }
    }
    return failures;
  };

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    checked = checkedFetch(`${sandbox.urls.github}/api/v3`);
    octokit = client(GITHUB_TOKEN);
    lead = client(`${GITHUB_TOKEN}-sample-platform-lead`);
    await commit(
      FRONTEND,
      '.github/workflows/by-hand.yml',
      'on: workflow_dispatch\n',
    );
    await eventually(() => {
      const { runs } = sandbox.world.github.repository(FRONTEND)!;
      return runs.find(({ status }) => status === 'completed');
    });
  });
  afterAll(async () => {
    // What was started again and by hand comes to its end first.
    await eventually(() => {
      const { runs } = sandbox.world.github.repository(FRONTEND)!;
      return runs.every(({ status }) => status === 'completed') || undefined;
    });
    await sandbox.close();
  });

  it.each([
    'accounts and searches',
    'repositories',
    'commits and what is said of them',
    'contents',
    'git data',
    'pull requests',
    'branch protection',
  ])('of %s', async about => {
    expect(await failuresOf(calls[about])).toEqual([]);
  });

  it('of a review by somebody else, and of its dismissal', async () => {
    const review = () => ({ pull_number: known.pull, review_id: known.review });
    const url = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
    expect(
      await failuresOf(
        [
          [
            `POST ${url}`,
            () => ({ ...review(), event: 'APPROVE' }),
            reply => {
              known.review = reply.id;
            },
          ],
          [`GET ${url}/{review_id}`, review],
          [
            `PUT ${url}/{review_id}/dismissals`,
            () => ({ ...review(), message: 'Too fast' }),
          ],
        ],
        lead,
      ),
    ).toEqual([]);
  });

  it('of merging', async () => {
    await commit(REPOSITORY, 'meanwhile.txt');
    expect(await failuresOf(calls.merging)).toEqual([]);
  });

  it.each([
    'variables and secrets',
    'workflows and their runs',
    'environments and deployments',
    'webhooks',
  ])('of %s', async about => {
    expect(await failuresOf(calls[about])).toEqual([]);
  });

  it('of what was delivered to a webhook', async () => {
    const url = '/repos/{owner}/{repo}/hooks/{hook_id}';
    const hook = () => ({
      owner: 'cornjacket',
      repo: 'platform-docs',
      hook_id: known.hook,
      delivery_id: known.delivery,
    });
    known.delivery = await eventually(
      () =>
        sandbox.world.github.repository('cornjacket/platform-docs')!.hooks[0]
          .deliveries[0]?.id,
    );
    expect(
      await failuresOf([
        [`GET ${url}/deliveries`, hook],
        [`GET ${url}/deliveries/{delivery_id}`, hook],
        [`POST ${url}/deliveries/{delivery_id}/attempts`, hook],
        [`DELETE ${url}`, hook],
      ]),
    ).toEqual([]);
  });

  it.each([
    [404, 'GET /repos/{owner}/{repo}', { repo: 'none' }],
    [404, 'GET /repos/{owner}/{repo}/contents/{path}', { path: 'none' }],
    [404, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: 99 }],
    [
      409,
      'PUT /repos/{owner}/{repo}/contents/{path}',
      { path: 'README.md', message: 'x', content: '', sha: '0'.repeat(40) },
    ],
    [422, 'POST /repos/{owner}/{repo}/pulls', { head: 'none', base: 'main' }],
    [422, 'POST /orgs/{org}/repos', { org: owner, name: repo }],
    [422, 'GET /repos/{owner}/{repo}/commits/{ref}', { ref: 'none' }],
    [422, 'GET /search/code', { q: '' }],
  ])('of refusals: %i of %s', async (status, operation, parameters) => {
    const refusal = await octokit
      .request(operation, { owner, repo, title: 'T', ...parameters })
      .catch(error => error);
    expect(checked.disagreements).toEqual([]);
    expect(refusal).toMatchObject({ name: 'HttpError', status });
  });

  it('leaves no operation and no route unchecked', () => {
    const { operations } = readGithubDescription();
    expect([...checked.agreed].sort()).toEqual(Object.keys(operations).sort());

    const served = sandbox.world.counters
      .routesOf('github')
      .filter(route => / \/api\/v3/.test(route) && !route.startsWith('HEAD'));
    const counts = sandbox.world.counters.read().github.routes;
    expect(served.length).toBeGreaterThan(100);
    expect(
      served.filter(
        route =>
          !counts[route] || counts[route].calls <= counts[route].failures,
      ),
    ).toEqual([]);
  });

  it('would notice a missing, a wrong and an unknown field', () => {
    const operation = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
    const { differences } = readGithubDescription();
    const ref = {
      ref: 'refs/heads/main',
      node_id: 'x',
      url: 'http://localhost/',
      object: { type: 'commit', sha: 'a'.repeat(40), url: 'http://localhost/' },
    };
    expect(differences(operation, 200, ref)).toEqual([]);
    expect(
      differences(operation, 200, {
        ...ref,
        ref: 1,
        extra: true,
        object: { ...ref.object, sha: undefined, url: 'nowhere' },
      }),
    ).toEqual([
      expect.stringMatching(/^\/ref must be string/),
      expect.stringMatching(/^\/object .*required property 'sha'/),
      expect.stringMatching(/^\/object\/url must match format/),
      '/extra is unknown',
    ]);
    expect(differences(operation, 202, ref)).toEqual([
      'GitHub does not describe the status 202',
    ]);
  });
});
