import { z } from 'zod';
import {
  GithubRepository,
  PullRequest,
  PullReview,
  ReviewThread,
} from '../../world/github/githubTypes';
import { standing } from '../../world/github/pullRequests';
import { HttpError } from '../createServer';
import { actorOf, bodyOf, byId, GithubContext, page, text } from './context';
import { PULL, pullOf, touch } from './pulls';
import { pullSimpleShape, pullUrl, reviewShape } from './pullShapes';
import { nodeId, repositoryApiUrl, userByLogin } from './shapes';

const STATES = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;

const reviewSchema = z.looseObject({
  body: text.nullish(),
  commit_id: text.optional(),
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).optional(),
});
const dismissalSchema = z.looseObject({ message: text.min(1) });
const reviewersSchema = z.looseObject({
  reviewers: z.array(text).default([]),
  team_reviewers: z.array(text).default([]),
});
const reviewCommentSchema = z.looseObject({
  body: text.min(1),
  commit_id: text,
  path: text,
  line: z.number().int().optional(),
  in_reply_to: z.number().int().optional(),
});

/** Reviews of pull requests, who is asked for one, and conversations about lines. */
export function pullReviewRoutes({ world, api }: GithubContext): void {
  api.get(`${PULL}/reviews`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    return page(request, reply, pull.reviews).map(review =>
      reviewShape(world, repository, pull, review),
    );
  });
  api.post(`${PULL}/reviews`, async request => {
    const { repository, pull } = pullOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, reviewSchema);
    const event = input.event ?? 'COMMENT';
    const refuse = (message: string) =>
      new HttpError(422, 'Unprocessable Entity', { errors: [message] });
    if (actor.login === pull.user && event !== 'COMMENT') {
      throw refuse(
        event === 'APPROVE'
          ? 'Can not approve your own pull request'
          : 'Can not request changes on your own pull request',
      );
    }
    if (event !== 'APPROVE' && !input.body) {
      throw refuse('Review body cannot be blank');
    }
    const { head } = await standing(world, repository, pull);
    const review: PullReview = {
      id: world.github.nextId(),
      user: actor.login,
      state: STATES[event],
      body: input.body ?? '',
      commitId: input.commit_id ?? head ?? '',
      submittedAt: world.clock.now().toISOString(),
    };
    pull.reviews.push(review);
    pull.requestedReviewers = pull.requestedReviewers.filter(
      login => login !== actor.login,
    );
    touch(world, pull);
    world.github.emit({
      name: 'pull_request_review',
      action: 'submitted',
      repository,
      pull,
      review,
      sender: actor.login,
    });
    return reviewShape(world, repository, pull, review);
  });

  const reviewOf = (request: Parameters<typeof pullOf>[1]) => {
    const { repository, pull } = pullOf(world, request);
    const { review: id } = request.params as { review: string };
    const review = byId(pull.reviews, id);
    return { repository, pull, review };
  };
  api.get(`${PULL}/reviews/:review`, async request => {
    const { repository, pull, review } = reviewOf(request);
    return reviewShape(world, repository, pull, review);
  });
  api.put(`${PULL}/reviews/:review/dismissals`, async request => {
    const { repository, pull, review } = reviewOf(request);
    bodyOf(request, dismissalSchema);
    if (review.state === 'COMMENTED' || review.state === 'DISMISSED') {
      throw new HttpError(
        422,
        'Can not dismiss a commented pull request review',
      );
    }
    review.state = 'DISMISSED';
    touch(world, pull);
    world.github.emit({
      name: 'pull_request_review',
      action: 'dismissed',
      repository,
      pull,
      review,
      sender: actorOf(world, request).login,
    });
    return reviewShape(world, repository, pull, review);
  });

  const simple = async (repository: GithubRepository, pull: PullRequest) =>
    pullSimpleShape(
      world,
      repository,
      pull,
      await standing(world, repository, pull),
    );
  const REVIEWERS = `${PULL}/requested_reviewers`;
  api.get(REVIEWERS, async request => {
    const { repository, pull } = pullOf(world, request);
    const shape = await simple(repository, pull);
    return { users: shape.requested_reviewers, teams: shape.requested_teams };
  });
  api.post(REVIEWERS, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    const input = bodyOf(request, reviewersSchema);
    const [org] = repository.fullName.split('/');
    if (
      input.reviewers.some(login => !world.github.account(login)) ||
      input.team_reviewers.some(slug => !world.github.team(org, slug))
    ) {
      throw new HttpError(
        422,
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ' +
          `${repository.fullName} repository.`,
      );
    }
    if (input.reviewers.includes(pull.user)) {
      throw new HttpError(
        422,
        'Review cannot be requested from pull request author.',
      );
    }
    pull.requestedReviewers = [
      ...new Set([...pull.requestedReviewers, ...input.reviewers]),
    ];
    pull.requestedTeams = [
      ...new Set([...pull.requestedTeams, ...input.team_reviewers]),
    ];
    touch(world, pull);
    for (const login of input.reviewers) {
      world.github.emit({
        name: 'pull_request',
        action: 'review_requested',
        repository,
        pull,
        sender: actorOf(world, request).login,
        details: { requested_reviewer: userByLogin(world, login) },
      });
    }
    return reply.code(201).send(await simple(repository, pull));
  });
  api.delete(REVIEWERS, async request => {
    const { repository, pull } = pullOf(world, request);
    const input = bodyOf(request, reviewersSchema);
    pull.requestedReviewers = pull.requestedReviewers.filter(
      login => !input.reviewers.includes(login),
    );
    pull.requestedTeams = pull.requestedTeams.filter(
      slug => !input.team_reviewers.includes(slug),
    );
    touch(world, pull);
    return simple(repository, pull);
  });

  const COMMENTS = `${PULL}/comments`;
  const commentShapes = (
    { repository, pull }: ReturnType<typeof pullOf>,
    thread: ReviewThread,
  ) => {
    const url = repositoryApiUrl(world, repository);
    const html = pullUrl(world, repository, pull);
    return thread.comments.map((comment, index) => {
      const self = `${url}/pulls/comments/${comment.id}`;
      const pullApi = `${url}/pulls/${pull.number}`;
      return {
        url: self,
        pull_request_review_id: null,
        id: comment.id,
        node_id: nodeId('PullRequestReviewComment', comment.id),
        diff_hunk: '',
        path: thread.path,
        commit_id: thread.commitId,
        original_commit_id: thread.commitId,
        user: userByLogin(world, comment.user),
        body: comment.body,
        created_at: comment.createdAt,
        updated_at: comment.createdAt,
        html_url: `${html}#discussion_r${comment.id}`,
        pull_request_url: pullApi,
        author_association: 'MEMBER',
        ...(index ? { in_reply_to_id: thread.comments[0].id } : {}),
        ...(thread.line ? { line: thread.line } : {}),
        _links: {
          self: { href: self },
          html: { href: `${html}#discussion_r${comment.id}` },
          pull_request: { href: pullApi },
        },
      };
    });
  };
  api.get(COMMENTS, async (request, reply) => {
    const found = pullOf(world, request);
    return page(
      request,
      reply,
      found.pull.threads.flatMap(thread => commentShapes(found, thread)),
    );
  });
  api.post(COMMENTS, async (request, reply) => {
    const found = pullOf(world, request);
    const input = bodyOf(request, reviewCommentSchema);
    const comment = {
      id: world.github.nextId(),
      user: actorOf(world, request).login,
      body: input.body,
      createdAt: world.clock.now().toISOString(),
    };
    let thread = found.pull.threads.find(
      candidate => candidate.comments[0].id === input.in_reply_to,
    );
    if (!thread) {
      thread = {
        id: world.github.nextId(),
        path: input.path,
        line: input.line,
        commitId: input.commit_id,
        resolved: false,
        comments: [],
      };
      found.pull.threads.push(thread);
    }
    thread.comments.push(comment);
    touch(world, found.pull);
    return reply.code(201).send(commentShapes(found, thread).pop());
  });
}
