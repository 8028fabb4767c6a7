import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import {
  BranchMovedError,
  BranchProtectedError,
} from '@fairway/plugin-platform-envs-node';
import { GitCommandError, GitTimeoutError } from './runGit';

const PROTECTED =
  /GH006|GH013|protected branch|hook declined|rule violations|prohibited/i;
const MOVED =
  /stale info|non-fast-forward|fetch first|cannot lock ref|incorrect old value|failed to update ref|remote ref updated since checkout/i;

/** What went wrong with git, in the words and classes that the port promises; anything else as it is. */
export function explainGitError(error: unknown, repository: string): unknown {
  if (error instanceof GitTimeoutError) {
    return new ServiceUnavailableError(
      `The Git host did not answer in time for ${repository}`,
      error,
    );
  }
  if (!(error instanceof GitCommandError)) return error;
  const words = `${error.stdout}\n${error.stderr}`;
  if (error.command === 'push') {
    if (PROTECTED.test(words)) {
      return new BranchProtectedError(
        `The Git host refuses the push to ${repository}: ${ownWords(
          words,
        )}. Let the portal's identity bypass the rule for this branch.`,
      );
    }
    if (MOVED.test(words)) {
      return new BranchMovedError(`${repository} moved while we wrote to it`);
    }
    if (/returned error: 403|Permission .* denied|Write access/i.test(words)) {
      return new BranchProtectedError(
        `The portal's credentials may not write to ${repository}. Give them "Contents: read and write".`,
      );
    }
  }
  if (/Repository not found|returned error: 404|not found/i.test(words)) {
    return new NotFoundError(
      `The Git host has no repository ${repository}, or our credentials may not see it`,
    );
  }
  if (
    /Authentication failed|could not read Username|returned error: 40[13]/i.test(
      words,
    )
  ) {
    return new ServiceUnavailableError(
      `The Git host refuses our credentials for ${repository}. Check the token of integrations.github.`,
    );
  }
  const said = ownWords(words);
  const [, status] = /returned error: (\d{3})/.exec(words) ?? [];
  return new ServiceUnavailableError(
    status
      ? `The Git host answered ${status} for ${repository}${
          said && ` (${said})`
        }`
      : `The Git host failed for ${repository}: ${said}`,
  );
}

/** The lines that the host and git meant for people, shortened. */
function ownWords(words: string): string {
  const lines = words
    .split('\n')
    .map(line =>
      line
        .replace(/^(remote|error|fatal|!):?\s*/, '')
        .replace(/^unable to access '[^']*': /, '')
        .replace(/^The requested URL returned error: \d{3}$/, '')
        .trim(),
    )
    .filter(line => line && !/^(To |Done$|hint)/.test(line));
  const joined = [...new Set(lines)].join('; ');
  return joined.length > 400 ? `${joined.slice(0, 400)}…` : joined;
}
