import { z } from 'zod';
import { RefMovedError } from '../../world/BareGitStore';
import { GithubRepository, PullRequest } from '../../world/GithubState';
import { missingChecks } from '../../world/protection';
import { GitError } from '../../world/runGit';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { actorOf, bodyOf, GithubContext, page, repositoryOf } from './context';
import { changedFiles } from './gitObjects';
import {
  commitShape,
  fullRepository,
  nodeId,
  repositoryApiUrl,
  repositoryUrl,
  userByLogin,
} from './shapes';

const createSchema = z.looseObject({
  title: z.string().min(1),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
});
const updateSchema = z.looseObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
});
const mergeSchema = z.looseObject({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
});
const reviewSchema = z.looseObject({
  body: z.string().default(''),
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).optional(),
});
const reviewersSchema = z.looseObject({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
});
const labelsSchema = z.looseObject({ labels: z.array(z.string()) });
const assigneesSchema = z.looseObject({ assignees: z.array(z.string()) });
const commentSchema = z.looseObject({ body: z.string().min(1) });

const PULL = '/repos/:owner/:repo/pulls/:number';
const ISSUE = '/repos/:owner/:repo/issues/:number';

/** Pull requests within one repository: open, review, merge as protection allows. */
export function pullRoutes({ world, api }: GithubContext): void {
  const pullOf = (request: any) => {
    const repository = repositoryOf(world, request);
    const { number } = request.params as { number: string };
    const pull = repository.pulls.find(
      candidate => candidate.number === Number(number),
    );
    if (!pull) {
      throw new HttpError(404, 'Not Found');
    }
    return { repository, pull };
  };
  const touch = (pull: PullRequest) => {
    pull.updatedAt = world.clock.now().toISOString();
    world.github.save();
  };

  api.get('/repos/:owner/:repo/pulls', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const query = request.query as Record<string, string | undefined>;
    const state = query.state ?? 'open';
    const pulls = [...repository.pulls]
      .reverse()
      .filter(
        pull =>
          (state === 'all' || pull.state === state) &&
          (!query.base || pull.base === query.base) &&
          (!query.head || pull.head === query.head.replace(/^[^:]+:/, '')),
      );
    return Promise.all(
      page(request, reply, pulls).map(pull =>
        pullShape(world, repository, pull),
      ),
    );
  });

  api.post('/repos/:owner/:repo/pulls', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, createSchema);
    const head = input.head.replace(/^[^:]+:/, '');
    const invalid = (field: string, code: string, message?: string) =>
      new HttpError(422, 'Validation Failed', {
        errors: [{ resource: 'PullRequest', field, code, message }],
      });
    const [headSha, baseSha] = await Promise.all(
      [head, input.base].map(branch =>
        world.git.resolve(repository.fullName, `refs/heads/${branch}`),
      ),
    );
    if (!headSha || !baseSha) {
      throw invalid(headSha ? 'base' : 'head', 'invalid');
    }
    if (
      repository.pulls.some(
        pull =>
          pull.state === 'open' &&
          pull.head === head &&
          pull.base === input.base,
      )
    ) {
      const [owner] = repository.fullName.split('/');
      throw invalid(
        'head',
        'custom',
        `A pull request already exists for ${owner}:${head}.`,
      );
    }
    if (await isAncestor(world, repository, headSha, baseSha)) {
      throw invalid(
        'head',
        'custom',
        `No commits between ${input.base} and ${head}`,
      );
    }
    const now = world.clock.now().toISOString();
    const pull: PullRequest = {
      id: world.github.nextId(),
      number: repository.pulls.length + 1,
      title: input.title,
      body: input.body ?? undefined,
      head,
      base: input.base,
      draft: input.draft,
      state: 'open',
      user: actor.login,
      createdAt: now,
      updatedAt: now,
      labels: [],
      assignees: [],
      requestedReviewers: [],
      requestedTeams: [],
      reviews: [],
      comments: [],
    };
    repository.pulls.push(pull);
    world.github.save();
    return reply.code(201).send(await pullShape(world, repository, pull));
  });

  api.get(PULL, async request => {
    const { repository, pull } = pullOf(request);
    return pullShape(world, repository, pull);
  });
  api.patch(PULL, async request => {
    const { repository, pull } = pullOf(request);
    const input = bodyOf(request, updateSchema);
    pull.title = input.title ?? pull.title;
    pull.body = input.body ?? pull.body;
    pull.base = input.base ?? pull.base;
    if (input.state && input.state !== pull.state) {
      if (pull.mergedAt) {
        throw new HttpError(422, 'Validation Failed', {
          errors: [
            {
              resource: 'PullRequest',
              field: 'state',
              code: 'invalid',
              message: 'state cannot be changed. The pull request was merged.',
            },
          ],
        });
      }
      pull.state = input.state;
      pull.closedAt =
        input.state === 'closed' ? world.clock.now().toISOString() : undefined;
    }
    touch(pull);
    return pullShape(world, repository, pull);
  });

  api.get(`${PULL}/files`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    const { head, mergeBase } = await standing(world, repository, pull);
    if (!head || !mergeBase) {
      return [];
    }
    const url = repositoryApiUrl(world, repository);
    const files = await changedFiles(world, repository, mergeBase, head);
    return page(request, reply, files).map(file => ({
      ...file,
      blob_url: `${repositoryUrl(world, repository)}/blob/${head}/${
        file.filename
      }`,
      raw_url: `${repositoryUrl(world, repository)}/raw/${head}/${
        file.filename
      }`,
      contents_url: `${url}/contents/${encodeURIComponent(
        file.filename,
      )}?ref=${head}`,
    }));
  });
  api.get(`${PULL}/commits`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    const { head, base } = await standing(world, repository, pull);
    if (!head || !base) {
      return [];
    }
    const out = await world.git.run(repository.fullName, [
      'rev-list',
      '--count',
      `${base}..${head}`,
    ]);
    const count = Number(out.toString());
    const commits = count
      ? await world.git.log(repository.fullName, head, { limit: count })
      : [];
    return page(request, reply, commits.reverse()).map(commit =>
      commitShape(world, repository, commit),
    );
  });

  const pageOf = (repository: GithubRepository, pull: PullRequest) =>
    `${repositoryUrl(world, repository)}/pull/${pull.number}`;
  const reviewShape = (
    repository: GithubRepository,
    pull: PullRequest,
    review: PullRequest['reviews'][number],
  ) => ({
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userByLogin(world, review.user),
    body: review.body,
    state: review.state,
    html_url: `${pageOf(repository, pull)}#pullrequestreview-${review.id}`,
    pull_request_url: `${repositoryApiUrl(world, repository)}/pulls/${
      pull.number
    }`,
    _links: {
      html: { href: pageOf(repository, pull) },
      pull_request: {
        href: `${repositoryApiUrl(world, repository)}/pulls/${pull.number}`,
      },
    },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: 'MEMBER',
  });
  api.get(`${PULL}/reviews`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    return page(request, reply, pull.reviews).map(review =>
      reviewShape(repository, pull, review),
    );
  });
  api.post(`${PULL}/reviews`, async request => {
    const { repository, pull } = pullOf(request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, reviewSchema);
    if (actor.login === pull.user && input.event && input.event !== 'COMMENT') {
      throw new HttpError(422, 'Unprocessable Entity', {
        errors: [
          input.event === 'APPROVE'
            ? 'Can not approve your own pull request'
            : 'Can not request changes on your own pull request',
        ],
      });
    }
    const { head } = await standing(world, repository, pull);
    const review: PullRequest['reviews'][number] = {
      id: world.github.nextId(),
      user: actor.login,
      state: (
        {
          APPROVE: 'APPROVED',
          REQUEST_CHANGES: 'CHANGES_REQUESTED',
          COMMENT: 'COMMENTED',
        } as const
      )[input.event ?? 'COMMENT'],
      body: input.body,
      commitId: head ?? '',
      submittedAt: world.clock.now().toISOString(),
    };
    pull.reviews.push(review);
    touch(pull);
    return reviewShape(repository, pull, review);
  });

  api.post(`${PULL}/requested_reviewers`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    const input = bodyOf(request, reviewersSchema);
    const unknown = input.reviewers.find(login => !world.github.account(login));
    if (unknown || input.reviewers.includes(pull.user)) {
      throw new HttpError(
        422,
        unknown
          ? 'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator.'
          : 'Review cannot be requested from pull request author.',
      );
    }
    pull.requestedReviewers = [
      ...new Set([...pull.requestedReviewers, ...input.reviewers]),
    ];
    pull.requestedTeams = [
      ...new Set([...pull.requestedTeams, ...input.team_reviewers]),
    ];
    touch(pull);
    return reply.code(201).send(await pullShape(world, repository, pull));
  });

  const labelShape = (name: string) => ({
    id: 1,
    node_id: nodeId('Label', name),
    url: '',
    name,
    description: null,
    color: 'ededed',
    default: false,
  });
  api.post(`${ISSUE}/labels`, async request => {
    const { pull } = pullOf(request);
    const { labels } = bodyOf(request, labelsSchema);
    pull.labels = [...new Set([...pull.labels, ...labels])];
    touch(pull);
    return pull.labels.map(labelShape);
  });
  api.post(`${ISSUE}/assignees`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    const { assignees } = bodyOf(request, assigneesSchema);
    pull.assignees = [
      ...new Set([
        ...pull.assignees,
        ...assignees.filter(login => world.github.account(login)),
      ]),
    ];
    touch(pull);
    return reply.code(201).send(await pullShape(world, repository, pull));
  });
  const commentShape = (
    repository: GithubRepository,
    pull: PullRequest,
    comment: PullRequest['comments'][number],
  ) => ({
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${repositoryApiUrl(world, repository)}/issues/comments/${comment.id}`,
    html_url: `${pageOf(repository, pull)}#issuecomment-${comment.id}`,
    issue_url: `${repositoryApiUrl(world, repository)}/issues/${pull.number}`,
    body: comment.body,
    user: userByLogin(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: 'MEMBER',
  });
  api.get(`${ISSUE}/comments`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    return page(request, reply, pull.comments).map(comment =>
      commentShape(repository, pull, comment),
    );
  });
  api.post(`${ISSUE}/comments`, async (request, reply) => {
    const { repository, pull } = pullOf(request);
    const comment = {
      id: world.github.nextId(),
      user: actorOf(world, request).login,
      body: bodyOf(request, commentSchema).body,
      createdAt: world.clock.now().toISOString(),
    };
    pull.comments.push(comment);
    touch(pull);
    return reply.code(201).send(commentShape(repository, pull, comment));
  });

  api.get(`${PULL}/merge`, async (request, reply) => {
    const { pull } = pullOf(request);
    if (!pull.mergedAt) {
      throw new HttpError(404, 'Not Found');
    }
    return reply.code(204).send();
  });
  api.put(`${PULL}/merge`, async request => {
    const { repository, pull } = pullOf(request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, mergeSchema);
    const at = await standing(world, repository, pull);
    if (pull.state !== 'open' || !at.head || !at.base) {
      throw new HttpError(405, 'Pull Request is not mergeable');
    }
    if (input.sha && input.sha !== at.head) {
      throw new HttpError(
        409,
        'Head branch was modified. Review and try the merge again.',
      );
    }
    if (pull.draft) {
      throw new HttpError(405, 'Pull Request is still a draft');
    }
    const blocked = mergeRefusal(repository, pull, at.head);
    if (blocked) {
      throw new HttpError(405, blocked);
    }
    if (input.merge_method === 'rebase') {
      throw new HttpError(
        405,
        'The sandbox does not rebase; merge with merge_method merge or squash',
      );
    }
    const tree = await mergedTree(world, repository, at.base, at.head);
    if (!tree) {
      throw new HttpError(405, 'Pull Request is not mergeable');
    }
    const squash = input.merge_method === 'squash';
    const [owner] = repository.fullName.split('/');
    const title =
      input.commit_title ??
      (squash
        ? `${pull.title} (#${pull.number})`
        : `Merge pull request #${pull.number} from ${owner}/${pull.head}`);
    const text = input.commit_message ?? (squash ? '' : pull.title);
    const now = world.clock.now();
    const sha = await world.git.writeCommit(repository.fullName, {
      tree,
      parents: squash ? [at.base] : [at.base, at.head],
      message: text ? `${title}\n\n${text}` : title,
      author: {
        name: actor.name ?? actor.login,
        email: actor.email ?? `${actor.login}@users.noreply.github.com`,
        date: now,
      },
      committer: { name: 'GitHub', email: 'noreply@github.com', date: now },
    });
    try {
      await world.git.updateRef(
        repository.fullName,
        `refs/heads/${pull.base}`,
        sha,
        at.base,
      );
    } catch (error) {
      if (error instanceof RefMovedError) {
        throw new HttpError(
          405,
          'Base branch was modified. Review and try the merge again.',
        );
      }
      throw error;
    }
    Object.assign(pull, {
      state: 'closed',
      mergedAt: now.toISOString(),
      closedAt: now.toISOString(),
      mergedBy: actor.login,
      mergeCommitSha: sha,
      headSha: at.head,
      baseSha: at.base,
    });
    if (repository.settings.delete_branch_on_merge) {
      await world.git.updateRef(
        repository.fullName,
        `refs/heads/${pull.head}`,
        undefined,
        at.head,
      );
    }
    touch(pull);
    return { sha, merged: true, message: 'Pull Request successfully merged' };
  });
}

