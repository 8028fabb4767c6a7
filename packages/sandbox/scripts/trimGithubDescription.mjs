/**
 * Makes src/servers/github/__fixtures__/githubDescription.json: the replies of
 * the operations that the sandbox serves and the payloads of the webhooks that
 * it sends, from GitHub's own API description as Octokit publishes it, without
 * prose.
 *
 *   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
 *   node scripts/trimGithubDescription.mjs package/generated/api.github.com.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [, , file] = process.argv;
if (!file) {
  process.stderr.write(
    'usage: node scripts/trimGithubDescription.mjs <api.github.com.json>\n',
  );
  process.exit(1);
}
const description = JSON.parse(readFileSync(file, 'utf8'));

const R = '/repos/{owner}/{repo}';
const PROTECTION = `${R}/branches/{branch}/protection`;
const PULL = `${R}/pulls/{pull_number}`;
const ISSUE = `${R}/issues/{issue_number}`;
const ACTIONS = `${R}/actions`;
const DEPLOYMENT = `${R}/deployments/{deployment_id}`;
const HOOK = `${R}/hooks/{hook_id}`;

/** What is served, by path: the methods. */
const SERVED = {
  '/rate_limit': 'get',
  '/meta': 'get',
  '/user': 'get',
  '/user/repos': 'get post',
  '/users/{username}': 'get',
  '/users/{username}/repos': 'get',
  '/orgs/{org}': 'get',
  '/orgs/{org}/repos': 'get post',
  '/orgs/{org}/teams/{team_slug}': 'get',
  '/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}': 'put',
  '/search/code': 'get',
  '/search/repositories': 'get',
  [R]: 'get patch delete',
  [`${R}/topics`]: 'get put',
  [`${R}/languages`]: 'get',
  [`${R}/forks`]: 'get post',
  [`${R}/subscription`]: 'put',
  [`${R}/collaborators`]: 'get',
  [`${R}/collaborators/{username}`]: 'put',
  [`${R}/collaborators/{username}/permission`]: 'get',
  [`${R}/tarball/{ref}`]: 'get',
  [`${R}/zipball/{ref}`]: 'get',
  [`${R}/contents/{path}`]: 'get put delete',
  [`${R}/readme`]: 'get',
  [`${R}/commits`]: 'get',
  [`${R}/commits/{ref}`]: 'get',
  [`${R}/commits/{ref}/status`]: 'get',
  [`${R}/commits/{ref}/statuses`]: 'get',
  [`${R}/commits/{ref}/check-runs`]: 'get',
  [`${R}/commits/{ref}/check-suites`]: 'get',
  [`${R}/commits/{commit_sha}/pulls`]: 'get',
  [`${R}/compare/{basehead}`]: 'get',
  [`${R}/statuses/{sha}`]: 'post',
  [`${R}/check-runs`]: 'post',
  [`${R}/check-runs/{check_run_id}`]: 'get patch',
  [`${R}/check-runs/{check_run_id}/annotations`]: 'get',
  [`${R}/branches`]: 'get',
  [`${R}/branches/{branch}`]: 'get',
  [PROTECTION]: 'get put delete',
  [`${PROTECTION}/enforce_admins`]: 'get post delete',
  [`${PROTECTION}/required_signatures`]: 'get post delete',
  [`${PROTECTION}/required_pull_request_reviews`]: 'get delete',
  [`${PROTECTION}/required_status_checks`]: 'get delete',
  [`${PROTECTION}/restrictions`]: 'get',
  [`${R}/tags`]: 'get',
  [`${R}/git/blobs`]: 'post',
  [`${R}/git/blobs/{file_sha}`]: 'get',
  [`${R}/git/trees`]: 'post',
  [`${R}/git/trees/{tree_sha}`]: 'get',
  [`${R}/git/commits`]: 'post',
  [`${R}/git/commits/{commit_sha}`]: 'get',
  [`${R}/git/ref/{ref}`]: 'get',
  [`${R}/git/refs`]: 'post',
  [`${R}/git/refs/{ref}`]: 'patch delete',
  [`${R}/git/matching-refs/{ref}`]: 'get',
  [`${R}/pulls`]: 'get post',
  [PULL]: 'get patch',
  [`${PULL}/files`]: 'get',
  [`${PULL}/commits`]: 'get',
  [`${PULL}/reviews`]: 'get post',
  [`${PULL}/reviews/{review_id}`]: 'get',
  [`${PULL}/reviews/{review_id}/dismissals`]: 'put',
  [`${PULL}/requested_reviewers`]: 'get post delete',
  [`${PULL}/comments`]: 'get post',
  [`${PULL}/merge`]: 'get put',
  [`${PULL}/update-branch`]: 'put',
  [ISSUE]: 'get',
  [`${ISSUE}/labels`]: 'get post',
  [`${ISSUE}/assignees`]: 'post',
  [`${ISSUE}/comments`]: 'get post',
  [`${ACTIONS}/variables`]: 'get post',
  [`${ACTIONS}/variables/{name}`]: 'patch',
  [`${ACTIONS}/secrets`]: 'get',
  [`${ACTIONS}/secrets/public-key`]: 'get',
  [`${ACTIONS}/secrets/{secret_name}`]: 'put',
  [`${ACTIONS}/oidc/customization/sub`]: 'get put',
  [`${ACTIONS}/permissions/access`]: 'get put',
  [`${ACTIONS}/runs`]: 'get',
  [`${ACTIONS}/runs/{run_id}`]: 'get',
  [`${ACTIONS}/runs/{run_id}/jobs`]: 'get',
  [`${ACTIONS}/runs/{run_id}/logs`]: 'get',
  [`${ACTIONS}/runs/{run_id}/rerun`]: 'post',
  [`${ACTIONS}/jobs/{job_id}`]: 'get',
  [`${ACTIONS}/jobs/{job_id}/logs`]: 'get',
  [`${ACTIONS}/workflows`]: 'get',
  [`${ACTIONS}/workflows/{workflow_id}`]: 'get',
  [`${ACTIONS}/workflows/{workflow_id}/runs`]: 'get',
  [`${ACTIONS}/workflows/{workflow_id}/dispatches`]: 'post',
  [`${R}/environments`]: 'get',
  [`${R}/environments/{environment_name}`]: 'get put',
  [`${R}/deployments`]: 'get post',
  [DEPLOYMENT]: 'get delete',
  [`${DEPLOYMENT}/statuses`]: 'get post',
  [`${DEPLOYMENT}/statuses/{status_id}`]: 'get',
  [`${R}/hooks`]: 'get post',
  [HOOK]: 'get patch delete',
  [`${HOOK}/pings`]: 'post',
  [`${HOOK}/tests`]: 'post',
  [`${HOOK}/deliveries`]: 'get',
  [`${HOOK}/deliveries/{delivery_id}`]: 'get',
  [`${HOOK}/deliveries/{delivery_id}/attempts`]: 'post',
};

