import { ConflictError, NotAllowedError } from '@backstage/errors';
import { Octokit } from 'octokit';
import { statusOf } from './createGithubClient';

/** The default branch of a new repository. */
export const REPOSITORY_BRANCH = 'main';

/** A repository, as far as it matters here. */
export interface Repository {
  full_name: string;
  html_url: string;
  clone_url: string;
  homepage?: string | null;
  owner: { login: string };
  name: string;
}

/** Undefined when there is none, or the portal may not see it. */
export async function getRepository(
  client: Octokit,
  owner: string,
  repo: string,
): Promise<Repository | undefined> {
  try {
    return (await client.rest.repos.get({ owner, repo })).data;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/**
 * Creates an empty, private repository. One of that name that appeared
 * meanwhile is returned instead: whose it is, the caller has to check.
 *
 * @throws NotAllowedError - the portal may not create repositories there.
 */
export async function createRepository(
  client: Octokit,
  wanted: {
    owner: string;
    name: string;
    description?: string;
    homepage: string;
  },
): Promise<Repository> {
  const { owner, ...rest } = wanted;
  try {
    const { data } = await client.rest.repos.createInOrg({
      org: owner,
      ...rest,
      private: true,
      auto_init: false,
      has_wiki: false,
      delete_branch_on_merge: true,
    });
    return data;
  } catch (error) {
    // Made between our look and now, or by a request whose answer got lost.
    const existing =
      statusOf(error) === 422 &&
      (await getRepository(client, owner, wanted.name));
    if (existing) return existing;
    if (statusOf(error) === 403 || statusOf(error) === 404) {
      throw new NotAllowedError(
        `The portal may not create repositories in ${owner} (${
          (error as Error).message
        }): give its GitHub App "Administration: write" there`,
      );
    }
    throw error;
  }
}

/**
 * The commit that this task pushed, if it did; undefined when the repository is
 * this task's and still empty.
 *
 * @throws ConflictError - the repository was not made by this task.
 */
export async function assertMadeByTask(
  client: Octokit,
  repository: Repository,
  taskId: string,
): Promise<string | undefined> {
  const owner = repository.owner.login;
  const repo = repository.name;
  const commits = await listCommits(client, owner, repo);
  const pushed = commits.find(({ commit }) =>
    commit.message.split('\n').includes(taskTrailer(taskId)),
  );
  if (pushed) return pushed.sha;
  const isThisTasks = repository.homepage?.endsWith(taskQuery(taskId));
  if (commits.length === 0 && isThisTasks) return undefined;
  throw new ConflictError(
    `The repository ${repository.full_name} exists and was not created by this task: nothing in it was touched. Choose another name`,
  );
}

async function listCommits(client: Octokit, owner: string, repo: string) {
  try {
    const { data } = await client.rest.repos.listCommits({
      owner,
      repo,
      sha: REPOSITORY_BRANCH,
      per_page: 100,
    });
    return data;
  } catch (error) {
    // 409: "Git Repository is empty."; 404: no such branch.
    if (statusOf(error) === 409 || statusOf(error) === 404) return [];
    throw error;
  }
}

/** The line in the first commit's message that says which task made it. */
export function taskTrailer(taskId: string): string {
  return `Fairway-Task: ${taskId}`;
}

/** The end of the homepage of a repository that a task made. */
export function taskQuery(taskId: string): string {
  return `?created-by-task=${taskId}`;
}
