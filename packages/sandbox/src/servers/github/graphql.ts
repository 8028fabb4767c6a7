import { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RefMovedError } from '../../world/BareGitStore';
import { pushRefusal } from '../../world/protection';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { actorOf, bodyOf, repositoryNamed } from './context';
import { nodeId, repositoryUrl } from './shapes';

const requestSchema = z.looseObject({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});
const commitInputSchema = z.object({
  branch: z.object({
    repositoryNameWithOwner: z.string(),
    branchName: z.string(),
  }),
  message: z.object({ headline: z.string(), body: z.string().nullish() }),
  fileChanges: z
    .object({
      additions: z
        .array(z.object({ path: z.string(), contents: z.string() }))
        .nullish(),
      deletions: z.array(z.object({ path: z.string() })).nullish(),
    })
    .nullish(),
  expectedHeadOid: z.string(),
});

/**
 * The GraphQL operations that Backstage sends: `createCommitOnBranch`,
 * `viewer`, and `repository` with `associatedPullRequests` of a commit. This
 * is no GraphQL engine: any other operation is answered with an error.
 */
export function graphqlRoutes(server: FastifyInstance, world: World): void {
  const refuse = (type: string, message: string) => ({
    data: null,
    errors: [{ type, message, path: [], locations: [{ line: 1, column: 1 }] }],
  });

  server.post('/api/graphql', async request => {
    const actor = actorOf(world, request);
    const { query, variables } = bodyOf(request, requestSchema);
    if (/\bcreateCommitOnBranch\b/.test(query)) {
      const parsed = commitInputSchema.safeParse(variables?.input);
      if (!parsed.success) {
        return refuse('INVALID', z.prettifyError(parsed.error));
      }
      const { branch, message, fileChanges, expectedHeadOid } = parsed.data;
      const [owner, repo] = branch.repositoryNameWithOwner.split('/');
      const name = branch.branchName.replace(/^refs\/heads\//, '');
      let repository;
      try {
        repository = repositoryNamed(world, owner, repo ?? '');
      } catch (error) {
        return refuse(
          'NOT_FOUND',
          `Could not resolve to a Repository with the name '${branch.repositoryNameWithOwner}'.`,
        );
      }
      const refusal = pushRefusal(repository, name, actor.login);
      if (refusal) {
        return refuse('BRANCH_PROTECTION_RULE_VIOLATION', refusal);
      }
      try {
        const oid = await world.git.commit(repository.fullName, {
          branch: name,
          message: message.body
            ? `${message.headline}\n\n${message.body}`
            : message.headline,
          author: {
            name: actor.name ?? actor.login,
            email: actor.email ?? `${actor.login}@users.noreply.github.com`,
          },
          files: [
            ...(fileChanges?.deletions ?? []).map(({ path }) => ({
              path,
              content: undefined,
            })),
            ...(fileChanges?.additions ?? []).map(({ path, contents }) => ({
              path,
              content: Buffer.from(contents, 'base64'),
            })),
          ],
          expectedHead: expectedHeadOid,
        });
        return {
          data: {
            createCommitOnBranch: {
              clientMutationId: null,
              commit: {
                oid,
                url: `${repositoryUrl(world, repository)}/commit/${oid}`,
              },
              ref: { name, id: nodeId('Ref', `${repository.id}:${name}`) },
            },
          },
        };
      } catch (error) {
        if (error instanceof RefMovedError) {
          return refuse(
            'STALE_DATA',
            `Expected branch to point to "${expectedHeadOid}" but it did not. Pull and try again (expectedHeadOid).`,
          );
        }
        throw error;
      }
    }
    if (/\bviewer\b/.test(query)) {
      return {
        data: {
          viewer: { login: actor.login, id: nodeId('User', actor.id) },
        },
      };
    }
    if (/\bassociatedPullRequests\b/.test(query)) {
      const { owner, repo, name, sha, oid, expression } = (variables ??
        {}) as Record<string, string | undefined>;
      const repository = world.github.repository(`${owner}/${repo ?? name}`);
      if (!repository) {
        return refuse(
          'NOT_FOUND',
          `Could not resolve to a Repository with the name '${owner}/${
            repo ?? name
          }'.`,
        );
      }
      const commit = sha ?? oid ?? expression;
      const nodes = repository.pulls
        .filter(
          pull => pull.mergeCommitSha === commit || pull.headSha === commit,
        )
        .map(pull => {
          const url = `${repositoryUrl(world, repository)}/pull/${pull.number}`;
          return {
            number: pull.number,
            title: pull.title,
            url,
            permalink: url,
            merged: Boolean(pull.mergedAt),
            mergedAt: pull.mergedAt ?? null,
            author: { login: pull.user },
          };
        });
      const object = { associatedPullRequests: { nodes } };
      return { data: { repository: { object, commit: object } } };
    }
    return refuse(
      'undefinedField',
      'The sandbox serves createCommitOnBranch, viewer and associatedPullRequests only',
    );
  });

  server.get('/api/graphql', async request => {
    actorOf(world, request);
    throw new HttpError(
      404,
      'The sandbox does not serve the GraphQL schema; send queries by POST',
    );
  });
}