/** What is sent to webhooks: one of each form. */
const SENT = [
  'check-run-created',
  'create',
  'delete',
  'deployment-created',
  'deployment-status-created',
  'fork',
  'issue-comment-created',
  'ping',
  'pull-request-opened',
  'pull-request-review-submitted',
  'push',
  'repository-renamed',
  'status',
  'workflow-run-completed',
];

/** What says nothing about the form of a reply. */
const PROSE = new Set([
  'description',
  'title',
  'summary',
  'example',
  'default',
]);

/** A copy without prose; `properties` may well be called `title`. */
function trimmed(value, isNames = false) {
  if (Array.isArray(value)) {
    return value.map(item => trimmed(item));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key]) =>
          isNames ||
          !(PROSE.has(key) || key === 'examples' || key.startsWith('x-')),
      )
      .map(([key, inner]) => [
        key,
        trimmed(
          inner,
          !isNames &&
            ['properties', 'patternProperties', 'schemas'].includes(key),
        ),
      ]),
  );
}

/** Status -> schema of its JSON; null where a reply has none. */
function repliesOf(responses) {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const { content } = response.$ref ? resolve(response.$ref) : response;
      const schema = Object.entries(content ?? {}).find(([type]) =>
        type.includes('json'),
      )?.[1].schema;
      return [status, schema ? trimmed(schema) : null];
    }),
  );
}

function resolve(ref) {
  return ref
    .replace('#/', '')
    .split('/')
    .reduce((value, key) => value[key], description);
}

const operations = {};
for (const [path, methods] of Object.entries(SERVED)) {
  for (const method of methods.split(' ')) {
    const operation = description.paths[path]?.[method];
    if (!operation) {
      throw new Error(`GitHub does not describe ${method} ${path}`);
    }
    operations[`${method.toUpperCase()} ${path}`] = repliesOf(
      operation.responses,
    );
  }
}

const webhooks = Object.fromEntries(
  SENT.map(name => [
    name,
    description['x-webhooks'][name].post.requestBody.content['application/json']
      .schema,
  ]),
);

const schemas = {};
const queue = [
  'basic-error',
  ...references(operations),
  ...references(webhooks),
];
while (queue.length > 0) {
  const name = queue.pop();
  if (!schemas[name]) {
    schemas[name] = trimmed(description.components.schemas[name]);
    queue.push(...references(schemas[name]));
  }
}

/** One entry a line, so that versions can be compared. */
const entries = object =>
  Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n');

writeFileSync(
  new URL(
    '../src/servers/github/__fixtures__/githubDescription.json',
    import.meta.url,
  ),
  `{
"x-source": "@octokit/openapi ${
    description.info.version
  }, api.github.com.json, trimmed by scripts/trimGithubDescription.mjs",
"x-license": "MIT, Copyright (c) 2020 Octokit contributors",
"operations": {
${entries(operations)}
},
"webhooks": {
${entries(webhooks)}
},
"components": {"schemas": {
${entries(schemas)}
}}
}
`,
);

function references(value) {
  return [
    ...JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g),
  ].map(match => match[1]);
}
