import { ConflictError, NotAllowedError } from '@backstage/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddFilesOptions, AddFilesResult } from './addFilesInOneCommit';
import { CommitMessage, commitOnBranch, findCommit } from './commitOnBranch';
import {
  BranchState,
  lookAtFiles,
  readBranch,
  rememberCommit,
} from './lookAtFiles';
import { Waiting } from './takeTurnsTogether';

/** How often the branch may move under our hands before we give up. */
const MAX_ATTEMPTS = 10;

/** As much of a first line as tools show. */
const HEADLINE_LENGTH = 72;

/** Somebody whose files are to be added. */
export type WaitingFiles = Waiting<AddFilesOptions, AddFilesResult>;

/** What one of them brings into the commit. */
interface Part {
  one: WaitingFiles;
  found: AddFilesResult;
}

/**
 * Adds the files of several to one branch, in one commit, and answers each for
 * itself.
 *
 * 1. The branch is read once, and everybody's files are looked at. Whoever is
 *    refused, has everything already or is cancelled, is answered and left out.
 * 2. What the others bring is committed on top of what was read. Where somebody
 *    else has committed since, or the answer got lost, it begins again.
 * 3. A commit that the branch's rules refuse is tried for each alone: it may be
 *    the files of one.
 *
 * The first of them asks for all. When its run is cancelled meanwhile, so that
 * its requests end, it begins again with the next.
 */
export async function commitTogether(waiting: WaitingFiles[]): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const [first, ...others] = waiting.filter(one => !one.isSettled());
    if (!first) return;
    try {
      await attemptCommit([first, ...others], attempt > 1);
    } catch (error) {
      if (first.request.signal?.aborted) {
        first.reject(error);
        continue;
      }
      if (error instanceof NotAllowedError && others.length > 0) {
        for (const one of [first, ...others]) {
          await commitTogether([one]).catch(one.reject);
        }
        return;
      }
      throw error;
    }
    const left = waiting.filter(one => !one.isSettled());
    if (left.length === 0) return;
    left.forEach(({ request: { owner, repo, logger } }) =>
      logger.info(
        `${owner}/${repo} got another commit meanwhile, or its answer got lost; looking again (${attempt} of ${MAX_ATTEMPTS})`,
      ),
    );
    await sleep(Math.random() * 200 * attempt);
  }
  const { owner, repo, branch } = waiting[0].request;
  throw new ConflictError(
    `${owner}/${repo} got new commits on ${branch} faster than ours could be added (${MAX_ATTEMPTS} attempts): run the task again`,
  );
}

/** Whoever has no answer after it has to be looked at anew. */
async function attemptCommit(
  waiting: WaitingFiles[],
  isRepeated: boolean,
): Promise<void> {
  const { request: leader } = waiting[0];
  const state = await readBranch(leader);
  let parts: Part[];
  let contents: Map<string, string>;
  do {
    contents = new Map();
    parts = await lookAtAll(waiting, state, contents, isRepeated);
    // a run may have been cancelled while the others were looked at
  } while (parts.some(({ one }) => one.isSettled()));
  if (parts.length === 0) return;
  const commitSha = await commitOnBranch({
    ...leader,
    head: state.head,
    message: messageOf(parts.map(({ one }) => one.request)),
    files: contents,
  });
  if (!commitSha) return;
  rememberCommit(leader, state, { sha: commitSha, added: contents.keys() });
  for (const { one, found } of parts) {
    const together = parts
      .filter(other => other.one !== one)
      .map(other => other.one.request.ownedBy[1]);
    one.resolve({
      ...found,
      commitSha,
      ...(together.length > 0 && { together }),
    });
  }
}

/** Those that bring something, and it by path; the others are answered. */
async function lookAtAll(
  waiting: WaitingFiles[],
  state: BranchState,
  contents: Map<string, string>,
  isRepeated: boolean,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const one of waiting.filter(each => !each.isSettled())) {
    const { request } = one;
    try {
      const found = await lookAtFiles(request, state, contents);
      if (found.added.length + found.edited.size > 0) {
        parts.push({ one, found });
        found.added.forEach(path =>
          contents.set(path, request.files.get(path)!),
        );
        found.edited.forEach((text, path) => contents.set(path, text));
        continue;
      }
      // what moved the branch may have been a commit of ours whose answer got lost
      const commitSha = isRepeated
        ? await findCommit(request, message => isAbout(message, request))
        : undefined;
      one.resolve({ ...found, ...(commitSha && { commitSha }) });
    } catch (error) {
      one.reject(error);
    }
  }
  return parts;
}

function messageOf(requests: AddFilesOptions[]): CommitMessage {
  const trailers = requests.map(trailersOf).join('\n');
  if (requests.length === 1) {
    return { headline: requests[0].subject, body: trailers };
  }
  const subjects = requests.map(({ subject }) => `- ${subject}`).join('\n');
  return {
    headline: headlineOf(requests.map(({ ownedBy: [, name] }) => name)),
    body: `${subjects}\n\n${trailers}`,
  };
}

/** As many of the names as there is room for. */
function headlineOf(names: string[]): string {
  for (let shown = names.length; shown > 1; shown--) {
    const rest = names.length - shown;
    const line = `Desired state of ${names.slice(0, shown).join(', ')}${
      rest > 0 ? ` and ${rest} more` : ''
    }`;
    if (line.length <= HEADLINE_LENGTH) return line;
  }
  return `Desired state of ${names[0]} and ${names.length - 1} more`;
}

/** Lines that stand together in the message of the commit. */
function trailersOf({ trailers }: AddFilesOptions): string {
  return trailers
    .map(([key, value]) => `${key}: ${value.replace(/[\r\n]+/g, ' ')}`)
    .join('\n');
}

function isAbout(message: string, request: AddFilesOptions): boolean {
  return `\n${message.trim()}\n`.includes(`\n${trailersOf(request)}\n`);
}
