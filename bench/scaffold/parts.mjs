import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../../launcher/paths.mjs';
import { createClient } from '../lib/http.mjs';
import { SYSTEM } from './sides.mjs';

const GITHUB_TOKEN = 'sandbox-github-token';
const GITOPS = `${SYSTEM}/${SYSTEM}`;
const REGISTRY = {
  account: '111100000000',
  // where the platform runs: images are kept in each
  regions: ['ap-southeast-2', 'ap-southeast-4'],
};

/** The catalog reads a new entry a moment after it was registered. */
const CATALOG_PATIENCE_MS = 60_000;

/**
 * Which parts of a service are there, by the vendors' own APIs.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {import('../lib/rig.mjs').Running} backend whose catalog it is to be in
 * @param {'ours' | 'stock'} side
 * @param {import('./runTasks.mjs').TaskRun} run
 * @returns {Promise<Record<string, boolean>>}
 */
export async function partsOf(rig, backend, side, { name, status }) {
  const github = createClient(`${rig.sandboxUrl(1)}/api/v3`);
  const exists = async path => {
    const answer = await github.ask(path, { token: GITHUB_TOKEN });
    if (answer.status >= 500) throw new Error(`${path}: HTTP ${answer.status}`);
    return answer.status === 200 && answer.json();
  };
  try {
    const overlay = `/repos/${GITOPS}/contents/gitops/overlays/prod/${name}/kustomization.yaml`;
    const pulls = `/repos/${GITOPS}/pulls?state=open&head=${SYSTEM}:add-${name}`;
    return {
      repository: Boolean(await exists(`/repos/${SYSTEM}/${name}`)),
      desiredState:
        side === 'ours'
          ? Boolean(await exists(overlay))
          : (await exists(pulls)).length > 0,
      ...(side === 'ours' && {
        registry: (
          await Promise.all(
            REGISTRY.regions.map(region => hasRegistry(rig, region, name)),
          )
        ).every(Boolean),
      }),
      catalogEntry: await isInCatalog(
        backend,
        name,
        status === 'completed' ? CATALOG_PATIENCE_MS : 0,
      ),
    };
  } finally {
    github.close();
  }
}

/**
 * Whether something is left that belongs to no whole service: a run that did
 * not complete left parts, or one that did is short of one.
 *
 * @param {string} status of the run
 * @param {Record<string, boolean>} parts
 */
export function isOrphan(status, parts) {
  const there = Object.values(parts);
  return status === 'completed' ? !there.every(Boolean) : there.some(Boolean);
}

async function isInCatalog({ client, token }, name, patienceMs) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const path = `/api/catalog/entities/by-name/component/default/${name}`;
    const { status } = await client.ask(path, { token });
    if (status === 200) return true;
    if (Date.now() > deadline) return false;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

async function hasRegistry(rig, region, name) {
  const require = createRequire(path.join(ROOT, 'package.json'));
  const {
    ECRClient,
    DescribeRepositoriesCommand,
  } = require('@aws-sdk/client-ecr');
  const ecr = new ECRClient({
    endpoint: rig.sandboxUrl(4),
    region,
    credentials: {
      accessKeyId: `AKIA${REGISTRY.account}SANDBOX`,
      secretAccessKey: 'sandbox',
    },
  });
  try {
    await ecr.send(
      new DescribeRepositoriesCommand({
        repositoryNames: [name],
      }),
    );
    return true;
  } catch (error) {
    if (error.name === 'RepositoryNotFoundException') return false;
    throw error;
  } finally {
    ecr.destroy();
  }
}
