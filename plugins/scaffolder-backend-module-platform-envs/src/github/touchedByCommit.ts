import { Octokit } from 'octokit';

/**
 * Whether any commit of a branch that touched a path carries a line in its
 * message, such as the trailer that tells whose the file is.
 */
export async function touchedByCommit(
  client: Octokit,
  place: { owner: string; repo: string; branch: string; path: string },
  line: string,
): Promise<boolean> {
  const { owner, repo, branch, path } = place;
  const pages = client.paginate.iterator(client.rest.repos.listCommits, {
    owner,
    repo,
    sha: branch,
    path,
    per_page: 100,
  });
  for await (const { data } of pages) {
    if (data.some(({ commit }) => commit.message.split('\n').includes(line))) {
      return true;
    }
  }
  return false;
}
