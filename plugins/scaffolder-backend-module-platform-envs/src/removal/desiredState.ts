import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  ForwardedError,
  NotAllowedError,
} from '@backstage/errors';
import { Octokit } from 'octokit';
import { statusOf } from '../github/createGithubClient';
import { touchedByCommit } from '../github/touchedByCommit';
import { Platform } from '../platform/readPlatform';
import { FoundThings } from './types';

/** How often the branch may move under our hands before we give up. */
const MAX_ATTEMPTS = 10;

/** Options of what reads and removes the desired state of a component. */
export interface DesiredStateOptions {
  client: Octokit;
  gitops: Platform['gitops'];
  /** Short names of the platform's environments. */
  environments: string[];
  component: string;
  logger: LoggerService;
  signal?: AbortSignal;
}

/**
 * The files of a component in the GitOps repository: its base, its overlays, its
 * Argo CD applications and its variables for Terraform. Those that no commit
 * with the component's trailer touched are foreign.
 */
export async function findDesiredState(
  options: DesiredStateOptions,
): Promise<FoundThings> {
  const { client, gitops, environments, component } = options;
  const line = `Fairway-Component: ${component}`;
  const head = await readHead(options);
  const paths = await componentFiles(options, head.tree);
  const foreign: string[] = [];
  for (const path of paths) {
    if (!(await touchedByCommit(client, { ...gitops, path }, line))) {
      foreign.push(path);
    }
  }
  return {
    things: paths.map(path => {
      const environment = environments.find(name =>
        path.slice(gitops.path.length).split('/').includes(name),
      );
      return {
        kind: 'file',
        name: path,
        where: `${gitops.owner}/${gitops.repo}@${gitops.branch}`,
        change: 'remove',
        ...(environment && { environment }),
        ...(foreign.includes(path) && {
          note: `No commit that touched it says "Fairway-Component: ${component}".`,
        }),
      };
    }),
    foreign,
  };
}

/**
 * Removes files in one commit on top of whatever the branch is then, never
 * forced. Files that are gone already are left out; when all are, nothing is
 * written.
 *
 * @returns the commit; undefined when there was nothing to remove.
 * @throws NotAllowedError - the branch does not let the portal write.
 * @throws ConflictError - the branch kept moving.
 */
export async function removeDesiredState(
  options: DesiredStateOptions & {
    paths: string[];
    trailers: Array<[key: string, value: string]>;
  },
): Promise<string | undefined> {
  const { client, gitops, component, logger, signal } = options;
  const { owner, repo, branch } = gitops;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const head = await readHead(options);
    const there = new Set(await filesOf(options, head.tree));
    const paths = options.paths.filter(path => there.has(path));
    if (paths.length === 0) return undefined;
    const { data: tree } = await client.rest.git.createTree({
      owner,
      repo,
      base_tree: head.tree,
      tree: paths.map(path => ({
        path,
        mode: '100644' as const,
        type: 'blob' as const,
        sha: null,
      })),
    });
    const trailers = options.trailers.map(
      ([key, value]) => `${key}: ${value.replace(/[\r\n]+/g, ' ')}`,
    );
    const { data: commit } = await client.rest.git.createCommit({
      owner,
      repo,
      message: `Remove ${component}\n\n${trailers.join('\n')}\n`,
      tree: tree.sha,
      parents: [head.commit],
    });
    try {
      await client.rest.git.updateRef({
        owner,
        repo,
        ref: `heads/${branch}`,
        sha: commit.sha,
        force: false,
      });
      return commit.sha;
    } catch (error) {
      if (!/fast.forward/i.test((error as Error).message ?? '')) {
        throw refusal(error, gitops);
      }
      logger.info(
        `${owner}/${repo} got another commit meanwhile; trying again on top of it (${attempt} of ${MAX_ATTEMPTS})`,
      );
      await new Promise(resolve =>
        setTimeout(resolve, Math.random() * 200 * attempt),
      );
    }
  }
  throw new ConflictError(
    `${owner}/${repo} got new commits on ${branch} faster than ours could be added (${MAX_ATTEMPTS} attempts): retry the run`,
  );
}

/** Of all files, those in a folder of the component's name, or named after it. */
async function componentFiles(
  options: DesiredStateOptions,
  tree: string,
): Promise<string[]> {
  const { gitops, component } = options;
  const below = gitops.path ? `${gitops.path}/` : '';
  return (await filesOf(options, tree))
    .filter(path => path.startsWith(below))
    .filter(path => {
      const parts = path.slice(below.length).split('/');
      const file = parts.pop()!;
      return (
        parts.includes(component) ||
        (file.startsWith(`${component}.`) && parts.length > 0)
      );
    })
    .sort();
}

async function filesOf(
  { client, gitops: { owner, repo } }: DesiredStateOptions,
  tree: string,
): Promise<string[]> {
  const { data } = await client.rest.git.getTree({
    owner,
    repo,
    tree_sha: tree,
    recursive: '1',
  });
  if (data.truncated) {
    throw new ConflictError(
      `${owner}/${repo} has more files than GitHub lists at once, so what belongs to a component cannot be told for sure`,
    );
  }
  return data.tree.flatMap(({ path, type }) =>
    path && type === 'blob' ? path : [],
  );
}

async function readHead({
  client,
  gitops: { owner, repo, branch },
}: DesiredStateOptions): Promise<{ commit: string; tree: string }> {
  const ref = await client.rest.git.getRef({
    owner,
    repo,
    ref: `heads/${branch}`,
  });
  const commit = ref.data.object.sha;
  const { data } = await client.rest.git.getCommit({
    owner,
    repo,
    commit_sha: commit,
  });
  return { commit, tree: data.tree.sha };
}

function refusal(error: unknown, gitops: Platform['gitops']): Error {
  const { owner, repo, branch } = gitops;
  const status = statusOf(error);
  return status === 403 || status === 409 || status === 422
    ? new NotAllowedError(
        `${owner}/${repo} does not let the portal write to ${branch} (${
          (error as Error).message
        }): allow its GitHub App to bypass the branch's rules for these files`,
      )
    : new ForwardedError(
        `The commit to ${owner}/${repo} could not be put on ${branch}`,
        error,
      );
}
