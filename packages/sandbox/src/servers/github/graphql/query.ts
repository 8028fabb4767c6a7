import { GithubRepository } from '../../../world/github/githubTypes';
import { nodeId } from '../shapes';
import {
  accountNode,
  organizationNode,
  teamNode,
  userNode,
} from './accountNodes';
import { GraphContext, GraphNode } from './context';
import { graphqlError } from './errors';
import { objectNode } from './gitNodes';
import { pullNode, threadNode } from './pullNodes';
import { refNode } from './refNodes';
import { repositoryNode } from './repositoryNodes';

/** @throws GraphQLError - NOT_FOUND, in GitHub's words. */
export function repositoryNamed(
  { world }: GraphContext,
  owner: string,
  name: string,
  followRenames = true,
): GithubRepository {
  const fullName = `${owner}/${name}`;
  const repository =
    world.github.repository(fullName) ??
    (followRenames ? world.github.renamedRepository(fullName) : undefined);
  if (!repository || !world.git.has(repository.fullName)) {
    throw graphqlError(
      'NOT_FOUND',
      `Could not resolve to a Repository with the name '${fullName}'.`,
    );
  }
  return repository;
}

/** `Query` of the schema. */
export function queryRoot(graph: GraphContext): GraphNode {
  const { world, actor } = graph;
  const { github } = world;
  const node = async ({ id }: { id: string }) => {
    const found = await nodeOf(graph, id);
    if (!found) {
      throw graphqlError(
        'NOT_FOUND',
        `Could not resolve to a node with the global id of '${id}'`,
      );
    }
    return found;
  };
  return {
    node,
    nodes: ({ ids }: { ids: string[] }) => ids.map(id => node({ id })),
    viewer: () => userNode(graph, actor),
    user: ({ login }: { login: string }) => {
      const account = github.account(login);
      if (account?.type !== 'User') {
        throw graphqlError(
          'NOT_FOUND',
          `Could not resolve to a User with the login of '${login}'.`,
        );
      }
      return userNode(graph, account);
    },
    organization: ({ login }: { login: string }) => {
      const account = github.account(login);
      if (account?.type !== 'Organization') {
        throw graphqlError(
          'NOT_FOUND',
          `Could not resolve to an Organization with the login of '${login}'.`,
        );
      }
      return organizationNode(graph, account);
    },
    repositoryOwner: ({ login }: { login: string }) => {
      const account = github.account(login);
      return account ? accountNode(graph, account) : null;
    },
    repository: (args: {
      owner: string;
      name: string;
      followRenames?: boolean | null;
    }) =>
      repositoryNode(
        graph,
        repositoryNamed(
          graph,
          args.owner,
          args.name,
          args.followRenames ?? true,
        ),
      ),
    rateLimit: () => {
      const window = github.rateLimit.read(
        actor.login,
        'graphql',
        world.clock.now(),
      );
      return {
        ...window,
        cost: 1,
        nodeCount: 0,
        resetAt: new Date(window.reset * 1000).toISOString(),
      };
    },
  };
}

/** The object that a global id names; undefined when there is none. */
async function nodeOf(
  graph: GraphContext,
  id: string,
): Promise<GraphNode | null | undefined> {
  const { github, git } = graph.world;
  const [, kind, rest] =
    /^(\w+):(.+)$/s.exec(Buffer.from(id, 'base64url').toString('utf8')) ?? [];
  switch (kind) {
    case 'User':
    case 'Organization': {
      const account = github
        .accounts()
        .find(candidate => candidate.id === Number(rest));
      return account && accountNode(graph, account);
    }
    case 'Repository': {
      const repository = github.repositoryById(Number(rest));
      return repository && repositoryNode(graph, repository);
    }
    case 'Team':
      for (const org of github.accounts()) {
        const team = github
          .teams(org.login)
          .find(candidate => candidate.id === Number(rest));
        if (team) {
          return teamNode(graph, team);
        }
      }
      return undefined;
    case 'PullRequest':
    case 'PullRequestReviewThread':
      for (const repository of github.repositories()) {
        for (const pull of repository.pulls) {
          if (nodeId('PullRequest', pull.id) === id) {
            return pullNode(graph, repository, pull);
          }
          const thread = pull.threads.find(
            candidate => nodeId('PullRequestReviewThread', candidate.id) === id,
          );
          if (thread) {
            return threadNode(graph, repository, pull, thread);
          }
        }
      }
      return undefined;
    case 'Commit':
    case 'Blob':
    case 'Tree':
    case 'Tag':
    case 'Ref': {
      const [repositoryId, name] = rest.split(/:(.*)/s);
      const repository = github.repositoryById(Number(repositoryId));
      if (repository && kind === 'Ref') {
        const ref = git
          .refs(repository.fullName)
          .find(candidate => candidate.name === name);
        return ref && refNode(graph, repository, ref);
      }
      return repository && objectNode(graph, repository, name);
    }
    default:
      return undefined;
  }
}
