import { FastifyInstance } from 'fastify';
import {
  buildSchema,
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  validate,
} from 'graphql';
import { World } from '../../../world/types';
import { HttpError, jsonBody } from '../../createServer';
import { actorOf } from '../context';
import { limitCalls } from '../rateLimit';
import { ACCOUNT_TYPES } from './accountsSchema';
import { COMMIT_TYPES } from './commitsSchema';
import { wordError } from './errors';
import { mutationRoot } from './mutations';
import { PULL_TYPES } from './pullsSchema';
import { queryRoot } from './query';
import { REPOSITORY_TYPES } from './repositoriesSchema';

/** The part of GitHub's public GraphQL schema that is served, in GraphQL's schema language. */
export const GITHUB_SCHEMA = [
  ACCOUNT_TYPES,
  REPOSITORY_TYPES,
  COMMIT_TYPES,
  PULL_TYPES,
].join('\n');

const schema = buildSchema(GITHUB_SCHEMA);

/**
 * GitHub's GraphQL API at `/api/graphql`, where Octokit looks for it when REST
 * is below `/api/v3`. Errors come with status 200, as GitHub sends them.
 *
 * @see https://docs.github.com/graphql
 */
export function graphqlRoutes(server: FastifyInstance, world: World): void {
  server.register(async api => {
    limitCalls(api, world, () => 'graphql');

    api.post('/api/graphql', async request => {
      const actor = actorOf(world, request);
      const body = jsonBody(request) as Record<string, unknown> | null;
      const { query, variables, operationName } = body ?? {};
      if (typeof query !== 'string') {
        return {
          errors: [
            {
              message:
                'A query attribute must be specified and must be a string.',
            },
          ],
        };
      }
      if (
        variables !== undefined &&
        variables !== null &&
        (typeof variables !== 'object' || Array.isArray(variables))
      ) {
        throw new HttpError(400, 'variables must be a JSON object');
      }
      let document;
      try {
        document = parse(query, { maxTokens: 20_000 });
      } catch (error) {
        return { errors: [wordError(error as GraphQLError)] };
      }
      const invalid = validate(schema, document);
      if (invalid.length) {
        return { errors: invalid.map(wordError) };
      }
      const name =
        typeof operationName === 'string' ? operationName : undefined;
      const graph = { world, actor };
      const operation = getOperationAST(document, name);
      const { data, errors } = await execute({
        schema,
        document,
        rootValue:
          operation?.operation === 'mutation'
            ? mutationRoot(graph)
            : queryRoot(graph),
        contextValue: graph,
        variableValues: variables as Record<string, unknown> | undefined,
        operationName: name,
      });
      for (const { originalError } of errors ?? []) {
        if (originalError && !(originalError instanceof GraphQLError)) {
          world.report('github POST /api/graphql', originalError);
        }
      }
      return {
        ...(data === undefined ? {} : { data }),
        ...(errors?.length ? { errors: errors.map(wordError) } : {}),
      };
    });

    api.get('/api/graphql', async request => {
      actorOf(world, request);
      throw new HttpError(
        404,
        'The schema is not downloadable here; ask for it by an introspection query.',
      );
    });
  });
}
