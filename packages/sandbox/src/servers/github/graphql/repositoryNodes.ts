import {
  GithubRepository,
  PullRequest,
} from '../../../world/github/githubTypes';
import { languagesOf } from '../../../world/github/languages';
import { headRepositoryOf } from '../../../world/github/pullRequests';
import { nodeId, repositoryUrl } from '../shapes';
import { accountNode } from './accountNodes';
import { connection, PageArguments } from './connection';
import { GraphContext, GraphNode } from './context';
import { graphqlError } from './errors';
import { objectNode } from './gitNodes';
import { pullNode } from './pullNodes';
import { refNode } from './refNodes';

/** Which pull requests a connection shows. */
export interface PullFilter extends PageArguments {
  states?: string[] | null;
  baseRefName?: string | null;
  headRefName?: string | null;
}

/** `Repository` of the schema. */
export function repositoryNode(
  graph: GraphContext,
  repository: GithubRepository,
): GraphNode {
  const { world } = graph;
  const { git, github } = world;
  const [owner, name] = repository.fullName.split('/');
  const html = repositoryUrl(world, repository);
  const ref = (qualifiedName: string) => {
    const found = git
      .refs(repository.fullName)
      .find(candidate =>
        [
          qualifiedName,
          `refs/${qualifiedName}`,
          `refs/heads/${qualifiedName}`,
          `refs/tags/${qualifiedName}`,
        ].includes(candidate.name),
      );
    return found ? refNode(graph, repository, found) : null;
  };
  const forks = () =>
    github.repositories().filter(({ parentId }) => parentId === repository.id);
  const switchOf = (key: string, fallback: boolean) =>
    Boolean(repository.settings[key] ?? fallback);
  return {
    __typename: 'Repository',
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name,
    nameWithOwner: repository.fullName,
    description: repository.description ?? null,
    homepageUrl: repository.homepage ?? null,
    url: html,
    resourcePath: `/${repository.fullName}`,
    sshUrl: `git@${new URL(html).hostname}:${repository.fullName}.git`,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.updatedAt,
    archivedAt: repository.archived ? repository.updatedAt : null,
    isArchived: repository.archived,
    isDisabled: false,
    isEmpty: !git.refs(repository.fullName).length,
    isFork: repository.parentId !== undefined,
    isLocked: false,
    isMirror: false,
    isPrivate: repository.private,
    isTemplate: switchOf('is_template', false),
    visibility: repository.private ? 'PRIVATE' : 'PUBLIC',
    diskUsage: git.refs(repository.fullName).length ? 64 : 0,
    stargazerCount: 0,
    viewerCanAdminister: true,
    viewerPermission: 'ADMIN',
    deleteBranchOnMerge: switchOf('delete_branch_on_merge', false),
    mergeCommitAllowed: switchOf('allow_merge_commit', true),
    squashMergeAllowed: switchOf('allow_squash_merge', true),
    rebaseMergeAllowed: switchOf('allow_rebase_merge', true),
    owner: () => accountNode(graph, github.account(owner)!),
    parent: () => {
      const parent =
        repository.parentId !== undefined &&
        github.repositoryById(repository.parentId);
      return parent ? repositoryNode(graph, parent) : null;
    },
    forkCount: () => forks().length,
    forks: (args: PageArguments) =>
      connection('forks', args, forks(), fork => repositoryNode(graph, fork)),
    defaultBranchRef: () => ref(`refs/heads/${repository.defaultBranch}`),
    ref: (args: { qualifiedName: string }) => ref(args.qualifiedName),
    refs: (
      args: PageArguments & { refPrefix: string; query?: string | null },
    ) =>
      connection(
        'refs',
        args,
        git
          .refs(repository.fullName)
          .filter(
            candidate =>
              candidate.name.startsWith(args.refPrefix) &&
              (!args.query ||
                candidate.name
                  .slice(args.refPrefix.length)
                  .includes(args.query)),
          ),
        found => refNode(graph, repository, found, args.refPrefix),
      ),
    object: (args: { expression?: string | null; oid?: string | null }) =>
      objectNode(graph, repository, args.oid ?? args.expression ?? ''),
    repositoryTopics: (args: PageArguments) =>
      connection('repositoryTopics', args, repository.topics, topic => ({
        __typename: 'RepositoryTopic',
        id: nodeId('RepositoryTopic', `${repository.id}:${topic}`),
        topic: { id: nodeId('Topic', topic), name: topic },
        resourcePath: `/topics/${topic}`,
        url: `${world.urls.github}/topics/${topic}`,
      })),
    languages: async (args: PageArguments) => {
      const languages = await languagesOf(world, repository);
      return {
        ...connection(
          'languages',
          args,
          languages,
          languageNode,
          ({ bytes }) => ({ size: bytes }),
        ),
        totalSize: languages.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
    primaryLanguage: async () => {
      const [first] = await languagesOf(world, repository);
      return first ? languageNode(first) : null;
    },
    pullRequest: ({ number }: { number: number }) => {
      const pull = repository.pulls.find(
        candidate => candidate.number === number,
      );
      if (!pull) {
        throw graphqlError(
          'NOT_FOUND',
          `Could not resolve to a PullRequest with the number of ${number}.`,
        );
      }
      return pullNode(graph, repository, pull);
    },
    pullRequests: (args: PullFilter) =>
      pullConnection(graph, repository, 'pullRequests', repository.pulls, args),
  };
}

/** Pull requests of a repository as a connection, filtered. */
export function pullConnection(
  graph: GraphContext,
  repository: GithubRepository,
  name: string,
  pulls: PullRequest[],
  args: PullFilter,
) {
  return connection(
    name,
    args,
    pulls.filter(
      pull =>
        (!args.states?.length || args.states.includes(pullState(pull))) &&
        (!args.baseRefName || args.baseRefName === pull.base) &&
        (!args.headRefName || args.headRefName === pull.head),
    ),
    pull => pullNode(graph, repository, pull),
  );
}

/** `PullRequestState` of the schema. */
export function pullState(pull: PullRequest): 'OPEN' | 'CLOSED' | 'MERGED' {
  if (pull.mergedAt) {
    return 'MERGED';
  }
  return pull.state === 'open' ? 'OPEN' : 'CLOSED';
}

/** Pull requests whose head is a branch, wherever they want to go. */
export function pullsOfBranch(
  graph: GraphContext,
  repository: GithubRepository,
  branch: string,
): PullRequest[] {
  return repository.pulls.filter(
    pull =>
      pull.head === branch &&
      headRepositoryOf(graph.world, repository, pull) === repository,
  );
}

function languageNode({
  name,
  color,
}: {
  name: string;
  color: string;
}): GraphNode {
  return { id: nodeId('Language', name), name, color };
}
