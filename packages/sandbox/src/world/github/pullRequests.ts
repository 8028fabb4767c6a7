import { GitError } from '../runGit';
import { World } from '../types';
import { GithubRepository, PullRequest } from './githubTypes';

/** Where the two sides of a pull request stand; undefined for a branch that is gone. */
export interface PullStanding {
  head?: string;
  base?: string;
  /** Their common ancestor. */
  mergeBase?: string;
}

/** Repository that the head branch is in; undefined when that fork was deleted. */
export function headRepositoryOf(
  world: Pick<World, 'github'>,
  repository: GithubRepository,
  pull: PullRequest,
): GithubRepository | undefined {
  return pull.headRepositoryId === undefined
    ? repository
    : world.github.repositoryById(pull.headRepositoryId);
}

/**
 * Brings the head of an open pull request up to date: `refs/pull/<n>/head`
 * follows the branch, and a fork's commits come into the repository.
 * Returns the head's SHA.
 */
export async function followHead(
  world: Pick<World, 'github' | 'git'>,
  repository: GithubRepository,
  pull: PullRequest,
): Promise<string | undefined> {
  if (pull.headSha) {
    return pull.headSha;
  }
  const ref = `refs/pull/${pull.number}/head`;
  const from = headRepositoryOf(world, repository, pull);
  const head =
    from && (await world.git.resolve(from.fullName, `refs/heads/${pull.head}`));
  const known = await world.git.resolve(repository.fullName, ref);
  if (!head || known === head) {
    return head ?? known;
  }
  if (from !== repository) {
    await world.git.run(repository.fullName, [
      'fetch',
      '--quiet',
      '--no-tags',
      world.git.path(from!.fullName),
      `+refs/heads/${pull.head}:${ref}`,
    ]);
  } else {
    await world.git.run(repository.fullName, ['update-ref', ref, head]);
  }
  await world.git.sync(repository.fullName);
  return head;
}

/** Where head, base and their common ancestor stand; as they were when it was closed. */
export async function standing(
  world: Pick<World, 'github' | 'git'>,
  repository: GithubRepository,
  pull: PullRequest,
): Promise<PullStanding> {
  const head = await followHead(world, repository, pull);
  const base =
    pull.baseSha ??
    (await world.git.resolve(repository.fullName, `refs/heads/${pull.base}`));
  const mergeBase =
    head && base
      ? await world.git
          .run(repository.fullName, ['merge-base', base, head])
          .then(
            out => out.toString().trim(),
            () => undefined,
          )
      : undefined;
  return { head, base, mergeBase };
}

/** How many commits a pull request would bring. */
export async function commitCount(
  world: Pick<World, 'git'>,
  repository: GithubRepository,
  { head, base }: PullStanding,
): Promise<number> {
  if (!head || !base) {
    return 0;
  }
  const out = await world.git.run(repository.fullName, [
    'rev-list',
    '--count',
    `${base}..${head}`,
  ]);
  return Number(out.toString());
}

/** Whether one commit leads to another. */
export function isAncestor(
  world: Pick<World, 'git'>,
  repository: GithubRepository,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  return world.git
    .run(repository.fullName, [
      'merge-base',
      '--is-ancestor',
      ancestor,
      descendant,
    ])
    .then(
      () => true,
      () => false,
    );
}

/** Tree of a merge; undefined when it conflicts. Needs git 2.38. */
export async function mergedTree(
  world: Pick<World, 'git'>,
  repository: GithubRepository,
  base: string,
  head: string,
): Promise<string | undefined> {
  try {
    const out = await world.git.run(repository.fullName, [
      'merge-tree',
      '--write-tree',
      '--allow-unrelated-histories',
      base,
      head,
    ]);
    return out.toString().split('\n')[0].trim();
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Pull requests that a commit belongs to: merged as it, or with it between
 * base and head. Those that are open and only contain it come too, as on GitHub.
 */
export async function pullsWithCommit(
  world: Pick<World, 'github' | 'git'>,
  repository: GithubRepository,
  sha: string,
): Promise<PullRequest[]> {
  const found: PullRequest[] = [];
  for (const pull of repository.pulls) {
    if (pull.mergeCommitSha === sha) {
      found.push(pull);
      continue;
    }
    const { head, base } = await standing(world, repository, pull);
    if (head === sha) {
      found.push(pull);
    } else if (head && base) {
      const out = await world.git.run(repository.fullName, [
        'rev-list',
        `${base}..${head}`,
      ]);
      if (out.toString().split('\n').includes(sha)) {
        found.push(pull);
      }
    }
  }
  return found;
}

/** The last decision of each reviewer; comments decide nothing. */
export function decisions(
  pull: PullRequest,
): Map<string, PullRequest['reviews'][number]> {
  return new Map(
    pull.reviews
      .filter(review => review.state !== 'COMMENTED')
      .map(review => [review.user, review]),
  );
}