/** `pull-request` of the API. */
export async function pullShape(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
) {
  const url = repositoryApiUrl(world, repository);
  const html = `${repositoryUrl(world, repository)}/pull/${pull.number}`;
  const [owner] = repository.fullName.split('/');
  const at = await standing(world, repository, pull);
  const open = pull.state === 'open' && at.head && at.base;
  const mergeable = open
    ? Boolean(await mergedTree(world, repository, at.base!, at.head!))
    : null;
  const blocked = open && mergeRefusal(repository, pull, at.head!);
  const files =
    at.head && at.mergeBase
      ? await changedFiles(world, repository, at.mergeBase, at.head)
      : [];
  const sum = (key: 'additions' | 'deletions') =>
    files.reduce((total, file) => total + file[key], 0);
  const side = (branch: string, sha: string | undefined) => ({
    label: `${owner}:${branch}`,
    ref: branch,
    sha: sha ?? '',
    user: userByLogin(world, owner),
    repo: fullRepository(world, repository),
  });
  const state = () => {
    if (mergeable === null) {
      return 'unknown';
    }
    if (!mergeable) {
      return 'dirty';
    }
    return blocked ? 'blocked' : 'clean';
  };
  return {
    url: `${url}/pulls/${pull.number}`,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${url}/issues/${pull.number}`,
    commits_url: `${url}/pulls/${pull.number}/commits`,
    review_comments_url: `${url}/pulls/${pull.number}/comments`,
    review_comment_url: `${url}/pulls/comments{/number}`,
    comments_url: `${url}/issues/${pull.number}/comments`,
    statuses_url: `${url}/statuses/${at.head ?? ''}`,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userByLogin(world, pull.user),
    body: pull.body ?? null,
    labels: pull.labels.map(name => ({ name, color: 'ededed' })),
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt ?? null,
    merged_at: pull.mergedAt ?? null,
    merge_commit_sha: pull.mergeCommitSha ?? null,
    assignee: pull.assignees.length
      ? userByLogin(world, pull.assignees[0])
      : null,
    assignees: pull.assignees.map(login => userByLogin(world, login)),
    requested_reviewers: pull.requestedReviewers.map(login =>
      userByLogin(world, login),
    ),
    requested_teams: pull.requestedTeams.map(slug => ({ slug, name: slug })),
    head: side(pull.head, at.head),
    base: side(pull.base, at.base),
    _links: {
      self: { href: `${url}/pulls/${pull.number}` },
      html: { href: html },
      issue: { href: `${url}/issues/${pull.number}` },
      comments: { href: `${url}/issues/${pull.number}/comments` },
      review_comments: { href: `${url}/pulls/${pull.number}/comments` },
      review_comment: { href: `${url}/pulls/comments{/number}` },
      commits: { href: `${url}/pulls/${pull.number}/commits` },
      statuses: { href: `${url}/statuses/${at.head ?? ''}` },
    },
    author_association: 'MEMBER',
    auto_merge: null,
    draft: pull.draft,
    merged: Boolean(pull.mergedAt),
    mergeable,
    rebaseable: false,
    mergeable_state: state(),
    merged_by: pull.mergedBy ? userByLogin(world, pull.mergedBy) : null,
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: await commitCount(world, repository, at),
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  };
}

/** Why protection does not let a pull request be merged; undefined when it does. */
function mergeRefusal(
  repository: GithubRepository,
  pull: PullRequest,
  headSha: string,
): string | undefined {
  const rules = repository.protection[pull.base];
  if (!rules) {
    return undefined;
  }
  const missing = missingChecks(repository, rules, headSha);
  if (missing.length) {
    return missing.length === 1
      ? `Required status check "${missing[0]}" is expected.`
      : `${missing.length} of ${
          rules.requiredStatusChecks!.contexts.length
        } required status checks are expected.`;
  }
  const needed = rules.requiredReviews?.requiredApprovingReviewCount ?? 0;
  const latest = new Map(
    pull.reviews
      .filter(review => review.state !== 'COMMENTED')
      .filter(
        review =>
          !rules.requiredReviews?.dismissStaleReviews ||
          review.commitId === headSha,
      )
      .map(review => [review.user, review.state]),
  );
  const states = [...latest.values()];
  if (states.includes('CHANGES_REQUESTED')) {
    return 'Changes have been requested by a reviewer with write access.';
  }
  return states.length < needed
    ? `At least ${needed} approving review is required by reviewers with write access.`
    : undefined;
}

/** Where head, base and their common ancestor stand; as they were when it was merged. */
async function standing(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
) {
  const resolve = (branch: string) =>
    world.git.resolve(repository.fullName, `refs/heads/${branch}`);
  const head = pull.headSha ?? (await resolve(pull.head));
  const base = pull.baseSha ?? (await resolve(pull.base));
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

async function commitCount(
  world: World,
  repository: GithubRepository,
  { head, base }: { head?: string; base?: string },
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

async function isAncestor(
  world: World,
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
async function mergedTree(
  world: World,
  repository: GithubRepository,
  base: string,
  head: string,
): Promise<string | undefined> {
  try {
    const out = await world.git.run(repository.fullName, [
      'merge-tree',
      '--write-tree',
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
