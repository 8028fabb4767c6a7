import {
  ConflictError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { Octokit } from 'octokit';
import { statusOf, waitAskedBy } from './createGithubClient';

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
 * meanwhile is returned instead, and not `isNew`: whose it is, the caller has to
 * check.
 *
 * @throws NotAllowedError - the portal may not create repositories there.
 * @throws ServiceUnavailableError - GitHub asks to wait for long.
 */
export async function createRepository(
  client: Octokit,
  wanted: {
    owner: string;
    name: string;
    description?: string;
    homepage: string;
  },
): Promise<{ repository: Repository; isNew: boolean }> {
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
    return { repository: data, isNew: true };
  } catch (error) {
    // Made between our look and now, or by a request whose answer got lost.
    const existing =
      statusOf(error) === 422 &&
      (await getRepository(client, owner, wanted.name));
    if (existing) return { repository: existing, isNew: false };
    const waitSeconds = waitAskedBy(error);
    if (waitSeconds !== false) {
      throw new ServiceUnavailableError(
        `GitHub asks the portal to slow down${
          waitSeconds ? `, for ${waitSeconds} s` : ''
        } (${(error as Error).message}): run the task again after that`,
      );
    }
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

/** A run that made a repository, or that committed to it. */
export interface RepositoryMaker {
  taskId: string;
  /** Entity ref of the person; absent while the repository is empty. */
  requestedBy?: string;
  /** The commit; absent while the repository is empty. */
  commitSha?: string;
  /** It made the repository; others only added to it. */
  isFirst: boolean;
}

/**
 * The runs that a repository's last hundred commits name, the first one first;
 * of an empty one the run that its homepage names.
 */
export async function findMakers(
  client: Octokit,
  repository: Repository,
): Promise<RepositoryMaker[]> {
  const commits = await listCommits(
    client,
    repository.owner.login,
    repository.name,
  );
  if (commits.length === 0) {
    const [, taskId] =
      /\?created-by-task=([\w-]+)$/.exec(repository.homepage ?? '') ?? [];
    return taskId ? [{ taskId, isFirst: true }] : [];
  }
  return commits
    .flatMap(({ sha, commit, parents }) => {
      const taskId = trailerOf(commit.message, 'Fairway-Task');
      if (!taskId) return [];
      const requestedBy = trailerOf(commit.message, 'Requested-By');
      return {
        taskId,
        commitSha: sha,
        isFirst: parents.length === 0,
        ...(requestedBy && { requestedBy }),
      };
    })
    .reverse();
}

function trailerOf(message: string, key: string): string | undefined {
  return message
    .split('\n')
    .find(line => line.startsWith(`${key}: `))
    ?.slice(key.length + 2)
    .trim();
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
  const makers = await findMakers(client, repository);
  const maker = makers.find(one => one.taskId === taskId);
  if (maker) return maker.commitSha;
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
