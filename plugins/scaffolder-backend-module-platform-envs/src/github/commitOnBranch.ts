import { ForwardedError, NotAllowedError } from '@backstage/errors';
import { Octokit } from 'octokit';
import { statusOf } from './createGithubClient';

const CREATE_COMMIT = /* GraphQL */ `
  mutation ($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) {
      commit {
        oid
      }
    }
  }
`;

/** Kinds of errors by which a branch's rules, or missing rights, refuse a commit. */
const REFUSALS = [
  'BRANCH_PROTECTION_RULE_VIOLATION',
  'FORBIDDEN',
  'UNPROCESSABLE',
];

/** A branch of a repository. */
export interface BranchRef {
  client: Octokit;
  owner: string;
  repo: string;
  branch: string;
}

/** The first line of a commit's message, and what comes after an empty one. */
export interface CommitMessage {
  headline: string;
  body: string;
}

/** Options of {@link commitOnBranch}. */
export interface CommitOptions extends BranchRef {
  /** Where the branch has to be: anything else is looked at anew first. */
  head: string;
  message: CommitMessage;
  /** Whole contents by path. */
  files: Map<string, string>;
}

/**
 * Commits files to a branch in one request, which GitHub counts as one write.
 *
 * @returns the commit; undefined when the branch is not at `head` any more, so
 *   that nothing was written, or when the answer got lost: look anew.
 * @throws NotAllowedError - the branch does not let the portal write.
 * @see https://docs.github.com/graphql/reference/mutations#createcommitonbranch
 */
export async function commitOnBranch(
  options: CommitOptions,
): Promise<string | undefined> {
  const { client, owner, repo, branch, head, message, files } = options;
  try {
    const answer = await client.graphql<
      { createCommitOnBranch: { commit: { oid: string } } } | undefined
    >(CREATE_COMMIT, {
      input: {
        branch: {
          repositoryNameWithOwner: `${owner}/${repo}`,
          branchName: branch,
        },
        expectedHeadOid: head,
        message,
        fileChanges: {
          additions: [...files].map(([path, content]) => ({
            path,
            contents: Buffer.from(content).toString('base64'),
          })),
        },
      },
    });
    // an answer that was cut off says nothing
    return answer?.createCommitOnBranch.commit.oid;
  } catch (error) {
    if (refusalsOf(error).some(({ type }) => type === 'STALE_DATA')) {
      return undefined;
    }
    throw refusal(error, options);
  }
}

/** The latest commit with such a message among the last hundred of a branch. */
export async function findCommit(
  { client, owner, repo, branch }: BranchRef,
  isIt: (message: string) => boolean,
): Promise<string | undefined> {
  const { data } = await client.rest.repos.listCommits({
    owner,
    repo,
    sha: branch,
    per_page: 100,
  });
  return data.find(({ commit }) => isIt(commit.message))?.sha;
}

/** What an answer of GraphQL refuses; empty for any other error. */
function refusalsOf(error: unknown): Array<{ type?: string; message: string }> {
  const { name, errors } = error as {
    name?: string;
    errors?: Array<{ type?: string; message: string }>;
  };
  return (name === 'GraphqlResponseError' && errors) || [];
}

function refusal(error: unknown, { owner, repo, branch }: BranchRef): Error {
  const refused = refusalsOf(error).filter(({ type = '' }) =>
    REFUSALS.includes(type),
  );
  if (statusOf(error) === 403 || refused.length > 0) {
    const reason =
      refused.map(({ message }) => message).join('; ') ||
      (error as Error).message;
    return new NotAllowedError(
      `${owner}/${repo} does not let the portal write to ${branch} (${reason}): allow its GitHub App to bypass the branch's rules for these files`,
    );
  }
  return new ForwardedError(
    `The commit to ${owner}/${repo} could not be put on ${branch}`,
    error,
  );
}
