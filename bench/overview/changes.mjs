import { jsonOf, createClient } from '../lib/http.mjs';
import { nameOf } from './boardRequests.mjs';

/** The sandbox's token for its GitHub and its Argo CD. */
const GITHUB_TOKEN = 'sandbox-github-token';

/**
 * A change to the desired state of one component in one environment.
 *
 * @typedef {object} Change
 * @property {string} repository `owner/name` of the GitOps repository
 * @property {string} path of the overlay
 * @property {string} componentRef
 * @property {string} environmentRef
 * @property {string} content of the file afterwards
 * @property {string} version that it asks for
 * @property {string} sha blob that it replaces
 */

/**
 * Merges a change into the main branch, as one commit through GitHub's REST API.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {Change} change
 * @returns {Promise<{ answeredAt: number }>} on the clock of this process,
 *   milliseconds since the epoch with fraction: when GitHub had answered
 */
export async function mergeChange(rig, change) {
  const github = githubOf(rig);
  const answer = await github.ask(
    `/repos/${change.repository}/contents/${change.path}`,
    {
      method: 'PUT',
      body: {
        message: `Release ${change.version}`,
        content: Buffer.from(change.content).toString('base64'),
        sha: change.sha,
        branch: 'main',
      },
    },
  );
  const answeredAt = performance.timeOrigin + performance.now();
  jsonOf(answer, `writing ${change.path}`);
  return { answeredAt };
}

/**
 * Changes that can be merged one after another: each takes another component
 * of a platform from the version that it has in an environment to one that it
 * had before, whose image is there.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ system: string, repository: string, gitopsPath: string, environment: string, count: number }} options
 * @returns {Promise<Change[]>}
 */
export async function prepareChanges(rig, options) {
  const { system, repository, gitopsPath, environment, count } = options;
  const { client, token } = rig.portal;
  const path = `/api/platform-envs/overview?system=${system}&limit=${count}`;
  const { rows } = jsonOf(await client.ask(path, { token }), path);
  const github = githubOf(rig);
  const changes = [];
  for (const { component } of rows.slice(0, count)) {
    const file = `${gitopsPath}/overlays/${environment}/${nameOf(
      component,
    )}/kustomization.yaml`;
    const answer = await github.ask(`/repos/${repository}/contents/${file}`);
    if (answer.status !== 200) continue;
    const { content, sha } = answer.json();
    const text = Buffer.from(content, 'base64').toString('utf8');
    const next = await otherRelease(rig, repository, file, text);
    if (!next) continue;
    changes.push({
      repository,
      path: file,
      componentRef: component.ref,
      environmentRef: `environment:default/${system}-${environment}`,
      content: next.text,
      version: next.version,
      sha,
    });
  }
  return changes;
}

const TAG = /newTag:\s*"?([^"\s@]+)@?([^"\s]*)"?/;

// the file as it was before its last change: a version whose image exists
async function otherRelease(rig, repository, file, now) {
  const github = githubOf(rig);
  const commits = jsonOf(
    await github.ask(
      `/repos/${repository}/commits?path=${encodeURIComponent(
        file,
      )}&per_page=5`,
    ),
    `the commits of ${file}`,
  );
  for (const { sha } of commits.slice(1)) {
    const answer = await github.ask(
      `/repos/${repository}/contents/${file}?ref=${sha}`,
    );
    if (answer.status !== 200) continue;
    const text = Buffer.from(answer.json().content, 'base64').toString('utf8');
    const version = TAG.exec(text)?.[1];
    if (version && version !== 'unreleased' && version !== TAG.exec(now)?.[1]) {
      return { text, version };
    }
  }
  return undefined;
}

const clients = new WeakMap();

function githubOf(rig) {
  if (!clients.has(rig)) {
    const client = createClient(`${rig.sandboxUrl(1)}/api/v3`);
    const ask = (path, options) =>
      client.ask(path, { ...options, token: GITHUB_TOKEN });
    clients.set(rig, { ask });
  }
  return clients.get(rig);
}
