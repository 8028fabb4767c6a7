import { expectedChecks, missingChecks, protectionOf } from '../protection';
import { World } from '../types';
import { codeOwnersAt, ownersOf, peopleBehind } from './codeOwners';
import { changedFiles } from './gitObjects';
import {
  BranchProtection,
  GithubRepository,
  PullRequest,
  PullReview,
} from './githubTypes';
import { decisions, isAncestor, PullStanding } from './pullRequests';

/** How a pull request can be merged. */
export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** What stands between a pull request and its merge. */
export interface MergeJudgement {
  /** GitHub's words, one sentence each; empty when nothing stands in the way. */
  reasons: string[];
  /** Whether it only lacks the newest commits of the base branch. */
  behind: boolean;
  /** Undefined where no reviews are required. */
  reviewDecision?: 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED';
}

/** Judges a pull request by the protection of its base branch. */
export async function judgeMerge(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  at: PullStanding,
): Promise<MergeJudgement> {
  const rules = protectionOf(repository, pull.base);
  if (!rules || !at.head || !at.base) {
    return { reasons: [], behind: false };
  }
  const reasons: string[] = [];
  const missing = missingChecks(repository, rules, at.head);
  if (missing.length) {
    reasons.push(
      expectedChecks(missing, rules.requiredStatusChecks!.contexts.length),
    );
  }
  const reviews = await reviewReasons(world, repository, pull, at, rules);
  reasons.push(...reviews.reasons);
  const open = pull.threads.filter(thread => !thread.resolved).length;
  if (rules.requiredConversationResolution && open) {
    reasons.push(
      'A conversation must be resolved before this pull request can be merged.',
    );
  }
  if (rules.requiredSignatures) {
    reasons.push('Commits must have verified signatures.');
  }
  const behind =
    Boolean(rules.requiredStatusChecks?.strict) &&
    !(await isAncestor(world, repository, at.base, at.head));
  return { reasons, behind, reviewDecision: reviews.decision };
}

async function reviewReasons(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  at: PullStanding,
  rules: BranchProtection,
): Promise<{
  reasons: string[];
  decision?: MergeJudgement['reviewDecision'];
}> {
  const required = rules.requiredReviews;
  if (!required) {
    return { reasons: [] };
  }
  const latest = [...decisions(pull).values()].filter(
    ({ user, commitId }) =>
      world.github.account(user) &&
      (!required.dismissStaleReviews || commitId === at.head),
  );
  if (latest.some(({ state }) => state === 'CHANGES_REQUESTED')) {
    return {
      reasons: ['Changes have been requested by a reviewer with write access.'],
      decision: 'CHANGES_REQUESTED',
    };
  }
  const approvals = latest.filter(({ state }) => state === 'APPROVED');
  const reasons: string[] = [];
  const needed = required.requiredApprovingReviewCount;
  if (approvals.length < needed) {
    reasons.push(
      needed === 1
        ? 'At least 1 approving review is required by reviewers with write access.'
        : `At least ${needed} approving reviews are required by reviewers with write access.`,
    );
  }
  if (required.requireCodeOwnerReviews) {
    const waiting = await missingOwners(world, repository, at, approvals);
    if (waiting.length) {
      reasons.push(`Waiting on code owner review from ${sentence(waiting)}.`);
    }
  }
  if (required.requireLastPushApproval && at.head) {
    const [last] = await world.git.log(repository.fullName, at.head, {
      limit: 1,
    });
    const pusher = world.github.accountByEmail(last.committer.email)?.login;
    if (!approvals.some(({ user }) => user !== pusher)) {
      reasons.push(
        'New changes require approval from someone other than the last pusher.',
      );
    }
  }
  return {
    reasons,
    decision: reasons.length ? 'REVIEW_REQUIRED' : 'APPROVED',
  };
}

/** Owners of changed files of whom nobody has approved. */
async function missingOwners(
  world: World,
  repository: GithubRepository,
  at: PullStanding,
  approvals: PullReview[],
): Promise<string[]> {
  const missing = new Set<string>();
  for (const owners of await ownersOfChanges(world, repository, at)) {
    const approved = approvals.some(({ user }) =>
      owners.some(owner => peopleBehind(world, owner).includes(user)),
    );
    if (!approved) {
      owners.forEach(owner => missing.add(owner));
    }
  }
  return [...missing];
}

/**
 * Who owns what a pull request changes: a list of owners for each set of
 * files, by the CODEOWNERS file of the base branch. Owners whom nobody knows
 * do not count, and neither do files that are left without any.
 */
export async function ownersOfChanges(
  world: World,
  repository: GithubRepository,
  at: PullStanding,
): Promise<string[][]> {
  if (!at.base || !at.head || !at.mergeBase) {
    return [];
  }
  const rules = await codeOwnersAt(world, repository, at.base);
  if (!rules.length) {
    return [];
  }
  const files = await changedFiles(world, repository, at.mergeBase, at.head);
  const sets = new Map<string, string[]>();
  for (const file of files) {
    for (const path of [file.filename, file.previous_filename ?? []].flat()) {
      const owners = ownersOf(rules, path).filter(
        owner => peopleBehind(world, owner).length,
      );
      if (owners.length) {
        sets.set(owners.join(' '), owners);
      }
    }
  }
  return [...sets.values()];
}

/** `a`, `a and/or b`, `a, b and/or c`. */
function sentence(names: string[]): string {
  const last = names[names.length - 1];
  return names.length === 1
    ? last
    : `${names.slice(0, -1).join(', ')} and/or ${last}`;
}
