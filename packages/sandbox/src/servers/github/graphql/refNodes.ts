import { GithubRepository } from '../../../world/github/githubTypes';
import { GitRef } from '../../../world/types';
import { nodeId } from '../shapes';
import { GraphContext, GraphNode } from './context';
import { objectNode } from './gitNodes';
import {
  pullConnection,
  PullFilter,
  pullsOfBranch,
  repositoryNode,
} from './repositoryNodes';

/** `Ref` of the schema. The name is what follows the prefix. */
export function refNode(
  graph: GraphContext,
  repository: GithubRepository,
  ref: GitRef,
  asked?: string,
): GraphNode {
  const [, usual] = /^(refs\/[^/]+\/)/.exec(ref.name) ?? [];
  const prefix = asked?.endsWith('/') ? asked : usual ?? 'refs/';
  const branch = ref.name.replace(/^refs\/heads\//, '');
  return {
    __typename: 'Ref',
    id: nodeId('Ref', `${repository.id}:${ref.name}`),
    name: ref.name.slice(prefix.length),
    prefix,
    repository: () => repositoryNode(graph, repository),
    target: () => objectNode(graph, repository, ref.object),
    associatedPullRequests: (args: PullFilter) =>
      pullConnection(
        graph,
        repository,
        'associatedPullRequests',
        pullsOfBranch(graph, repository, branch),
        args,
      ),
  };
}
