const R = '/repos/{owner}/{repo}';
const PROTECTION = `${R}/branches/{branch}/protection`;
const PULL = `${R}/pulls/{pull_number}`;
const ISSUE = `${R}/issues/{issue_number}`;
const ACTIONS = `${R}/actions`;

const OWNER = 'sample-platform-ai';
const LEAD = 'sample-platform-lead';
const FRONTEND = { owner: 'campaign-platform', repo: 'platform-frontend' };
const DOCS = { owner: 'cornjacket', repo: 'platform-docs' };
const NEW = { owner: 'cornjacket', repo: 'new' };
const content = Buffer.from('x\n').toString('base64');

/** An operation, its parameters, and what later calls need of the answer. */
export type RestCall = [
  operation: string,
  parameters?: () => object,
  keep?: (reply: any) => void,
];

/**
 * Calls of everything that the REST API serves, by what they are about, to be
 * made one after the other in a seeded world. Owner and repository are
 * `sample-platform-ai` unless told. `known` is filled by the answers.
 */
export function restCalls(
  known: Record<string, any>,
): Record<string, RestCall[]> {
  const main = { branch: 'main' };
  const pull = () => ({ pull_number: known.pull });
  const issue = () => ({ issue_number: known.pull });
  const run = () => ({ ...FRONTEND, run_id: known.run, job_id: known.run });
  const deployment = () => ({ deployment_id: known.deployment });
  const hook = () => ({ ...DOCS, hook_id: known.hook });

  return {
    'accounts and searches': [
      ['GET /rate_limit'],
      ['GET /meta'],
      ['GET /user'],
      ['GET /user/repos'],
      ['POST /user/repos', () => ({ name: 'mine', auto_init: true })],
      ['GET /users/{username}', () => ({ username: LEAD })],
      ['GET /users/{username}', () => ({ username: OWNER })],
      ['GET /users/{username}/repos', () => ({ username: 'fairway-portal' })],
      ['GET /orgs/{org}', () => ({ org: OWNER })],
      ['GET /orgs/{org}/repos', () => ({ org: 'cornjacket' })],
      [
        'POST /orgs/{org}/repos',
        () => ({ org: 'cornjacket', name: 'new', private: true }),
      ],
      [
        'GET /orgs/{org}/teams/{team_slug}',
        () => ({ org: OWNER, team_slug: OWNER }),
      ],
      [
        'PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}',
        () => ({ org: OWNER, team_slug: OWNER, permission: 'push' }),
      ],
      ['GET /search/code', () => ({ q: `kustomize org:${OWNER}` })],
      ['GET /search/repositories', () => ({ q: 'platform' })],
    ],
    repositories: [
      [`GET ${R}`],
      [`PATCH ${R}`, () => ({ description: 'Ships', has_wiki: false })],
      [`PATCH ${R}`, () => ({ ...NEW, name: 'renamed' })],
      [`GET ${R}`, () => NEW],
      [`DELETE ${R}`, () => ({ owner: 'cornjacket', repo: 'renamed' })],
      [`PUT ${R}/topics`, () => ({ names: ['go'] })],
      [`GET ${R}/topics`],
      [`GET ${R}/languages`],
      [`POST ${R}/forks`],
      [`GET ${R}/forks`],
      [`GET ${R}`, () => ({ owner: 'fairway-portal' })],
      [`PUT ${R}/subscription`, () => ({ subscribed: true })],
      [`PUT ${R}/collaborators/{username}`, () => ({ username: LEAD })],
      [`GET ${R}/collaborators`],
      [
        `GET ${R}/collaborators/{username}/permission`,
        () => ({ username: LEAD }),
      ],
      [`GET ${R}/tarball/{ref}`, () => ({ ref: 'main' })],
      [`GET ${R}/zipball/{ref}`, () => ({ ref: '' })],
      [`GET ${R}/tarball/{ref}`, () => ({ ref: '' })],
      [`GET ${R}/zipball/{ref}`, () => ({ ref: 'main' })],
    ],
    'commits and what is said of them': [
      [
        `GET ${R}/commits`,
        undefined,
        reply => {
          [known.head, , known.earlier] = reply.map((one: any) => one.sha);
        },
      ],
      [`GET ${R}/commits/{ref}`, () => ({ ref: 'main' })],
      [
        `GET ${R}/compare/{basehead}`,
        () => ({ basehead: `${known.earlier}...main` }),
      ],
      [
        `POST ${R}/statuses/{sha}`,
        () => ({ sha: known.head, state: 'success', target_url: 'http://a/' }),
      ],
      [`GET ${R}/commits/{ref}/status`, () => ({ ref: 'main' })],
      [`GET ${R}/commits/{ref}/statuses`, () => ({ ref: 'main' })],
      [
        `POST ${R}/check-runs`,
        () => ({ name: 'lint', head_sha: known.head }),
        reply => {
          known.check = reply.id;
        },
      ],
      [
        `PATCH ${R}/check-runs/{check_run_id}`,
        () => ({
          check_run_id: known.check,
          conclusion: 'failure',
          output: { title: 'Lint', summary: 'Two spaces are expected' },
        }),
      ],
      [
        `GET ${R}/check-runs/{check_run_id}`,
        () => ({ check_run_id: known.check }),
      ],
      [
        `GET ${R}/check-runs/{check_run_id}/annotations`,
        () => ({ check_run_id: known.check }),
      ],
      [`GET ${R}/commits/{ref}/check-runs`, () => ({ ref: 'main' })],
      [`GET ${R}/commits/{ref}/check-suites`, () => ({ ref: 'main' })],
    ],
    contents: [
      [`GET ${R}/contents/{path}`, () => ({ path: '' })],
      [`GET ${R}/contents/{path}`, () => ({ path: 'gitops' })],
      [`GET ${R}/contents/{path}`, () => ({ path: 'README.md' })],
      [`GET ${R}/readme`],
      [
        `PUT ${R}/contents/{path}`,
        () => ({ path: 'new.md', message: 'New', content }),
        reply => {
          known.file = reply.content.sha;
        },
      ],
      [
        `PUT ${R}/contents/{path}`,
        () => ({ path: 'new.md', message: 'Again', content, sha: known.file }),
      ],
      [
        `DELETE ${R}/contents/{path}`,
        () => ({ path: 'new.md', message: 'Gone', sha: known.file }),
      ],
    ],
    'git data': [
      [`GET ${R}/git/ref/{ref}`, () => ({ ref: 'heads/main' })],
      [`GET ${R}/git/refs/{ref}`, () => ({ ref: 'heads/main' })],
      [
        `POST ${R}/git/blobs`,
        () => ({ content: 'x' }),
        reply => {
          known.blob = reply.sha;
        },
      ],
      [`GET ${R}/git/blobs/{file_sha}`, () => ({ file_sha: known.blob })],
      [
        `POST ${R}/git/trees`,
        () => ({
          base_tree: known.head,
          tree: [
            { path: 'blob', mode: '100644', type: 'blob', sha: known.blob },
          ],
        }),
        reply => {
          known.tree = reply.sha;
        },
      ],
      [
        `GET ${R}/git/trees/{tree_sha}`,
        () => ({ tree_sha: known.tree, recursive: '1' }),
      ],
      [
        `POST ${R}/git/commits`,
        () => ({ message: 'Made', tree: known.tree, parents: [known.head] }),
        reply => {
          known.commit = reply.sha;
        },
      ],
      [
        `GET ${R}/git/commits/{commit_sha}`,
        () => ({ commit_sha: known.commit }),
      ],
      [
        `POST ${R}/git/refs`,
        () => ({ ref: 'refs/heads/made', sha: known.head }),
      ],
      [
        `PATCH ${R}/git/refs/{ref}`,
        () => ({ ref: 'heads/made', sha: known.commit }),
      ],
      [`GET ${R}/git/matching-refs/{ref}`, () => ({ ref: 'heads/' })],
      [`DELETE ${R}/git/refs/{ref}`, () => ({ ref: 'heads/made' })],
      [
        `POST ${R}/git/refs`,
        () => ({ ref: 'refs/heads/feature', sha: known.commit }),
      ],
      [`GET ${R}/tags`],
      [`GET ${R}/branches`],
      [`GET ${R}/branches/{branch}`, () => main],
    ],
    'pull requests': [
      [
        `POST ${R}/pulls`,
        () => ({ title: 'Feature', head: 'feature', base: 'main' }),
        reply => {
          known.pull = reply.number;
        },
      ],
      [`GET ${R}/pulls`],
      [`GET ${PULL}`, pull],
      [`PATCH ${PULL}`, () => ({ ...pull(), body: 'Why' })],
      [`GET ${PULL}/files`, pull],
      [`GET ${PULL}/commits`, pull],
      [
        `GET ${R}/commits/{commit_sha}/pulls`,
        () => ({ commit_sha: known.commit }),
      ],
      [
        `POST ${PULL}/requested_reviewers`,
        () => ({ ...pull(), reviewers: [LEAD], team_reviewers: [OWNER] }),
      ],
      [`GET ${PULL}/requested_reviewers`, pull],
      [`GET ${PULL}`, pull],
      [
        `DELETE ${PULL}/requested_reviewers`,
        () => ({ ...pull(), reviewers: [LEAD] }),
      ],
      [
        `POST ${PULL}/comments`,
        () => ({
          ...pull(),
          body: 'Why?',
          commit_id: known.commit,
          path: 'blob',
          line: 1,
        }),
      ],
      [`GET ${PULL}/comments`, pull],
      [`POST ${ISSUE}/labels`, () => ({ ...issue(), labels: ['fast'] })],
      [`GET ${ISSUE}/labels`, issue],
      [`POST ${ISSUE}/assignees`, () => ({ ...issue(), assignees: [LEAD] })],
      [`POST ${ISSUE}/comments`, () => ({ ...issue(), body: 'Fine' })],
      [`GET ${ISSUE}/comments`, issue],
      [`GET ${ISSUE}`, issue],
      [
        `POST ${PULL}/reviews`,
        () => ({ ...pull(), event: 'COMMENT', body: 'Fine' }),
      ],
      [`GET ${PULL}/reviews`, pull],
    ],
    'branch protection': [
      [
        `PUT ${PROTECTION}`,
        () => ({
          ...main,
          required_status_checks: { strict: true, contexts: ['build'] },
          enforce_admins: true,
          required_pull_request_reviews: {
            bypass_pull_request_allowances: { users: [LEAD], teams: [OWNER] },
          },
          restrictions: { users: [LEAD], teams: [OWNER], apps: [] },
        }),
      ],
      [`GET ${PROTECTION}`, () => main],
      [`GET ${R}/branches/{branch}`, () => main],
      ...[
        'enforce_admins',
        'required_signatures',
        'required_pull_request_reviews',
        'required_status_checks',
        'restrictions',
      ].map((part): RestCall => [`GET ${PROTECTION}/${part}`, () => main]),
      [`DELETE ${PROTECTION}/enforce_admins`, () => main],
      [`POST ${PROTECTION}/enforce_admins`, () => main],
      [`POST ${PROTECTION}/required_signatures`, () => main],
      [`DELETE ${PROTECTION}/required_signatures`, () => main],
      [`DELETE ${PROTECTION}/required_pull_request_reviews`, () => main],
      [`DELETE ${PROTECTION}/required_status_checks`, () => main],
      [`DELETE ${PROTECTION}`, () => main],
    ],
    merging: [
      [`PUT ${PULL}/update-branch`, pull],
      [`PUT ${PULL}/merge`, pull],
      [`GET ${PULL}/merge`, pull],
      [`GET ${PULL}`, pull],
    ],
    'variables and secrets': [
      [`POST ${ACTIONS}/variables`, () => ({ name: 'A', value: 'b' })],
      [`PATCH ${ACTIONS}/variables/{name}`, () => ({ name: 'A', value: 'c' })],
      [`GET ${ACTIONS}/variables`],
      [`GET ${ACTIONS}/secrets/public-key`],
      ...[1, 2].map(
        (): RestCall => [
          `PUT ${ACTIONS}/secrets/{secret_name}`,
          () => ({ secret_name: 'S', encrypted_value: content, key_id: '1' }),
        ],
      ),
      [`GET ${ACTIONS}/secrets`],
      [`PUT ${ACTIONS}/oidc/customization/sub`, () => ({ use_default: true })],
      [`GET ${ACTIONS}/oidc/customization/sub`],
      [`PUT ${ACTIONS}/permissions/access`, () => ({ access_level: 'user' })],
      [`GET ${ACTIONS}/permissions/access`],
    ],
    'workflows and their runs': [
      [
        `GET ${ACTIONS}/runs`,
        () => FRONTEND,
        reply => {
          known.run = reply.workflow_runs[0].id;
        },
      ],
      [`GET ${ACTIONS}/runs/{run_id}`, run],
      [`GET ${ACTIONS}/runs/{run_id}/jobs`, run],
      [`GET ${ACTIONS}/runs/{run_id}/logs`, run],
      [`GET ${ACTIONS}/jobs/{job_id}`, run],
      [`GET ${ACTIONS}/jobs/{job_id}/logs`, run],
      [`POST ${ACTIONS}/runs/{run_id}/rerun`, run],
      [
        `GET ${R}/commits/{ref}/check-runs`,
        () => ({ ...FRONTEND, ref: 'main' }),
      ],
      [
        `GET ${ACTIONS}/workflows`,
        () => FRONTEND,
        reply => {
          known.workflow = reply.workflows[0].id;
        },
      ],
      ...['', '/runs'].map(
        (tail): RestCall => [
          `GET ${ACTIONS}/workflows/{workflow_id}${tail}`,
          () => ({ ...FRONTEND, workflow_id: known.workflow }),
        ],
      ),
      [
        `POST ${ACTIONS}/workflows/{workflow_id}/dispatches`,
        () => ({ ...FRONTEND, workflow_id: 'by-hand.yml', ref: 'main' }),
      ],
    ],
    'environments and deployments': [
      [
        `PUT ${R}/environments/{environment_name}`,
        () => ({ environment_name: 'prod' }),
      ],
      [
        `GET ${R}/environments/{environment_name}`,
        () => ({ environment_name: 'prod' }),
      ],
      [`GET ${R}/environments`],
      [
        `POST ${R}/deployments`,
        () => ({ ref: 'main', required_contexts: [], environment: 'prod' }),
        reply => {
          known.deployment = reply.id;
        },
      ],
      [`GET ${R}/deployments`],
      [`GET ${R}/deployments/{deployment_id}`, deployment],
      [
        `POST ${R}/deployments/{deployment_id}/statuses`,
        () => ({ ...deployment(), state: 'success' }),
        reply => {
          known.status = reply.id;
        },
      ],
      [`GET ${R}/deployments/{deployment_id}/statuses`, deployment],
      [
        `GET ${R}/deployments/{deployment_id}/statuses/{status_id}`,
        () => ({ ...deployment(), status_id: known.status }),
      ],
      [`DELETE ${R}/deployments/{deployment_id}`, deployment],
    ],
    webhooks: [
      [
        `POST ${R}/hooks`,
        // Nobody listens there: what was to be delivered can be read all the same.
        () => ({
          ...DOCS,
          config: { url: 'http://127.0.0.1:9/', secret: 's' },
        }),
        reply => {
          known.hook = reply.id;
        },
      ],
      [`GET ${R}/hooks`, () => DOCS],
      [`GET ${R}/hooks/{hook_id}`, hook],
      [
        `PATCH ${R}/hooks/{hook_id}`,
        () => ({ ...hook(), add_events: ['pull_request'] }),
      ],
      [`POST ${R}/hooks/{hook_id}/pings`, hook],
      [`POST ${R}/hooks/{hook_id}/tests`, hook],
    ],
  };
}
