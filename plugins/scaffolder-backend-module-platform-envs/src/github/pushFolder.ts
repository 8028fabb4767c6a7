import { LoggerService } from '@backstage/backend-plugin-api';
import git, { Errors } from 'isomorphic-git';
// the one that asks by fetch: it hears a signal at any time
import http from 'isomorphic-git/http/web';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The waits before a push is tried again; the last one is long enough for a restart. */
const RETRIES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Commits all files of a folder as the first commit of a branch, but for those
 * that a `.gitignore` in it names.
 *
 * @returns SHA of the commit.
 */
export async function commitFolder(options: {
  folder: string;
  /** An empty folder: where git keeps its own. */
  gitFolder: string;
  branch: string;
  message: string;
  author: { name: string; email: string };
}): Promise<string> {
  const { folder, gitFolder, branch, message } = options;
  const where = { fs, dir: folder, gitdir: gitFolder, cache: {} };
  const author = {
    name: nameOf(options.author.name),
    email: nameOf(options.author.email),
    timezoneOffset: 0,
  };
  await git.init({ ...where, defaultBranch: branch });
  await git.add({ ...where, filepath: '.' });
  return git.commit({ ...where, message, author });
}

/**
 * Pushes what {@link commitFolder} made to a repository, never forced. What fails
 * by itself, like a connection, is tried again; a push whose answer was lost is
 * found done then.
 *
 * @param options.url - for clones, `https://…/….git`
 * @throws Error - the server refuses the push, the branch has other commits, or
 *   the server does not answer for long.
 */
export async function pushFolder(options: {
  gitFolder: string;
  branch: string;
  url: string;
  token: string;
  logger: LoggerService;
  signal?: AbortSignal;
}): Promise<void> {
  const { gitFolder, branch, url, token, logger, signal } = options;
  const user = Buffer.from(`x-access-token:${token}`).toString('base64');
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await git.push({
        fs,
        http,
        gitdir: gitFolder,
        ref: branch,
        url,
        // sent at once, not when the server asks for it
        headers: { Authorization: `Basic ${user}` },
        signal,
      });
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const waitMs = RETRIES_MS[attempt];
      if (waitMs === undefined || !isPassing(error)) throw error;
      logger.warn(
        `The push failed (${reasonOf(error)}); trying again in ${
          waitMs / 1000
        } s`,
      );
      await sleep(waitMs, undefined, { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof Errors.HttpError) return error.data.statusCode >= 500;
  return !(
    error instanceof Errors.GitPushError ||
    error instanceof Errors.PushRejectedError
  );
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** What would end a name in a commit; the library writes it as it is. */
function nameOf(text: string): string {
  return text.replace(/[<>\n\0]/g, '').trim();
}
