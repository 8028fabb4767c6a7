import { BranchProtection, GithubRepository } from './GithubState';
import { World } from './types';

/** Whether the latest of each required check on a commit succeeded. */
export function missingChecks(
  repository: GithubRepository,
  protection: BranchProtection,
  sha: string,
): string[] {
  return (protection.requiredStatusChecks?.contexts ?? []).filter(context => {
    const status = repository.statuses[sha]?.find(
      candidate => candidate.context === context,
    );
    const run = [...repository.checkRuns]
      .reverse()
      .find(
        candidate => candidate.headSha === sha && candidate.name === context,
      );
    return !(
      status?.state === 'success' ||
      ['success', 'neutral', 'skipped'].includes(run?.conclusion ?? '')
    );
  });
}

/** Why a login may not push straight to a branch; undefined when it may. */
export function pushRefusal(
  repository: GithubRepository,
  branch: string,
  login: string,
): string | undefined {
  const protection = repository.protection[branch];
  if (!protection || !protection.enforceAdmins) {
    // Whoever holds a token of the sandbox is an administrator.
    return undefined;
  }
  const { requiredReviews, requiredStatusChecks, restrictions } = protection;
  if (requiredReviews && !requiredReviews.bypassUsers.includes(login)) {
    return 'Changes must be made through a pull request.';
  }
  if (requiredStatusChecks?.contexts.length) {
    const { contexts } = requiredStatusChecks;
    return contexts.length === 1
      ? `Required status check "${contexts[0]}" is expected.`
      : `${contexts.length} of ${contexts.length} required status checks are expected.`;
  }
  if (restrictions && !restrictions.users.includes(login)) {
    return 'You are not authorized to push to this branch.';
  }
  return undefined;
}

/** Tells git which branches the update hook refuses. */
export function enforceProtection(
  world: Pick<World, 'git'>,
  repository: GithubRepository,
  login: string,
): void {
  const refused: Record<string, string> = {};
  const steady: string[] = [];
  for (const [branch, protection] of Object.entries(repository.protection)) {
    const reason = pushRefusal(repository, branch, login);
    if (reason) {
      refused[`refs/heads/${branch}`] = reason;
    }
    if (!protection.allowForcePushes) {
      steady.push(`refs/heads/${branch}`);
    }
  }
  world.git.setProtectedRefs(repository.fullName, { refused, steady });
}
