import { createHash } from 'node:crypto';
import { FastifyInstance } from 'fastify';
import { World } from '../../world/types';
import { createServer, HttpError } from '../createServer';
import { accountRoutes } from './accounts';
import { actionsRoutes } from './actions';
import { branchRoutes } from './branches';
import { commitRoutes } from './commits';
import { contentsRoutes } from './contents';
import { actorOf, GithubContext } from './context';
import { gitDataRoutes } from './gitData';
import { gitHttpRoutes } from './gitHttp';
import { graphqlRoutes } from './graphql';
import { deliverWebhooks, hookRoutes } from './hooks';
import { pageRoutes } from './pages';
import { pullRoutes } from './pulls';
import { repositoryRoutes } from './repositories';

const DOCS = 'https://docs.github.com/rest';

/** Calls an hour of a machine user of GitHub Enterprise Cloud. Counted, not enforced. */
const RATE_LIMIT = 15_000;

/**
 * GitHub: git over HTTP below `/<owner>/<repo>.git`, REST below `/api/v3`,
 * GraphQL at `/api/graphql`, and pages to read everywhere else.
 *
 * @see https://docs.github.com/rest
 */
export function createGithubServer(world: World): FastifyInstance {
  const server = createServer({
    upstream: 'github',
    world,
    bodyLimit: 128 * 1024 * 1024,
    throttled: () =>
      new HttpError(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        {
          documentationUrl:
            'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
        },
        { 'retry-after': '60' },
      ),
    error(error, request) {
      if (request && !request.url.startsWith('/api/')) {
        return { body: `${error.message}\n` };
      }
      const { documentationUrl, ...details } = error.details;
      return {
        body: {
          message: error.message,
          ...details,
          documentation_url: documentationUrl ?? DOCS,
          status: String(error.status),
        },
      };
    },
  });

  let hour = 0;
  let used = 0;
  const rateLimit = () => {
    const now = Math.floor(world.clock.now().getTime() / 3_600_000);
    if (now !== hour) {
      hour = now;
      used = 0;
    }
    return {
      limit: RATE_LIMIT,
      used,
      remaining: Math.max(0, RATE_LIMIT - used),
      reset: (hour + 1) * 3600,
      resource: 'core',
    };
  };

  server.register(
    async api => {
      api.addHook('onRequest', async request => {
        actorOf(world, request);
      });
      api.addHook('onSend', async (request, reply, payload) => {
        let body = payload;
        if (
          request.method === 'GET' &&
          reply.statusCode === 200 &&
          (typeof body === 'string' || Buffer.isBuffer(body))
        ) {
          const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`;
          reply.headers({
            etag,
            'cache-control': 'private, max-age=60, s-maxage=60',
            vary: 'Accept, Authorization',
          });
          const known = request.headers['if-none-match'];
          if (
            known
              ?.split(',')
              .some(
                candidate =>
                  candidate.trim().replace(/^W\//, '') === etag.slice(2),
              )
          ) {
            reply.code(304);
            body = '';
          }
        }
        // An answer "not modified" is free.
        used += reply.statusCode === 304 ? 0 : 1;
        for (const [name, value] of Object.entries(rateLimit())) {
          reply.header(`x-ratelimit-${name}`, String(value));
        }
        reply.headers({
          'x-github-media-type': 'github.v3; format=json',
          'x-github-request-id': request.id,
          'x-github-api-version-selected': '2022-11-28',
        });
        return body;
      });

      const context: GithubContext = { world, api };
      api.get('/rate_limit', async () => {
        const { limit, remaining, reset, used: spent } = rateLimit();
        const core = { limit, remaining, reset, used: spent };
        return { resources: { core, graphql: core, search: core }, rate: core };
      });
      api.get('/meta', async () => ({
        verifiable_password_authentication: false,
      }));
      accountRoutes(context);
      repositoryRoutes(context);
      contentsRoutes(context);
      commitRoutes(context);
      gitDataRoutes(context);
      branchRoutes(context);
      actionsRoutes(context);
      pullRoutes(context);
      hookRoutes(context);
    },
    { prefix: '/api/v3' },
  );
  graphqlRoutes(server, world);
  gitHttpRoutes(server, world);
  pageRoutes(server, world);
  deliverWebhooks(world);
  return server;
}
