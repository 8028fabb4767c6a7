import {
  GithubRepository,
  PullRequest,
  PullReview,
  ReviewThread,
} from '../../../world/github/githubTypes';
import { changedFiles } from '../../../world/github/gitObjects';
import { judgeMerge } from '../../../world/github/mergeRules';
import {
  headRepositoryOf,
  mergedTree,
  standing,
} from '../../../world/github/pullRequests';
import { nodeId } from '../shapes';
import { pullUrl } from '../pullShapes';
import { accountNode, userNode } from './accountNodes';
import { connection, PageArguments } from './connection';
import { GraphContext, GraphNode } from './context';
import { commitNode } from './gitNodes';
import { refNode } from './refNodes';
import { pullState, repositoryNode } from './repositoryNodes';

const CHANGES: Record<string, string> = {
  added: 'ADDED',
  removed: 'DELETED',
  renamed: 'RENAMED',
  modified: 'MODIFIED',
  changed: 'CHANGED',
};

/** `PullRequest` of the schema. */
export function pullNode(
  graph: GraphContext,
  repository: GithubRepository,
  pull: PullRequest,
): GraphNode {
  const { world } = graph;
  const { git } = world;
  const url = pullUrl(world, repository, pull);
  const from = headRepositoryOf(world, repository, pull);
  const at = () => standing(world, repository, pull);
  const files = async () => {
    const { head, mergeBase } = await at();
    return head && mergeBase
      ? changedFiles(world, repository, mergeBase, head)
      : [];
  };
  const sum = async (key: 'additions' | 'deletions') =>
    (await files()).reduce((total, file) => total + file[key], 0);
  const person = (login: string | undefined) => {
    const account = login ? world.github.account(login) : undefined;
    return account ? accountNode(graph, account) : null;
  };
  const branch = (of: GithubRepository | undefined, name: string) => {
    const ref =
      of &&
      git
        .refs(of.fullName)
        .find(candidate => candidate.name === `refs/heads/${name}`);
    return ref ? refNode(graph, of, ref) : null;
  };
  const mergeable = async () => {
    const { head, base } = await at();
    if (pull.state !== 'open' || !head || !base) {
      return 'UNKNOWN';
    }
    return (await mergedTree(world, repository, base, head))
      ? 'MERGEABLE'
      : 'CONFLICTING';
  };
  const self = () => pullNode(graph, repository, pull);
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', pull.id),
    databaseId: pull.id,
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    url,
    permalink: url,
    resourcePath: `/${repository.fullName}/pull/${pull.number}`,
    state: pullState(pull),
    closed: pull.state === 'closed',
    merged: Boolean(pull.mergedAt),
    isDraft: pull.draft,
    isCrossRepository: pull.headRepositoryId !== undefined,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt ?? null,
    mergedAt: pull.mergedAt ?? null,
    author: () => person(pull.user),
    mergedBy: () => person(pull.mergedBy),
    repository: () => repositoryNode(graph, repository),
    baseRepository: () => repositoryNode(graph, repository),
    baseRefName: pull.base,
    baseRefOid: async () => (await at()).base ?? '0'.repeat(40),
    baseRef: () => branch(repository, pull.base),
    headRefName: pull.head,
    headRefOid: async () => (await at()).head ?? '0'.repeat(40),
    headRef: () => branch(from, pull.head),
    headRepository: () => (from ? repositoryNode(graph, from) : null),
    headRepositoryOwner: () => person(from?.fullName.split('/')[0]),
    mergeCommit: () =>
      pull.mergeCommitSha
        ? commitNode(graph, repository, pull.mergeCommitSha)
        : null,
    mergeable,
    mergeStateStatus: async () => {
      const state = await mergeable();
      if (state !== 'MERGEABLE') {
        return state === 'CONFLICTING' ? 'DIRTY' : 'UNKNOWN';
      }
      if (pull.draft) {
        return 'DRAFT';
      }
      const judged = await judgeMerge(world, repository, pull, await at());
      if (judged.reasons.length) {
        return 'BLOCKED';
      }
      return judged.behind ? 'BEHIND' : 'CLEAN';
    },
    reviewDecision: async () =>
      (await judgeMerge(world, repository, pull, await at())).reviewDecision ??
      null,
    additions: () => sum('additions'),
    deletions: () => sum('deletions'),
    changedFiles: async () => (await files()).length,
    files: async (args: PageArguments) =>
      connection('files', args, await files(), file => ({
        path: file.filename,
        additions: file.additions,
        deletions: file.deletions,
        changeType: CHANGES[file.status],
      })),
    commits: async (args: PageArguments) => {
      const { head, base } = await at();
      const commits =
        head && base
          ? await git.log(repository.fullName, head, { not: base, limit: 250 })
          : [];
      return connection('commits', args, commits.reverse(), ({ sha }) => ({
        id: nodeId('PullRequestCommit', `${pull.id}:${sha}`),
        pullRequest: self,
        commit: () => commitNode(graph, repository, sha),
      }));
    },
    reviews: (args: PageArguments & { states?: string[] | null }) =>
      connection(
        'reviews',
        args,
        pull.reviews.filter(
          ({ state }) => !args.states?.length || args.states.includes(state),
        ),
        reviewNode,
      ),
    reviewThreads: (args: PageArguments) =>
      connection('reviewThreads', args, pull.threads, thread =>
        threadNode(graph, repository, pull, thread),
      ),
  };

  function reviewNode(review: PullReview) {
    return {
      __typename: 'PullRequestReview',
      id: nodeId('PullRequestReview', review.id),
      databaseId: review.id,
      author: () => person(review.user),
      body: review.body,
      state: review.state,
      createdAt: review.submittedAt,
      submittedAt: review.submittedAt,
      url: `${url}#pullrequestreview-${review.id}`,
      commit: () => commitNode(graph, repository, review.commitId),
      pullRequest: self,
      repository: () => repositoryNode(graph, repository),
    };
  }
}

/** `PullRequestReviewThread` of the schema. */
export function threadNode(
  graph: GraphContext,
  repository: GithubRepository,
  pull: PullRequest,
  thread: ReviewThread,
): GraphNode {
  const { world } = graph;
  const person = (login: string | undefined) => {
    const account = login ? world.github.account(login) : undefined;
    return account ? userNode(graph, account) : null;
  };
  return {
    __typename: 'PullRequestReviewThread',
    id: nodeId('PullRequestReviewThread', thread.id),
    isResolved: thread.resolved,
    resolvedBy: () => person(thread.resolvedBy),
    isOutdated: async () =>
      (await standing(world, repository, pull)).head !== thread.commitId,
    path: thread.path,
    line: thread.line ?? null,
    pullRequest: () => pullNode(graph, repository, pull),
    repository: () => repositoryNode(graph, repository),
    comments: (args: PageArguments) =>
      connection('comments', args, thread.comments, comment => ({
        id: nodeId('PullRequestReviewComment', comment.id),
        databaseId: comment.id,
        author: () => person(comment.user),
        body: comment.body,
        path: thread.path,
        createdAt: comment.createdAt,
        url: `${pullUrl(world, repository, pull)}#discussion_r${comment.id}`,
        pullRequest: () => pullNode(graph, repository, pull),
        repository: () => repositoryNode(graph, repository),
      })),
  };
}
