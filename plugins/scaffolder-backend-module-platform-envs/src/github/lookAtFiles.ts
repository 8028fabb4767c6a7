import { ConflictError, NotFoundError } from '@backstage/errors';
import { LRUCache } from 'lru-cache';
import type { AddFilesOptions, AddFilesResult } from './addFilesInOneCommit';
import { BranchRef } from './commitOnBranch';
import { statusOf } from './createGithubClient';
import { touchedByCommit } from './touchedByCommit';

/** Where a branch is. */
export interface BranchState {
  /** The commit. */
  head: string;
  /** What is in it; absent when it has more files than GitHub lists at once. */
  paths?: Set<string>;
}

/**
 * Paths by commit, which say the same for ever. The last one of a repository is
 * what the next run finds, unless somebody else has committed since.
 */
const knownPaths = new LRUCache<string, Set<string>>({ max: 20 });

/**
 * Reads where a branch is, and what is there.
 *
 * @throws NotFoundError - no such repository or branch.
 */
export async function readBranch(branch: BranchRef): Promise<BranchState> {
  const { client, owner, repo } = branch;
  const head = await readHead(branch);
  const known = knownPaths.get(keyOf(branch, head));
  if (known) return { head, paths: known };
  const { data } = await client.rest.git.getTree({
    owner,
    repo,
    tree_sha: head,
    recursive: '1',
  });
  if (data.truncated) return { head };
  const paths = new Set(data.tree.map(item => item.path!));
  knownPaths.set(keyOf(branch, head), paths);
  return { head, paths };
}

/** What is in a commit that added files to a known one need not be asked. */
export function rememberCommit(
  branch: BranchRef,
  { paths }: BranchState,
  commit: { sha: string; added: Iterable<string> },
): void {
  if (!paths) return;
  knownPaths.set(
    keyOf(branch, commit.sha),
    new Set([...paths, ...commit.added]),
  );
}

/**
 * Sorts files into those to add and those that are there and ours, and edits
 * those that are to be edited.
 *
 * @param before - whole texts by path that this commit already changes: edits
 *   go on from there.
 * @throws ConflictError - a file exists that is not ours.
 * @throws NotFoundError - there is no file to edit.
 */
export async function lookAtFiles(
  options: AddFilesOptions,
  state: BranchState,
  before: Map<string, string> = new Map(),
): Promise<AddFilesResult> {
  return {
    ...(await sortFiles(options, state)),
    edited: await editFiles(options, state, before),
  };
}

async function readHead(branch: BranchRef): Promise<string> {
  const { client, owner, repo } = branch;
  try {
    const ref = await client.rest.git.getRef({
      owner,
      repo,
      ref: `heads/${branch.branch}`,
    });
    return ref.data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) {
      throw new NotFoundError(
        `There is no branch ${branch.branch} in ${owner}/${repo}, or the portal's credentials cannot see it`,
      );
    }
    throw error;
  }
}

function keyOf({ client, owner, repo }: BranchRef, commit: string): string {
  const { baseUrl } = client.request.endpoint.DEFAULTS;
  return [baseUrl, owner, repo, commit].join('\n');
}

async function sortFiles(
  options: AddFilesOptions,
  state: BranchState,
): Promise<Pick<AddFilesResult, 'added' | 'present'>> {
  const { client, owner, repo, branch, ownedBy } = options;
  const line = ownedBy.join(': ');
  const existing = state.paths ?? (await existingPaths(options, state.head));
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
  { client, owner, repo, files }: AddFilesOptions,
  head: string,
): Promise<Set<string>> {
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

async function editFiles(
  options: AddFilesOptions,
  { head }: BranchState,
  before: Map<string, string>,
): Promise<Map<string, string>> {
  const edited = new Map<string, string>();
  for (const [path, edit] of options.edits ?? []) {
    const text = before.get(path) ?? (await readText(options, path, head));
    const after = edit(text);
    if (after !== text) edited.set(path, after);
  }
  return edited;
}

async function readText(
  { client, owner, repo, branch }: AddFilesOptions,
  path: string,
  ref: string,
): Promise<string> {
  try {
    const { data } = await client.rest.repos.getContent({
      owner,
      repo,
      path,
      ref,
      mediaType: { format: 'raw' },
    });
    return data as unknown as string;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw new NotFoundError(
      `There is no ${path} in ${owner}/${repo} on ${branch}: it has to be there first`,
    );
  }
}
