import {
  CheckRun,
  CommitStatus,
  GithubRepository,
} from '../../../world/github/githubTypes';
import {
  combinedState,
  latestByContext,
  stateOfCheck,
} from '../../../world/github/commitStatuses';
import { protectionOf } from '../../../world/protection';
import { nodeId, repositoryUrl } from '../shapes';
import { userNode } from './accountNodes';
import { connection, PageArguments } from './connection';
import { GraphContext, GraphNode } from './context';
import { graphqlError } from './errors';
import { commitNode } from './gitNodes';
import { repositoryNode } from './repositoryNodes';

/** `Status` of a commit: its statuses without check runs; null when it has none. */
export function statusNode(
  graph: GraphContext,
  repository: GithubRepository,
  sha: string,
): GraphNode | null {
  const statuses = latestByContext(repository, sha);
  return statuses.length
    ? {
        id: nodeId('Status', `${repository.id}:${sha}`),
        commit: () => commitNode(graph, repository, sha),
        state: combinedState(statuses.map(({ state }) => state)).toUpperCase(),
        contexts: () =>
          statuses.map(status => contextNode(graph, repository, status)),
        combinedContexts: (args: PageArguments) =>
          contexts(graph, repository, sha, 'combinedContexts', args),
      }
    : null;
}

/** `StatusCheckRollup` of a commit: statuses and check runs; null when it has neither. */
export function rollupNode(
  graph: GraphContext,
  repository: GithubRepository,
  sha: string,
): GraphNode | null {
  const states = [
    ...latestByContext(repository, sha).map(({ state }) => state),
    ...latestChecks(repository, sha).map(stateOfCheck),
  ];
  return states.length
    ? {
        id: nodeId('StatusCheckRollup', `${repository.id}:${sha}`),
        commit: () => commitNode(graph, repository, sha),
        state: combinedState(states).toUpperCase(),
        contexts: (args: PageArguments) =>
          contexts(graph, repository, sha, 'contexts', args),
      }
    : null;
}

/** The newest check run of each name. */
function latestChecks(repository: GithubRepository, sha: string): CheckRun[] {
  return [
    ...new Map(
      repository.checkRuns
        .filter(run => run.headSha === sha)
        .map(run => [run.name, run]),
    ).values(),
  ];
}

function contexts(
  graph: GraphContext,
  repository: GithubRepository,
  sha: string,
  name: string,
  args: PageArguments,
) {
  return connection(
    name,
    args,
    [
      ...latestChecks(repository, sha).map(run =>
        checkNode(graph, repository, run),
      ),
      ...latestByContext(repository, sha).map(status =>
        contextNode(graph, repository, status),
      ),
    ],
    node => node,
  );
}

/** Whether a pull request cannot be merged without a context. */
function required(repository: GithubRepository, context: string) {
  return ({ pullRequestNumber }: { pullRequestNumber?: number | null }) => {
    if (typeof pullRequestNumber !== 'number') {
      throw graphqlError(
        'UNPROCESSABLE',
        'Either pullRequestId or pullRequestNumber must be specified.',
      );
    }
    const pull = repository.pulls.find(
      ({ number }) => number === pullRequestNumber,
    );
    const rules = pull && protectionOf(repository, pull.base);
    return Boolean(rules?.requiredStatusChecks?.contexts.includes(context));
  };
}

function contextNode(
  graph: GraphContext,
  repository: GithubRepository,
  status: CommitStatus,
): GraphNode {
  const creator = graph.world.github.account('fairway-portal');
  return {
    __typename: 'StatusContext',
    id: nodeId('StatusContext', status.id),
    context: status.context,
    state: status.state.toUpperCase(),
    description: status.description ?? null,
    targetUrl: status.targetUrl ?? null,
    createdAt: status.createdAt,
    creator: () => (creator ? userNode(graph, creator) : null),
    isRequired: required(repository, status.context),
  };
}

function checkNode(
  graph: GraphContext,
  repository: GithubRepository,
  run: CheckRun,
): GraphNode {
  const path = `/${repository.fullName}/runs/${run.id}`;
  const url =
    run.detailsUrl ??
    `${repositoryUrl(graph.world, repository)}/runs/${run.id}`;
  return {
    __typename: 'CheckRun',
    id: nodeId('CheckRun', run.id),
    databaseId: run.id,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    startedAt: run.startedAt,
    completedAt: run.completedAt ?? null,
    detailsUrl: run.detailsUrl ?? null,
    externalId: run.externalId ?? null,
    title: run.title ?? null,
    summary: run.summary ?? null,
    url,
    permalink: url,
    resourcePath: path,
    repository: () => repositoryNode(graph, repository),
    isRequired: required(repository, run.name),
  };
}
