import { RefMovedError } from '../../../world/RefBook';
import { personOf } from '../../../world/github/mergeMethods';
import { pushRefusals } from '../../../world/protection';
import { GitError } from '../../../world/runGit';
import { validPath } from '../contents';
import { nodeId } from '../shapes';
import { GraphContext, GraphNode } from './context';
import { graphqlError } from './errors';
import { commitNode } from './gitNodes';
import { threadNode } from './pullNodes';
import { refNode } from './refNodes';
import { repositoryNamed } from './query';

interface CreateCommitInput {
  clientMutationId?: string | null;
  branch: {
    id?: string | null;
    repositoryNameWithOwner?: string | null;
    branchName?: string | null;
  };
  message: { headline: string; body?: string | null };
  fileChanges?: {
    additions?: Array<{ path: string; contents: string }> | null;
    deletions?: Array<{ path: string }> | null;
  } | null;
  expectedHeadOid: string;
}

/** `Mutation` of the schema. */
export function mutationRoot(graph: GraphContext): GraphNode {
  const resolve =
    (resolved: boolean) =>
    ({
      input,
    }: {
      input: { threadId: string; clientMutationId?: string | null };
    }) => {
      for (const repository of graph.world.github.repositories()) {
        for (const pull of repository.pulls) {
          const thread = pull.threads.find(
            ({ id }) =>
              nodeId('PullRequestReviewThread', id) === input.threadId,
          );
          if (thread) {
            thread.resolved = resolved;
            thread.resolvedBy = resolved ? graph.actor.login : undefined;
            graph.world.github.save();
            return {
              clientMutationId: input.clientMutationId ?? null,
              thread: threadNode(graph, repository, pull, thread),
            };
          }
        }
      }
      throw graphqlError(
        'NOT_FOUND',
        `Could not resolve to a node with the global id of '${input.threadId}'`,
      );
    };
  return {
    createCommitOnBranch: ({ input }: { input: CreateCommitInput }) =>
      createCommitOnBranch(graph, input),
    resolveReviewThread: resolve(true),
    unresolveReviewThread: resolve(false),
  };
}

async function createCommitOnBranch(
  graph: GraphContext,
  { branch, message, fileChanges, ...input }: CreateCommitInput,
) {
  const { world, actor } = graph;
  const { repository, name } = branchOf(graph, branch);
  const ref = () =>
    world.git
      .refs(repository.fullName)
      .find(candidate => candidate.name === `refs/heads/${name}`);
  if (!ref()) {
    throw graphqlError(
      'NOT_FOUND',
      `Could not resolve to a Ref with the name '${name}' on the repository '${repository.fullName}'.`,
    );
  }
  const [refusal] = pushRefusals(world, repository, name, actor.login);
  if (refusal) {
    throw graphqlError('BRANCH_PROTECTION_RULE_VIOLATION', refusal);
  }
  const additions = fileChanges?.additions ?? [];
  const deletions = fileChanges?.deletions ?? [];
  const bad = [...additions, ...deletions].find(({ path }) => !validPath(path));
  if (bad) {
    throw graphqlError(
      'UNPROCESSABLE',
      `A path was requested that is invalid: "${bad.path}"`,
    );
  }
  const head = ref()!.commit;
  if (head === input.expectedHeadOid) {
    for (const { path } of deletions) {
      if (
        (await world.git.readFile(repository.fullName, head, path)) ===
        undefined
      ) {
        throw graphqlError(
          'UNPROCESSABLE',
          `A path was requested for deletion which does not exist as of commit oid \`${head}\`: ${path}`,
        );
      }
    }
  }
  try {
    const oid = await world.git.commit(repository.fullName, {
      branch: name,
      message: message.body
        ? `${message.headline}\n\n${message.body}`
        : message.headline,
      author: personOf(actor),
      committer: { name: 'GitHub', email: 'noreply@github.com' },
      files: [
        ...deletions.map(({ path }) => ({ path, content: undefined })),
        ...additions.map(({ path, contents }) => ({
          path,
          content: Buffer.from(contents, 'base64'),
        })),
      ],
      expectedHead: input.expectedHeadOid,
    });
    repository.updatedAt = world.clock.now().toISOString();
    world.github.save();
    return {
      clientMutationId: input.clientMutationId ?? null,
      commit: () => commitNode(graph, repository, oid),
      ref: () => refNode(graph, repository, ref()!),
    };
  } catch (error) {
    if (error instanceof RefMovedError) {
      throw graphqlError(
        'STALE_DATA',
        `Expected branch to point to "${
          input.expectedHeadOid
        }" but it points to "${
          ref()?.commit
        }". Pull and try again (expectedHeadOid).`,
      );
    }
    if (error instanceof GitError) {
      throw graphqlError('UNPROCESSABLE', error.stderr.trim());
    }
    throw error;
  }
}

function branchOf(graph: GraphContext, branch: CreateCommitInput['branch']) {
  if (branch.id) {
    for (const repository of graph.world.github.repositories()) {
      const ref = graph.world.git
        .refs(repository.fullName)
        .find(
          ({ name }) => nodeId('Ref', `${repository.id}:${name}`) === branch.id,
        );
      if (ref) {
        return { repository, name: ref.name.replace(/^refs\/heads\//, '') };
      }
    }
    throw graphqlError(
      'NOT_FOUND',
      `Could not resolve to a node with the global id of '${branch.id}'`,
    );
  }
  if (!branch.repositoryNameWithOwner || !branch.branchName) {
    throw graphqlError(
      'UNPROCESSABLE',
      'Either the `id` or both `repositoryNameWithOwner` and `branchName` must be given.',
    );
  }
  const [owner, name = ''] = branch.repositoryNameWithOwner.split('/');
  return {
    repository: repositoryNamed(graph, owner, name),
    name: branch.branchName.replace(/^refs\/heads\//, ''),
  };
}
