import { z } from 'zod';
import { RefMovedError } from '../../world/RefBook';
import {
  headRepositoryOf,
  mergedTree,
  standing,
} from '../../world/github/pullRequests';
import { judgeMerge } from '../../world/github/mergeRules';
import { personOf, writeMerge } from '../../world/github/mergeMethods';
import { protectionOf } from '../../world/protection';
import { HttpError } from '../createServer';
import { actorOf, bodyOf, GithubContext, text } from './context';
import { PULL, pullOf, touch } from './pulls';

const mergeSchema = z.looseObject({
  commit_title: text.nullish(),
  commit_message: text.nullish(),
  sha: text.nullish(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).nullish(),
});
const updateBranchSchema = z.looseObject({
  expected_head_sha: text.nullish(),
});

/** Merging, as protection and the repository's settings allow. */
export function pullMergeRoutes({ world, api }: GithubContext): void {
  api.get(`${PULL}/merge`, async (request, reply) => {
    const { pull } = pullOf(world, request);
    if (!pull.mergedAt) {
      throw new HttpError(404, 'Not Found');
    }
    return reply.code(204).send();
  });

  api.put(`${PULL}/merge`, async request => {
    const { repository, pull } = pullOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, mergeSchema);
    const method = input.merge_method ?? 'merge';
    const { settings } = repository;
    const notMergeable = (message: string) =>
      new HttpError(405, message, {
        documentationUrl:
          'https://docs.github.com/rest/pulls/pulls#merge-a-pull-request',
      });
    const at = await standing(world, repository, pull);
    if (pull.state !== 'open' || !at.head || !at.base) {
      throw notMergeable('Pull Request is not mergeable');
    }
    if (input.sha && input.sha !== at.head) {
      throw new HttpError(
        409,
        'Head branch was modified. Review and try the merge again.',
      );
    }
    if (pull.draft) {
      throw notMergeable('Pull Request is still a draft');
    }
    const linear = protectionOf(repository, pull.base)?.requiredLinearHistory;
    if (
      (method === 'merge' &&
        (linear || settings.allow_merge_commit === false)) ||
      (method === 'squash' && settings.allow_squash_merge === false) ||
      (method === 'rebase' && settings.allow_rebase_merge === false)
    ) {
      throw notMergeable(
        {
          merge: 'Merge commits are not allowed on this repository.',
          squash: 'Squash merges are not allowed on this repository.',
          rebase: 'Rebase merges are not allowed on this repository.',
        }[method],
      );
    }
    const judgement = await judgeMerge(world, repository, pull, at);
    if (judgement.reasons.length) {
      throw notMergeable(judgement.reasons.join(' '));
    }
    if (judgement.behind) {
      throw notMergeable(
        'Head branch is out of date. Review and try the merge again.',
      );
    }
    const sha = await writeMerge(
      world,
      repository,
      pull,
      { head: at.head, base: at.base },
      {
        method,
        actor,
        title: input.commit_title ?? undefined,
        message: input.commit_message ?? undefined,
      },
    );
    if (!sha) {
      throw notMergeable(
        method === 'rebase'
          ? "This branch can't be rebased"
          : 'Pull Request is not mergeable',
      );
    }
    try {
      await world.git.updateRef(
        repository.fullName,
        `refs/heads/${pull.base}`,
        sha,
        at.base,
      );
    } catch (error) {
      if (error instanceof RefMovedError) {
        throw notMergeable(
          'Base branch was modified. Review and try the merge again.',
        );
      }
      throw error;
    }
    const now = world.clock.now().toISOString();
    Object.assign(pull, {
      state: 'closed',
      mergedAt: now,
      closedAt: now,
      mergedBy: actor.login,
      mergeCommitSha: sha,
      headSha: at.head,
      baseSha: at.base,
    });
    touch(world, pull);
    world.github.emit({
      name: 'pull_request',
      action: 'closed',
      repository,
      pull,
      sender: actor.login,
    });
    if (
      settings.delete_branch_on_merge &&
      pull.headRepositoryId === undefined
    ) {
      await world.git
        .updateRef(
          repository.fullName,
          `refs/heads/${pull.head}`,
          undefined,
          at.head,
        )
        .catch(error => {
          // Somebody pushed to it meanwhile: it stays.
          if (!(error instanceof RefMovedError)) {
            throw error;
          }
        });
    }
    return { sha, merged: true, message: 'Pull Request successfully merged' };
  });

  api.put(`${PULL}/update-branch`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, updateBranchSchema);
    const at = await standing(world, repository, pull);
    const from = headRepositoryOf(world, repository, pull);
    if (!at.head || !at.base || pull.state !== 'open' || from !== repository) {
      throw new HttpError(422, 'There are no new commits on the base branch.');
    }
    if (input.expected_head_sha && input.expected_head_sha !== at.head) {
      throw new HttpError(
        422,
        'expected_head_sha does not match current head sha',
      );
    }
    if (at.mergeBase === at.base) {
      throw new HttpError(422, 'There are no new commits on the base branch.');
    }
    const tree = await mergedTree(world, repository, at.head, at.base);
    if (!tree) {
      throw new HttpError(422, 'merge conflict between base and head');
    }
    const date = world.clock.now();
    const sha = await world.git.writeCommit(repository.fullName, {
      tree,
      parents: [at.head, at.base],
      message: `Merge branch '${pull.base}' into ${pull.head}`,
      author: { ...personOf(actor), date },
      committer: { name: 'GitHub', email: 'noreply@github.com', date },
    });
    await world.git.updateRef(
      repository.fullName,
      `refs/heads/${pull.head}`,
      sha,
      at.head,
    );
    return reply.code(202).send({
      message: 'Updating pull request branch.',
      url: `${world.urls.github}/${repository.fullName}/pull/${pull.number}`,
    });
  });
}
