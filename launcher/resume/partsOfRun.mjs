import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../paths.mjs';

const GITHUB_TOKEN = 'sandbox-github-token';
const REGISTRY_ACCOUNT = '111100000000';
/** Where the platform runs: images are kept in each. */
const REGIONS = ['ap-southeast-2', 'ap-southeast-4'];

/** The platform that services are made for; its organisation and GitOps repository have its name. */
export const SYSTEM = 'sample-platform-ai';

/**
 * How often a run made each of its parts, by the vendors' own APIs.
 *
 * @typedef {object} Parts
 * @property {string[]} commits messages on the main branch of the repository; the newest first
 * @property {number} desiredState commits of the GitOps repository that name the run
 * @property {Record<string, string[]>} stacks by region, the state of every stack that there ever was
 * @property {Record<string, number>} registries repositories of images, by region
 * @property {number} locations of the catalog
 */

/**
 * @param {{ sandboxPort: number, portal: string, token: string }} where token: of a person, for the catalog
 * @param {{ name: string, taskId: string }} run
 * @returns {Promise<Parts>}
 */
export async function partsOfRun(where, { name, taskId }) {
  const [commits, gitops, stacks, registries, locations] = await Promise.all([
    commitsOf(where, name),
    commitsOf(where, SYSTEM),
    byRegion(where, 'client-cloudformation', region => stacksOf(region, name)),
    byRegion(where, 'client-ecr', region => registriesOf(region, name)),
    locationsOf(where, name),
  ]);
  return {
    commits,
    desiredState: gitops.filter(message =>
      message.split('\n').includes(`Fairway-Task: ${taskId}`),
    ).length,
    stacks,
    registries,
    locations,
  };
}

async function commitsOf({ sandboxPort }, repository) {
  const messages = [];
  for (let page = 1; ; page++) {
    const url = `http://localhost:${
      sandboxPort + 1
    }/api/v3/repos/${SYSTEM}/${repository}/commits?sha=main&per_page=100&page=${page}`;
    const response = await fetch(url, {
      headers: { authorization: `token ${GITHUB_TOKEN}` },
    });
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
    const commits = await response.json();
    messages.push(...commits.map(({ commit }) => commit.message));
    if (commits.length < 100) return messages;
  }
}

async function locationsOf({ portal, token }, name) {
  const response = await fetch(`${portal}/api/catalog/locations`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`locations: HTTP ${response.status}`);
  const locations = await response.json();
  return locations.filter(({ data }) =>
    data.target.includes(`/${SYSTEM}/${name}/`),
  ).length;
}

/** Asks every region with a client of its own. */
async function byRegion({ sandboxPort }, sdk, ask) {
  const require = createRequire(path.join(ROOT, 'package.json'));
  const aws = require(`@aws-sdk/${sdk}`);
  const Client = aws.CloudFormationClient ?? aws.ECRClient;
  const answers = await Promise.all(
    REGIONS.map(async region => {
      const client = new Client({
        endpoint: `http://localhost:${sandboxPort + 4}`,
        region,
        credentials: {
          accessKeyId: `AKIA${REGISTRY_ACCOUNT}SANDBOX`,
          secretAccessKey: 'sandbox',
        },
      });
      try {
        return [region, await ask({ aws, client })];
      } finally {
        client.destroy();
      }
    }),
  );
  return Object.fromEntries(answers);
}

async function stacksOf({ aws, client }, name) {
  const states = [];
  const pages = aws.paginateListStacks({ client }, {});
  for await (const { StackSummaries = [] } of pages) {
    states.push(
      ...StackSummaries.filter(
        ({ StackName }) => StackName === `fairway-registry-${name}`,
      ).map(({ StackStatus }) => StackStatus),
    );
  }
  return states;
}

async function registriesOf({ aws, client }, name) {
  let count = 0;
  const pages = aws.paginateDescribeRepositories({ client }, {});
  for await (const { repositories = [] } of pages) {
    count += repositories.filter(
      ({ repositoryName }) => repositoryName === name,
    ).length;
  }
  return count;
}
