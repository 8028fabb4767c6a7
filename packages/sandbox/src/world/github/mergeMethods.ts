import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError, runGit } from '../runGit';
import { World } from '../types';
import { GithubAccount, GithubRepository, PullRequest } from './githubTypes';
import { MergeMethod } from './mergeRules';
import { mergedTree, PullStanding } from './pullRequests';

const GITHUB = { name: 'GitHub', email: 'noreply@github.com' };

/** What a merge is to be. */
export interface MergeOrder {
  method: MergeMethod;
  actor: GithubAccount;
  /** Instead of GitHub's own words. */
  title?: string;
  message?: string;
}

/**
 * Writes the commits that a merge brings to the base branch, which does not
 * move yet. Returns the SHA that it is to move to; undefined when the two
 * sides conflict.
 */
export async function writeMerge(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  at: Required<Pick<PullStanding, 'head' | 'base'>>,
  order: MergeOrder,
): Promise<string | undefined> {
  if (order.method === 'rebase') {
    return rebased(world, repository, at, order.actor);
  }
  const tree = await mergedTree(world, repository, at.base, at.head);
  if (!tree) {
    return undefined;
  }
  const squash = order.method === 'squash';
  const commits = squash
    ? await world.git.log(repository.fullName, at.head, {
        not: at.base,
        limit: 250,
      })
    : [];
  const { settings, fullName } = repository;
  const single = commits.length === 1 ? commits[0] : undefined;
  const [owner] = fullName.split('/');
  const squashTitle =
    single && settings.squash_merge_commit_title !== 'PR_TITLE'
      ? single.message.split('\n')[0]
      : pull.title;
  const squashMessage = {
    PR_BODY: pull.body ?? '',
    BLANK: '',
    COMMIT_MESSAGES: single
      ? single.message.split('\n').slice(1).join('\n').trim()
      : [...commits]
          .reverse()
          .map(commit => `* ${commit.message}`)
          .join('\n\n'),
  }[String(settings.squash_merge_commit_message ?? 'COMMIT_MESSAGES')];
  const title =
    order.title ??
    (squash
      ? `${squashTitle} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${owner}/${pull.head}`);
  const text = order.message ?? (squash ? squashMessage : pull.title);
  const date = world.clock.now();
  return world.git.writeCommit(fullName, {
    tree,
    parents: squash ? [at.base] : [at.base, at.head],
    message: text ? `${title}\n\n${text}` : title,
    author: { ...personOf(order.actor), date },
    committer: { ...GITHUB, date },
  });
}

/** Name and address that an account's own commits carry. */
export function personOf(account: GithubAccount): {
  name: string;
  email: string;
} {
  return {
    name: account.name ?? account.login,
    email: account.email ?? `${account.login}@users.noreply.github.com`,
  };
}

/** The head's commits, written again on top of the base; undefined when one conflicts. */
async function rebased(
  world: World,
  repository: GithubRepository,
  at: { head: string; base: string },
  actor: GithubAccount,
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-rebase-'));
  const person = personOf(actor);
  const inFolder = (...args: string[]) =>
    runGit(args, {
      cwd: folder,
      env: {
        GIT_COMMITTER_NAME: person.name,
        GIT_COMMITTER_EMAIL: person.email,
        GIT_COMMITTER_DATE: `@${Math.floor(
          world.clock.now().getTime() / 1000,
        )} +0000`,
        GIT_EDITOR: 'true',
      },
    });
  try {
    await inFolder('init', '-q', '.');
    await inFolder(
      'fetch',
      '-q',
      world.git.path(repository.fullName),
      at.head,
      at.base,
    );
    await inFolder('checkout', '-q', '--detach', at.head);
    try {
      await inFolder('rebase', '-q', '--force-rebase', at.base);
    } catch (error) {
      if (error instanceof GitError && error.exitCode === 1) {
        return undefined;
      }
      throw error;
    }
    const sha = (await inFolder('rev-parse', 'HEAD')).toString().trim();
    await world.git.run(repository.fullName, [
      'fetch',
      '-q',
      '--no-tags',
      folder,
      sha,
    ]);
    return sha;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
