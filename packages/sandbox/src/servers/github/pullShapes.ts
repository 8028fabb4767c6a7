import {
  GithubRepository,
  PullRequest,
  PullReview,
} from '../../world/github/githubTypes';
import { changedFiles } from '../../world/github/gitObjects';
import { judgeMerge } from '../../world/github/mergeRules';
import {
  commitCount,
  headRepositoryOf,
  mergedTree,
  PullStanding,
  standing,
} from '../../world/github/pullRequests';
import { World } from '../../world/types';
import { repositoryShape } from './repositoryShapes';
import {
  nodeId,
  repositoryApiUrl,
  repositoryUrl,
  teamShape,
  teamWithParent,
  userByLogin,
} from './shapes';

/** Page of a pull request. */
export function pullUrl(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
): string {
  return `${repositoryUrl(world, repository)}/pull/${pull.number}`;
}

/** `pull-request-simple` of the API: what lists carry. */
export function pullSimpleShape(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  at: PullStanding,
) {
  const url = repositoryApiUrl(world, repository);
  const html = pullUrl(world, repository, pull);
  const [org] = repository.fullName.split('/');
  const headRepository = headRepositoryOf(world, repository, pull);
  const side = (
    branch: string,
    sha: string | undefined,
    of: GithubRepository | undefined,
  ) => {
    const owner = (of ?? repository).fullName.split('/')[0];
    return {
      label: `${owner}:${branch}`,
      ref: branch,
      sha: sha ?? '',
      user: userByLogin(world, owner),
      repo: of ? repositoryShape(world, of) : null,
    };
  };
  const links = {
    self: `${url}/pulls/${pull.number}`,
    html,
    issue: `${url}/issues/${pull.number}`,
    comments: `${url}/issues/${pull.number}/comments`,
    review_comments: `${url}/pulls/${pull.number}/comments`,
    review_comment: `${url}/pulls/comments{/number}`,
    commits: `${url}/pulls/${pull.number}/commits`,
    statuses: `${url}/statuses/${at.head ?? ''}`,
  };
  return {
    url: links.self,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: links.issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userByLogin(world, pull.user),
    body: pull.body ?? null,
    labels: pull.labels.map(name => labelShape(world, repository, name)),
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
    requested_teams: pull.requestedTeams.map(slug =>
      teamWithParent(world, org, slug),
    ),
    head: side(pull.head, at.head, headRepository),
    base: side(pull.base, at.base, repository),
    _links: Object.fromEntries(
      Object.entries(links).map(([name, href]) => [name, { href }]),
    ),
    author_association: 'MEMBER',
    active_lock_reason: null,
    auto_merge: null,
    draft: pull.draft,
  };
}

/** `pull-request` of the API. */
export async function pullShape(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
) {
  const at = await standing(world, repository, pull);
  const open = pull.state === 'open' && at.head && at.base;
  const mergeable = open
    ? Boolean(await mergedTree(world, repository, at.base!, at.head!))
    : null;
  const judgement = open
    ? await judgeMerge(world, repository, pull, at)
    : undefined;
  const files =
    at.head && at.mergeBase
      ? await changedFiles(world, repository, at.mergeBase, at.head)
      : [];
  const sum = (key: 'additions' | 'deletions') =>
    files.reduce((total, file) => total + file[key], 0);
  const state = () => {
    if (mergeable === null) {
      return 'unknown';
    }
    if (!mergeable) {
      return 'dirty';
    }
    if (pull.draft) {
      return 'draft';
    }
    if (judgement?.reasons.length) {
      return 'blocked';
    }
    return judgement?.behind ? 'behind' : 'clean';
  };
  return {
    ...pullSimpleShape(world, repository, pull, at),
    requested_teams: pull.requestedTeams.map(slug =>
      teamShape(world, repository.fullName.split('/')[0], slug),
    ),
    merged: Boolean(pull.mergedAt),
    mergeable,
    rebaseable: mergeable,
    mergeable_state: state(),
    merged_by: pull.mergedBy ? userByLogin(world, pull.mergedBy) : null,
    comments: pull.comments.length,
    review_comments: pull.threads.flatMap(thread => thread.comments).length,
    maintainer_can_modify: false,
    commits: await commitCount(world, repository, at),
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  };
}

/** `issue` of the API: a pull request as what is talked about. */
export async function issueShape(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
) {
  const shape = await pullShape(world, repository, pull);
  const url = shape.issue_url;
  return {
    id: shape.id,
    node_id: shape.node_id,
    url,
    repository_url: shape.base.repo!.url,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: shape.html_url,
    number: shape.number,
    state: shape.state,
    title: shape.title,
    body: shape.body,
    user: shape.user,
    labels: shape.labels,
    assignee: shape.assignee,
    assignees: shape.assignees,
    milestone: null,
    locked: false,
    active_lock_reason: null,
    reactions: noReactions(url),
    comments: shape.comments,
    closed_at: shape.closed_at,
    created_at: shape.created_at,
    updated_at: shape.updated_at,
    author_association: shape.author_association,
    draft: shape.draft,
    pull_request: {
      url: shape.url,
      html_url: shape.html_url,
      diff_url: shape.diff_url,
      patch_url: shape.patch_url,
      merged_at: shape.merged_at,
    },
  };
}

/** `pull-request-review` of the API. */
export function reviewShape(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  review: PullReview,
) {
  const html = pullUrl(world, repository, pull);
  const url = `${repositoryApiUrl(world, repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userByLogin(world, review.user),
    body: review.body,
    state: review.state,
    html_url: `${html}#pullrequestreview-${review.id}`,
    pull_request_url: url,
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: 'MEMBER',
  };
}

/** `issue-comment` of the API. */
export function commentShape(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  comment: PullRequest['comments'][number],
) {
  const url = repositoryApiUrl(world, repository);
  const self = `${url}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: self,
    html_url: `${pullUrl(world, repository, pull)}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${pull.number}`,
    body: comment.body,
    user: userByLogin(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: 'MEMBER',
    performed_via_github_app: null,
    reactions: noReactions(self),
  };
}

/** `label` of the API. Labels have no colours of their own here. */
export function labelShape(
  world: World,
  repository: GithubRepository,
  name: string,
) {
  return {
    id: 1,
    node_id: nodeId('Label', `${repository.id}:${name}`),
    url: `${repositoryApiUrl(world, repository)}/labels/${encodeURIComponent(
      name,
    )}`,
    name,
    description: null,
    color: 'ededed',
    default: false,
  };
}

/** `reaction-rollup` of the API: nobody reacts here. */
function noReactions(url: string) {
  return {
    url: `${url}/reactions`,
    total_count: 0,
    '+1': 0,
    '-1': 0,
    laugh: 0,
    hooray: 0,
    confused: 0,
    heart: 0,
    rocket: 0,
    eyes: 0,
  };
}
