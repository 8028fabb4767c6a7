import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { Octokit } from 'octokit';
import { CommitMessage, commitOnBranch, findCommit } from './commitOnBranch';
import { statusOf } from './createGithubClient';
import { inTurn } from './inTurn';
import { touchedByCommit } from './touchedByCommit';

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
 * Adds files to a branch as one commit, in one request: all of them or none.
 * Files that are there already and ours are left alone, for people and
 * promotions may have changed them since; so it can be run again.
 *
 * Those who write to the same branch take turns. When somebody else moves it
 * meanwhile, everything is looked at anew and tried again; nothing is ever
 * forced.
 *
 * @throws ConflictError - a file exists that is not ours, or the branch kept moving.
 * @throws NotFoundError - no such repository or branch, or no file to edit.
 * @throws NotAllowedError - the branch does not let the portal write.
 */
export async function addFilesInOneCommit(
  options: AddFilesOptions,
): Promise<AddFilesResult> {
  const { client, owner, repo, branch } = options;
  const { baseUrl } = client.request.endpoint.DEFAULTS;
  return inTurn([baseUrl, owner, repo, branch].join('\n'), () =>
    commitPatiently(options),
  );
}

async function commitPatiently(
  options: AddFilesOptions,
): Promise<AddFilesResult> {
  const { owner, repo, branch, logger, signal } = options;
  const message = messageOf(options);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const head = await readHead(options);
    const found = await look(options, head);
    const { added, edited } = found;
    if (added.length === 0 && edited.size === 0) {
      // what moved the branch may have been a commit of ours whose answer got lost
      const commitSha =
        attempt > 1 ? await findCommit(options, message) : undefined;
      return { ...found, ...(commitSha && { commitSha }) };
    }
    const commitSha = await commitOnBranch({
      ...options,
      head,
      message,
      files: new Map([
        ...added.map(path => [path, options.files.get(path)!] as const),
        ...edited,
      ]),
    });
    if (commitSha) return { ...found, commitSha };
    logger.info(
      `${owner}/${repo} got another commit meanwhile, or its answer got lost; looking again (${attempt} of ${MAX_ATTEMPTS})`,
    );
    await new Promise(resolve =>
      setTimeout(resolve, Math.random() * 200 * attempt),
    );
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
  head: string,
): Promise<AddFilesResult> {
  return {
    ...(await sortFiles(options, head)),
    edited: await editFiles(options, head),
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

async function readHead(options: AddFilesOptions): Promise<string> {
  const { client, owner, repo, branch } = options;
  try {
    const ref = await client.rest.git.getRef({
      owner,
      repo,
      ref: `heads/${branch}`,
    });
    return ref.data.object.sha;
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
  head: string,
): Promise<Pick<AddFilesResult, 'added' | 'present'>> {
  const { client, owner, repo, branch, ownedBy } = options;
  const line = ownedBy.join(': ');
  const existing = await existingPaths(options, head);
  const added: string[] = [];
  const present: string[] = [];
  for (const path of options.files.keys()) {
    if (!existing.has(path)) {
      added.push(path);
    } else if (
      await touchedByCommit(client, { owner, repo, branch, path }, line)
    ) {
      present.push(path);
    } else {
      throw new ConflictError(
        `${path} exists in ${owner}/${repo} on ${branch}, and no commit that touched it says "${line}": it is somebody else's. Choose another name, or remove the file first`,
      );
    }
  }
  return { added, present };
}

async function existingPaths(
  options: AddFilesOptions,
  head: string,
): Promise<Set<string>> {
  const { client, owner, repo, files } = options;
  const { data } = await client.rest.git.getTree({
    owner,
    repo,
    tree_sha: head,
    recursive: '1',
  });
  if (!data.truncated) {
    return new Set(data.tree.map(item => item.path!));
  }
  const found = new Set<string>();
  for (const path of files.keys()) {
    try {
      await client.rest.repos.getContent({ owner, repo, path, ref: head });
      found.add(path);
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }
  return found;
}

function messageOf({ subject, trailers }: AddFilesOptions): CommitMessage {
  const lines = trailers.map(
    ([key, value]) => `${key}: ${value.replace(/[\r\n]+/g, ' ')}`,
  );
  return { headline: subject, body: lines.join('\n') };
}
