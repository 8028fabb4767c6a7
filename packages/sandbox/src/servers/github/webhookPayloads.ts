import { GithubEvent } from '../../world/github/githubEvents';
import { GithubRepository, PullRequest } from '../../world/github/githubTypes';
import { changedNames, EMPTY_TREE } from '../../world/github/gitObjects';
import {
  headRepositoryOf,
  isAncestor,
  PullStanding,
  standing,
} from '../../world/github/pullRequests';
import { GitCommitInfo, GitPush, World } from '../../world/types';
import { runShape } from './actionShapes';
import { simpleCheckSuite, suiteOf } from './checkSuites';
import { deploymentShape, deploymentStatusShape } from './deployments';
import {
  commentShape,
  issueShape,
  pullShape,
  pullSimpleShape,
  reviewShape,
} from './pullShapes';
import { eventRepository } from './repositoryShapes';
import {
  commitShape,
  organizationSimple,
  repositoryUrl,
  userByLogin,
} from './shapes';
import { checkRunShape } from './statuses';

const NONE = '0'.repeat(40);
/** GitHub tells of no more commits in one push. */
const MOST_COMMITS = 20;

/** What every payload carries. */
function common(
  world: World,
  repository: GithubRepository,
  sender: string,
): Record<string, unknown> {
  const owner = world.github.account(repository.fullName.split('/')[0]);
  return {
    repository: eventRepository(world, repository),
    ...(owner?.type === 'Organization'
      ? {
          organization: organizationSimple(world, owner),
        }
      : {}),
    sender: userByLogin(world, sender),
  };
}

/**
 * Payload of an event.
 *
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export async function eventPayload(
  world: World,
  event: GithubEvent,
): Promise<Record<string, unknown>> {
  const { repository } = event;
  return {
    ...('action' in event ? { action: event.action } : {}),
    ...(await subject(world, event)),
    ...common(world, repository, event.sender),
  };
}

async function subject(
  world: World,
  event: GithubEvent,
): Promise<Record<string, unknown>> {
  const { repository } = event;
  switch (event.name) {
    case 'pull_request':
      return {
        number: event.pull.number,
        pull_request: await pullShape(world, repository, event.pull),
        ...event.details,
      };
    case 'pull_request_review': {
      const { pull } = event;
      const review = reviewShape(world, repository, pull, event.review);
      const at = await standing(world, repository, pull);
      return {
        pull_request: reviewedPull(world, repository, pull, at),
        review: { ...review, state: review.state.toLowerCase() },
      };
    }
    case 'issue_comment':
      return {
        comment: commentShape(world, repository, event.pull, event.comment),
        issue: await issueShape(world, repository, event.pull),
      };
    case 'check_run':
      return {
        check_run: {
          ...checkRunShape(world, repository, event.check),
          check_suite: simpleCheckSuite(
            world,
            repository,
            suiteOf(repository, event.check),
          ),
        },
      };
    case 'workflow_run':
      return {
        workflow_run: await runShape(world, repository, event.run),
        workflow: null,
      };
    case 'status': {
      const [commit] = await world.git.log(repository.fullName, event.sha, {
        limit: 1,
      });
      const { status } = event;
      return {
        id: status.id,
        sha: event.sha,
        name: repository.fullName,
        target_url: status.targetUrl ?? null,
        avatar_url: null,
        context: status.context,
        description: status.description ?? null,
        state: status.state,
        commit: commitShape(world, repository, commit),
        branches: world.git
          .refs(repository.fullName)
          .filter(
            ref =>
              ref.name.startsWith('refs/heads/') && ref.commit === event.sha,
          )
          .map(ref => ({
            name: ref.name.slice('refs/heads/'.length),
            commit: {
              sha: ref.commit,
              url: commitShape(world, repository, commit).url,
            },
            protected: false,
          })),
        created_at: status.createdAt,
        updated_at: status.createdAt,
      };
    }
    case 'fork':
      return { forkee: eventRepository(world, event.forkee) };
    case 'deployment':
      return {
        deployment: deploymentShape(world, repository, event.deployment),
        workflow: null,
        workflow_run: null,
      };
    case 'deployment_status':
      return {
        deployment: deploymentShape(world, repository, event.deployment),
        deployment_status: deploymentStatusShape(
          world,
          repository,
          event.deployment,
          event.status,
        ),
        check_run: null,
        workflow: null,
        workflow_run: null,
      };
    default:
      return event.details ?? {};
  }
}

/** A pull request as events of reviews carry it: its repositories and teams in short. */
function reviewedPull(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  at: PullStanding,
) {
  const shape = pullSimpleShape(world, repository, pull, at);
  const from = headRepositoryOf(world, repository, pull);
  return {
    ...shape,
    requested_teams: shape.requested_teams.map(
      ({ type, organization_id, notification_setting, ...team }) => team,
    ),
    head: { ...shape.head, repo: from ? eventRepository(world, from) : null },
    base: { ...shape.base, repo: eventRepository(world, repository) },
  };
}

