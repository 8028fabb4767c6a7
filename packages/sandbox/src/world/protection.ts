import { BranchProtection, GithubRepository } from './github/githubTypes';
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

/** GitHub's words for required checks that have not succeeded. */
export function expectedChecks(missing: string[], required: number): string {
  return missing.length === 1
    ? `Required status check "${missing[0]}" is expected.`
    : `${missing.length} of ${required} required status checks are expected.`;
}

/**
 * Why a login may not bring a commit straight to a branch, one sentence each;
 * empty when it may. Where the checks of `sha` have succeeded, they do not
 * stand in the way.
 */
export function pushRefusals(
  world: Pick<World, 'github'>,
  repository: GithubRepository,
  branch: string,
  login: string,
  sha?: string,
): string[] {
  const protection = protectionOf(repository, branch);
  if (!protection || !protection.enforceAdmins) {
    // Whoever holds a token of the sandbox is an administrator.
    return [];
  }
  const { requiredReviews, requiredStatusChecks, restrictions } = protection;
  const [org] = repository.fullName.split('/');
  const reasons: string[] = [];
  const isIn = (slugs: string[] = []) =>
    slugs.some(slug => world.github.team(org, slug)?.members.includes(login));
  if (
    requiredReviews &&
    !requiredReviews.bypassUsers.includes(login) &&
    !isIn(requiredReviews.bypassTeams)
  ) {
    reasons.push('Changes must be made through a pull request.');
  }
  if (requiredStatusChecks?.contexts.length) {
    const { contexts } = requiredStatusChecks;
    const missing = sha ? missingChecks(repository, protection, sha) : contexts;
    if (missing.length) {
      reasons.push(expectedChecks(missing, contexts.length));
    }
  }
  if (
    restrictions &&
    !restrictions.users.includes(login) &&
    !restrictions.apps.includes(login) &&
    !isIn(restrictions.teams)
  ) {
    reasons.push("You're not authorized to push to this branch.");
  }
  if (protection.requiredSignatures) {
    reasons.push('Commits must have verified signatures.');
  }
  return reasons;
}

/** Protection of a branch; undefined when there is none. */
export function protectionOf(
  repository: GithubRepository,
  branch: string,
): BranchProtection | undefined {
  return Object.hasOwn(repository.protection, branch)
    ? repository.protection[branch]
    : undefined;
}

/** Tells git what it must refuse when a login pushes. */
export function enforceProtection(
  world: Pick<World, 'git' | 'github'>,
  repository: GithubRepository,
  login: string,
): void {
  const refused: Record<string, string[]> = {};
  const steady: string[] = [];
  const linear: string[] = [];
  for (const [branch, protection] of Object.entries(repository.protection)) {
    const ref = `refs/heads/${branch}`;
    refused[ref] = pushRefusals(world, repository, branch, login);
    if (!protection.allowForcePushes) {
      steady.push(ref);
    }
    if (protection.requiredLinearHistory) {
      linear.push(ref);
    }
  }
  world.git.setPushRules(repository.fullName, { refused, steady, linear });
}
