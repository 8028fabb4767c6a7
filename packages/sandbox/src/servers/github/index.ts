import { createHash } from 'node:crypto';
import { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimitResource } from '../../world/github/GithubRateLimit';
import { World } from '../../world/types';
import { createServer } from '../createServer';
import { accountRoutes } from './accounts';
import { activityPageRoutes } from './activityPages';
import { actionsRoutes, logRoutes } from './actions';
import { branchRoutes } from './branches';
import { commitRoutes } from './commits';
import { compareRoutes } from './compare';
import { deploymentRoutes } from './deployments';
import { settingsRoutes } from './settings';
import { statusRoutes } from './statuses';
import { contentsRoutes } from './contents';
import { actorOf, GithubContext } from './context';
import { downloadRoutes } from './downloads';
import { forkRoutes } from './forks';
import { gitDataRoutes } from './gitData';
import { gitHttpRoutes } from './gitHttp';
import { gitRefRoutes } from './gitRefs';
import { graphqlRoutes } from './graphql/index';
import { hookRoutes } from './hooks';
import { deliverWebhooks } from './webhookDelivery';
import { pageRoutes } from './pages';
import { pullConversationRoutes } from './pullConversation';
import { pullMergeRoutes } from './pullMerge';
import { pullOpeningRoutes } from './pullOpening';
import { pullReviewRoutes } from './pullReviews';
import { pullRoutes } from './pulls';
import { limitCalls, secondaryLimit } from './rateLimit';
import { repositoryRoutes } from './repositories';
import { searchRoutes } from './search';

const DOCS = 'https://docs.github.com/rest';

/** What the secondary limit asks for when nothing else is told. */
const SECONDS_TO_WAIT = 60;

/** Repositories can be asked for by id, which is where a renamed one is moved to. */
function byName(world: World, url: string): string {
  const [, id, rest] =
    /^\/api\/v3\/repositories\/(\d+)([/?].*)?$/.exec(url) ?? [];
  const repository = id ? world.github.repositoryById(Number(id)) : undefined;
  return repository ? `/api/v3/repos/${repository.fullName}${rest ?? ''}` : url;
}

/** Searches are counted apart from all other calls. */
function resourceOf({ url }: FastifyRequest): RateLimitResource {
  if (url.startsWith('/api/v3/search/code')) {
    return 'code_search';
  }
  return url.startsWith('/api/v3/search/') ? 'search' : 'core';
}

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
    rewriteUrl: url => byName(world, url),
    // @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    throttled: request =>
      secondaryLimit(world.clock.now(), request.id, SECONDS_TO_WAIT),
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

  server.register(
    async api => {
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
        reply.headers({
          'x-github-media-type': 'github.v3; format=json',
          'x-github-request-id': request.id,
          'x-github-api-version-selected': '2022-11-28',
        });
        return body;
      });
      // After the tags of replies, so that it sees which are "not modified".
      limitCalls(api, world, resourceOf);

      const context: GithubContext = { world, api };
      api.get('/rate_limit', async request => {
        const { login } = actorOf(world, request);
        const read = (resource: RateLimitResource) => {
          const { limit, used, remaining, reset } = world.github.rateLimit.read(
            login,
            resource,
            world.clock.now(),
          );
          return { limit, used, remaining, reset };
        };
        return {
          resources: {
            core: read('core'),
            graphql: read('graphql'),
            search: read('search'),
            code_search: read('code_search'),
          },
          rate: read('core'),
        };
      });
      api.get('/meta', async () => ({
        verifiable_password_authentication: false,
      }));
      accountRoutes(context);
      repositoryRoutes(context);
      forkRoutes(context);
      searchRoutes(context);
      contentsRoutes(context);
      commitRoutes(context);
      compareRoutes(context);
      statusRoutes(context);
      settingsRoutes(context);
      deploymentRoutes(context);
      gitDataRoutes(context);
      gitRefRoutes(context);
      branchRoutes(context);
      actionsRoutes(context);
      pullRoutes(context);
      pullOpeningRoutes(context);
      pullReviewRoutes(context);
      pullConversationRoutes(context);
      pullMergeRoutes(context);
      hookRoutes(context);
    },
    { prefix: '/api/v3' },
  );
  graphqlRoutes(server, world);
  gitHttpRoutes(server, world);
  logRoutes(server, world);
  pageRoutes(server, world);
  activityPageRoutes(server, world);
  downloadRoutes(server, world);
  deliverWebhooks(world);
  return server;
}
