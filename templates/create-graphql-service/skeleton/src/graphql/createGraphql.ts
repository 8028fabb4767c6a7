import { readFileSync } from 'node:fs';
import { costLimitPlugin } from '@escape.tech/graphql-armor-cost-limit';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { useDisableIntrospection } from '@graphql-yoga/plugin-disable-introspection';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import type { Config } from '../config.ts';
import type { Library } from '../library.ts';
import type { Metrics } from '../metrics.ts';
import { createLoaders, type Context } from './context.ts';
import { observeOperations } from './observeOperations.ts';
import { resolvers } from './resolvers.ts';

/** The schema, as the catalog shows it. */
export const typeDefs = readFileSync(
  new URL('../../schema.graphql', import.meta.url),
  'utf8',
);

/** What the server hands in with a request. */
interface ServerContext {
  req: FastifyRequest;
  reply: FastifyReply;
}

export interface GraphqlOptions {
  config: Config;
  library: Library;
  metrics: Metrics;
  /** As readOperations gives them. */
  operations: Map<string, string>;
}

/** Answers GraphQL at `/graphql`; what it may be asked is limited by the config. */
export function createGraphql(options: GraphqlOptions) {
  const { config, library, metrics, operations } = options;
  const onReject = [
    () => {
      metrics.operations.inc({ type: 'unknown', result: 'refused' });
    },
  ];
  return createYoga<ServerContext, Context>({
    schema: createSchema<Context & ServerContext>({ typeDefs, resolvers }),
    context: ({ req }) => ({
      library,
      loaders: createLoaders(library),
      log: req.log,
    }),
    graphqlEndpoint: '/graphql',
    graphiql: config.introspection,
    landingPage: false,
    multipart: false,
    // Browsers of other sites are none of its callers.
    cors: false,
    logging: false,
    // Only what a resolver tells on purpose reaches the caller.
    maskedErrors: { isDev: false },
    plugins: [
      usePersistedOperations({
        getPersistedOperation: (hash) => operations.get(hash) ?? null,
        allowArbitraryOperations: !config.persistedOnly,
      }),
      useDisableIntrospection({ isDisabled: () => !config.introspection }),
      maxDepthPlugin({ n: config.maxDepth, onReject }),
      costLimitPlugin({ maxCost: config.maxCost, onReject }),
      observeOperations(metrics),
    ],
  });
}