/** Payload of a `push`. */
export async function pushPayload(
  world: World,
  repository: GithubRepository,
  push: GitPush,
): Promise<Record<string, unknown>> {
  const { before, after } = push;
  const html = repositoryUrl(world, repository);
  const log = (limit: number, not?: string) =>
    after
      ? world.git.log(repository.fullName, after, { limit, not })
      : Promise.resolve([]);
  // Of a new branch, those that the default branch does not have.
  const base =
    before ??
    (push.ref === `refs/heads/${repository.defaultBranch}`
      ? undefined
      : await world.git.resolve(
          repository.fullName,
          `refs/heads/${repository.defaultBranch}`,
        ));
  const fresh = push.ref.startsWith('refs/heads/')
    ? (await log(MOST_COMMITS, base)).reverse()
    : [];
  // the newest of them is the head, unless the branch went back
  const head = fresh.at(-1) ?? (await log(1))[0];
  const sender = senderOf(world, head);
  const account = world.github.account(sender);
  const [described, forced] = await Promise.all([
    Promise.all(fresh.map(commit => pushCommit(world, repository, commit))),
    isForced(world, repository, push, fresh),
  ]);
  return {
    ref: push.ref,
    before: before ?? NONE,
    after: after ?? NONE,
    created: !before,
    deleted: !after,
    forced,
    base_ref: null,
    compare:
      before && after
        ? `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`
        : `${html}/compare/${push.ref.replace(/^refs\/(heads|tags)\//, '')}`,
    commits: described,
    head_commit:
      described.at(-1) ??
      (head ? await pushCommit(world, repository, head) : null),
    pusher: { name: sender, email: account?.email ?? null },
    ...common(world, repository, sender),
  };
}

/** Whether a ref was moved to where its old commit is not in the history. */
async function isForced(
  world: World,
  repository: GithubRepository,
  { before, after }: GitPush,
  fresh: GitCommitInfo[],
): Promise<boolean> {
  if (!before || !after) return false;
  // most pushes stand on what was there, and that can be seen without git
  if (fresh.some(({ parents }) => parents.includes(before))) return false;
  return !(await isAncestor(world, repository, before, after));
}

/** Payload of a `create` or `delete` of a branch or tag. */
export async function refPayload(
  world: World,
  repository: GithubRepository,
  push: GitPush,
): Promise<Record<string, unknown>> {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(push.ref)!;
  const [head] = push.after
    ? await world.git.log(repository.fullName, push.after, { limit: 1 })
    : [];
  return {
    ref: name,
    ref_type: kind === 'heads' ? 'branch' : 'tag',
    ...(push.after
      ? {
          master_branch: repository.defaultBranch,
          description: repository.description ?? null,
        }
      : {}),
    pusher_type: 'user',
    ...common(world, repository, senderOf(world, head)),
  };
}

/** Git does not say who pushed: who wrote the newest commit is taken for it. */
function senderOf(world: World, head: GitCommitInfo | undefined): string {
  const account =
    head &&
    (world.github.accountByEmail(head.committer.email) ??
      world.github.accountByEmail(head.author.email));
  return account?.login ?? 'fairway-portal';
}

async function pushCommit(
  world: World,
  repository: GithubRepository,
  commit: GitCommitInfo,
) {
  const files = await changedNames(
    world,
    repository,
    commit.parents[0] ?? EMPTY_TREE,
    commit.sha,
  );
  const named = (...statuses: string[]) =>
    files
      .filter(({ status }) => statuses.includes(status))
      .map(({ filename }) => filename);
  const person = ({ name, email }: { name: string; email: string }) => {
    const login = world.github.accountByEmail(email)?.login;
    return { name, email, ...(login ? { username: login } : {}) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: commitShape(world, repository, commit).html_url,
    author: person(commit.author),
    committer: person(commit.committer),
    added: [
      ...named('added'),
      ...files.flatMap(file => (file.previous_filename ? file.filename : [])),
    ],
    removed: [
      ...named('removed'),
      ...files.flatMap(file => file.previous_filename ?? []),
    ],
    modified: named('modified', 'changed'),
  };
}
