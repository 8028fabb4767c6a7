import { LoggerService } from '@backstage/backend-plugin-api';
import git, { Errors } from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The waits before a push is tried again; the last one is long enough for a restart. */
const RETRIES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Commits all files of a folder as the first commit of a branch.
 *
 * @returns the commit.
 */
export async function commitFolder(options: {
  folder: string;
  /** An empty folder: where git keeps its own. */
  gitFolder: string;
  branch: string;
  message: string;
  author: { name: string; email: string };
}): Promise<string> {
  const { branch, message, author } = options;
  const where = { fs, dir: options.folder, gitdir: options.gitFolder };
  await git.init({ ...where, defaultBranch: branch });
  await git.add({ ...where, filepath: '.' });
  return git.commit({ ...where, message, author, committer: author });
}

/**
 * Pushes what {@link commitFolder} made to a repository, never forced. What fails by
 * itself, like a connection, is tried again.
 *
 * @throws Error - the server refuses the push, or does not answer for long.
 */
export async function pushFolder(options: {
  gitFolder: string;
  url: string;
  token: string;
  logger: LoggerService;
  signal?: AbortSignal;
}): Promise<void> {
  const { gitFolder: gitdir, url, token, logger, signal } = options;
  const user = Buffer.from(`x-access-token:${token}`).toString('base64');
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await git.push({
        fs,
        http,
        gitdir,
        url,
        remote: 'origin',
        // sent at once, not when the server asks for it
        headers: { Authorization: `Basic ${user}` },
      });
      return;
    } catch (error) {
      const waitMs = RETRIES_MS[attempt];
      if (waitMs === undefined || !isPassing(error)) throw error;
      logger.warn(
        `The push failed (${(error as Error).message}); trying again in ${
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
