import { LoggerService } from '@backstage/backend-plugin-api';
import { Octokit } from 'octokit';
import { commitTogether } from './commitTogether';
import { lookAtFiles, readBranch } from './lookAtFiles';
import { takeTurnsTogether } from './takeTurnsTogether';

/** More would make a commit that nobody reads, and a request that takes GitHub long. */
const MOST_TOGETHER = 30;

/** Options of {@link addFilesInOneCommit}. */
export interface AddFilesOptions {
  client: Octokit;
  owner: string;
  repo: string;
  branch: string;
  /** First line of the message, or of what it says of this. */
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
  /** Values of `ownedBy` of the others whose files that commit adds, too. */
  together?: string[];
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
 * Those who write to the same branch take turns, and whoever waits is taken
 * along by the next commit. Each is looked at for itself: what is refused, or
 * not wanted any more, is left out of the commit and is in nobody's way. When
 * somebody else moves the branch meanwhile, everything is looked at anew and
 * tried again; nothing is ever forced.
 *
 * @throws ConflictError - a file exists that is not ours, or the branch kept moving.
 * @throws NotFoundError - no such repository or branch, or no file to edit.
 * @throws NotAllowedError - the branch does not let the portal write.
 */
export async function addFilesInOneCommit(
  options: AddFilesOptions,
): Promise<AddFilesResult> {
  const { client, owner, repo, branch, signal } = options;
  const { baseUrl } = client.request.endpoint.DEFAULTS;
  return takeTurnsTogether({
    thing: [baseUrl, owner, repo, branch].join('\n'),
    request: options,
    signal,
    fits: fitsIntoCommit,
    serve: commitTogether,
  });
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
  return lookAtFiles(options, await readBranch(options));
}

/**
 * A commit says whose files it adds, but not which of them are whose: that is
 * told by their paths. So nobody's name may be a part of another's path.
 */
function fitsIntoCommit(
  one: AddFilesOptions,
  others: AddFilesOptions[],
): boolean {
  return (
    others.length < MOST_TOGETHER &&
    others.every(other => !isNamedIn(one, other) && !isNamedIn(other, one))
  );
}

function isNamedIn(
  { ownedBy: [, name] }: AddFilesOptions,
  { files, edits = new Map() }: AddFilesOptions,
): boolean {
  return [...files.keys(), ...edits.keys()].some(path =>
    path.split('/').some(part => part === name || part.startsWith(`${name}.`)),
  );
}
