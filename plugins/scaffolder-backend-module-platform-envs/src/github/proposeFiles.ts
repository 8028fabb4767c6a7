import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { Octokit } from 'octokit';
import { addFilesInOneCommit } from './addFilesInOneCommit';
import { statusOf } from './createGithubClient';

/** Options of {@link proposeFiles}. */
export interface ProposeFilesOptions {
  client: Octokit;
  owner: string;
  repo: string;
  /** What the pull request is to be merged into. */
  base: string;
  /** Its branch; the same branch is the same proposal. */
  branch: string;
  title: string;
  /** Markdown. */
  body: string;
  /** Written at the end of the commit message, in this order. */
  trailers: Array<[key: string, value: string]>;
  /** The trailer that shows that files on the branch are ours. */
  ownedBy: [key: string, value: string];
  /** Whole contents by path. */
  files: Map<string, string>;
  logger: LoggerService;
  signal?: AbortSignal;
}

/** Files of a proposal, sorted by what would become of them. */
export interface ProposedFiles {
  /** Are not on the base branch: the pull request adds them. */
  added: string[];
  /** Are on the base branch and stay as they are. */
  kept: string[];
}

/** What {@link proposeFiles} did. */
export interface Proposal extends ProposedFiles {
  /** Absent when the base branch has all of the files. */
  pullRequest?: { url: string; number: number };
}

/**
 * Proposes files as a pull request. What the base branch has already stays as
 * it is and is not part of it. Run again, it finds its own pull request.
 *
 * @throws NotFoundError - no such repository or branch.
 * @throws NotAllowedError - the portal may not propose changes there.
 * @throws ConflictError - the branch holds somebody else's files.
 */
export async function proposeFiles(
  options: ProposeFilesOptions,
): Promise<Proposal> {
  const { client, owner, repo, base, branch, logger, signal } = options;
  const { sha, ...sorted } = await sortProposal(options);
  if (sorted.added.length === 0) {
    return sorted;
  }
  signal?.throwIfAborted();
  await ensureBranch(options, sha);
  await addFilesInOneCommit({
    client,
    owner,
    repo,
    branch,
    subject: options.title,
    trailers: options.trailers,
    ownedBy: options.ownedBy,
    files: new Map(
      sorted.added.map(path => [path, options.files.get(path)!] as const),
    ),
    logger,
    signal,
  });
  const pullRequest =
    (await findOpen(options)) ?? (await open(options, base, branch));
  return { ...sorted, pullRequest };
}

/**
 * Sorts the files as {@link proposeFiles} would; nothing is written. `sha` is
 * the commit at which the base branch was looked at.
 *
 * @throws NotFoundError - no such repository or branch.
 */
export async function sortProposal(
  options: Pick<
    ProposeFilesOptions,
    'client' | 'owner' | 'repo' | 'base' | 'files'
  >,
): Promise<ProposedFiles & { sha: string }> {
  const { client, owner, repo, base, files } = options;
  const sha = await headOf(client, { owner, repo, branch: base });
  if (!sha) {
    throw new NotFoundError(
      `There is no branch ${base} in ${owner}/${repo}, or the portal's credentials cannot see it`,
    );
  }
  const added: string[] = [];
  const kept: string[] = [];
  for (const path of files.keys()) {
    const exists = await hasFile(client, { owner, repo, path, ref: sha });
    (exists ? kept : added).push(path);
  }
  return { sha, added, kept };
}

async function hasFile(
  client: Octokit,
  file: { owner: string; repo: string; path: string; ref: string },
): Promise<boolean> {
  try {
    await client.rest.repos.getContent(file);
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function headOf(
  client: Octokit,
  { owner, repo, branch }: { owner: string; repo: string; branch: string },
): Promise<string | undefined> {
  try {
    const { data } = await client.rest.git.getRef({
      owner,
      repo,
      ref: `heads/${branch}`,
    });
    return data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function ensureBranch(
  { client, owner, repo, branch }: ProposeFilesOptions,
  sha: string,
): Promise<void> {
  if (await headOf(client, { owner, repo, branch })) return;
  try {
    await client.rest.git.createRef({
      owner,
      repo,
      ref: `refs/heads/${branch}`,
      sha,
    });
  } catch (error) {
    // made between our look and now
    if (statusOf(error) === 422) return;
    throw refusal(error, `${owner}/${repo}`);
  }
}

async function findOpen({
  client,
  owner,
  repo,
  branch,
}: ProposeFilesOptions): Promise<Proposal['pullRequest']> {
  const { data } = await client.rest.pulls.list({
    owner,
    repo,
    head: `${owner}:${branch}`,
    state: 'open',
  });
  return data[0] && { url: data[0].html_url, number: data[0].number };
}

async function open(
  options: ProposeFilesOptions,
  base: string,
  head: string,
): Promise<Proposal['pullRequest']> {
  const { client, owner, repo, title, body } = options;
  try {
    const { data } = await client.rest.pulls.create({
      owner,
      repo,
      base,
      head,
      title,
      body,
    });
    return { url: data.html_url, number: data.number };
  } catch (error) {
    // opened by a request whose answer got lost
    const existing = statusOf(error) === 422 && (await findOpen(options));
    if (existing) return existing;
    if (statusOf(error) === 422) {
      throw new ConflictError(
        `${owner}/${repo} does not take a pull request from ${head} to ${base} (${
          (error as Error).message
        }): look at the branch, or remove it and run the task again`,
      );
    }
    throw refusal(error, `${owner}/${repo}`);
  }
}

function refusal(error: unknown, slug: string): unknown {
  const status = statusOf(error);
  return status === 403 || status === 404
    ? new NotAllowedError(
        `The portal may not propose changes to ${slug} (${
          (error as Error).message
        }): give its GitHub App "Contents: write" and "Pull requests: write" there`,
      )
    : error;
}
