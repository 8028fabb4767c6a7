import { CheckRun, CommitStatus, GithubRepository } from './githubTypes';

/** The newest status of each context on a commit, newest first. */
export function latestByContext(
  repository: GithubRepository,
  sha: string,
): CommitStatus[] {
  const seen = new Set<string>();
  return (repository.statuses[sha] ?? []).filter(
    ({ context }) => !seen.has(context) && seen.add(context),
  );
}

/** One state for several: `failure` before `pending` before `success`; `pending` for none. */
export function combinedState(
  states: string[],
): 'failure' | 'pending' | 'success' {
  if (states.some(state => state === 'error' || state === 'failure')) {
    return 'failure';
  }
  return states.length && states.every(state => state === 'success')
    ? 'success'
    : 'pending';
}

/** A check run as a state of a status: neutral and skipped pass, as on GitHub. */
export function stateOfCheck({ status, conclusion }: CheckRun): string {
  if (status !== 'completed') {
    return 'pending';
  }
  return ['success', 'neutral', 'skipped'].includes(conclusion ?? '')
    ? 'success'
    : 'failure';
}
