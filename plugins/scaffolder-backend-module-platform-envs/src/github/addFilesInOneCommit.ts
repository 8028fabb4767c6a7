import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  ForwardedError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { Octokit } from 'octokit';
import { statusOf } from './createGithubClient';

/** How often the branch may move under our hands before we give up. */
const MAX_ATTEMPTS = 10;

/** Options of {@link addFilesInOneCommit}. */
export interface AddFilesOptions {
  client: Octokit;
  owner: string;
  repo: string;
  branch: string;
  /** First line of the message. */
  subject: string;
  /** Written at the end of the message, in this order. */
  trailers: Array<[key: string, value: string]>;
  /**
   * The trailer that shows that existing files are ours: a file that is already
   * there counts as ours when a commit that touched it carries this line.
   */
  ownedBy: [key: string, value: string];
  /** Whole contents by path. */
  files: Map<string, string>;
  /**
   * Files that have to be there already, and what becomes of their text; whose
   * they are does not matter. One that gives back what it got changes nothing.
   */
  edits?: Map<string, (text: string) => string>;
  logger: LoggerService;
  signal?: AbortSignal;
}

/** What {@link addFilesInOneCommit} did. */
export interface AddFilesResult {
  /** The commit that was made; absent when all files were there already. */
  commitSha?: string;
  /** Paths that were added, in the order given. */
  added: string[];
  /** Paths that were there and ours. They are left as they are. */
  present: string[];
  /** Whole contents by path of what was edited; empty where nothing had to be. */
  edited: Map<string, string>;
}

/**
 * Adds files to a branch as one commit, through the Git data API: all of them
 * or none. Files that are there already and ours are left alone, for people and
 * promotions may have changed them since; so it can be run again.
 *
 * When the branch moves meanwhile, everything is looked at anew and tried
 * again; nothing is ever forced.
 *
 * @throws ConflictError - a file exists that is not ours, or the branch kept moving.
 * @throws NotFoundError - no such repository or branch, or no file to edit.
 * @throws NotAllowedError - the branch does not let the portal write.
 */
export async function addFilesInOneCommit(
  options: AddFilesOptions,
): Promise<AddFilesResult> {
  const { client, owner, repo, branch, logger, signal } = options;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const head = await readHead(options);
    const { added, present, edited } = await look(options, head);
    if (added.length === 0 && edited.size === 0) {
      return { added, present, edited };
    }
    const tree = await client.rest.git.createTree({
      owner,
      repo,
      base_tree: head.tree,
      tree: [
        ...added.map(path => [path, options.files.get(path)!] as const),
        ...edited,
      ].map(([path, content]) => ({
        path,
        mode: '100644' as const,
        type: 'blob' as const,
        content,
      })),
    });
    const commit = await client.rest.git.createCommit({
      owner,
      repo,
      message: messageOf(options),
      tree: tree.data.sha,
      parents: [head.commit],
    });
    try {
      await client.rest.git.updateRef({
        owner,
        repo,
        ref: `heads/${branch}`,
        sha: commit.data.sha,
        force: false,
      });
      return { commitSha: commit.data.sha, added, present, edited };
    } catch (error) {
      if (!isNotFastForward(error)) {
        throw refusal(error, options);
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
    `${owner}/${repo} got new commits on ${branch} faster than ours could be added (${MAX_ATTEMPTS} attempts): run the task again`,
  );
}

/**
 * Sorts the files into those to add and those that are there and ours, as
 * {@link addFilesInOneCommit} would; nothing is written.
 *
 * @throws ConflictError - a file exists that is not ours.
 */
export async function checkFiles(
  options: AddFilesOptions,
): Promise<AddFilesResult> {
  return look(options, await readHead(options));
}

async function look(
  options: AddFilesOptions,
  head: { commit: string; tree: string },
): Promise<AddFilesResult> {
  return {
    ...(await sortFiles(options, head.tree)),
    edited: await editFiles(options, head.commit),
  };
}

async function editFiles(
  { client, owner, repo, branch, edits = new Map() }: AddFilesOptions,
  ref: string,
): Promise<Map<string, string>> {
  const edited = new Map<string, string>();
  for (const [path, edit] of edits) {
    let text: string;
    try {
      const { data } = await client.rest.repos.getContent({
        owner,
        repo,
        path,
        ref,
        mediaType: { format: 'raw' },
      });
      text = data as unknown as string;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      throw new NotFoundError(
        `There is no ${path} in ${owner}/${repo} on ${branch}: it has to be there first`,
      );
    }
    const after = edit(text);
    if (after !== text) edited.set(path, after);
  }
  return edited;
}

async function readHead(
  options: AddFilesOptions,
): Promise<{ commit: string; tree: string }> {
  const { client, owner, repo, branch } = options;
  try {
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
  } catch (error) {
    if (statusOf(error) === 404) {
      throw new NotFoundError(
        `There is no branch ${branch} in ${owner}/${repo}, or the portal's credentials cannot see it`,
      );
    }
    throw error;
  }
}

async function sortFiles(
  options: AddFilesOptions,
  tree: string,
): Promise<Pick<AddFilesResult, 'added' | 'present'>> {
  const { owner, repo, branch, ownedBy } = options;
  const existing = await existingPaths(options, tree);
  const added: string[] = [];
  const present: string[] = [];
  for (const path of options.files.keys()) {
    if (!existing.has(path)) {
      added.push(path);
    } else if (await isOurs(options, path)) {
      present.push(path);
    } else {
      throw new ConflictError(
        `${path} exists in ${owner}/${repo} on ${branch}, and no commit that touched it says "${ownedBy.join(
          ': ',
        )}": it is somebody else's. Choose another name, or remove the file first`,
      );
    }
  }
  return { added, present };
}

async function existingPaths(
  options: AddFilesOptions,
  tree: string,
): Promise<Set<string>> {
  const { client, owner, repo, branch, files } = options;
  const { data } = await client.rest.git.getTree({
    owner,
    repo,
    tree_sha: tree,
    recursive: '1',
  });
  if (!data.truncated) {
    return new Set(data.tree.map(item => item.path!));
  }
  const found = new Set<string>();
  for (const path of files.keys()) {
    try {
      await client.rest.repos.getContent({ owner, repo, path, ref: branch });
      found.add(path);
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }
  return found;
}

async function isOurs(options: AddFilesOptions, path: string) {
  const { client, owner, repo, branch } = options;
  const line = options.ownedBy.join(': ');
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

function messageOf({ subject, trailers }: AddFilesOptions): string {
  const lines = trailers.map(
    ([key, value]) => `${key}: ${value.replace(/[\r\n]+/g, ' ')}`,
  );
  return `${subject}\n\n${lines.join('\n')}\n`;
}

function isNotFastForward(error: unknown): boolean {
  return (
    statusOf(error) === 422 &&
    /fast.forward/i.test((error as Error).message ?? '')
  );
}

function refusal(error: unknown, options: AddFilesOptions): Error {
  const { owner, repo, branch } = options;
  const status = statusOf(error);
  if (status === 403 || status === 409 || status === 422) {
    return new NotAllowedError(
      `${owner}/${repo} does not let the portal write to ${branch} (${
        (error as Error).message
      }): allow its GitHub App to bypass the branch's rules for these files`,
    );
  }
  return new ForwardedError(
    `The commit to ${owner}/${repo} could not be put on ${branch}`,
    error,
  );
}
