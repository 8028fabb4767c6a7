import { FastifyInstance, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { openOidcKeys } from '../../world/oidc/oidcKeys';
import { OidcStore } from '../../world/oidc/OidcStore';
import { World } from '../../world/types';
import { createServer, HttpError } from '../createServer';
import { createProvider, ProviderOptions } from './createProvider';
import { addInteractionRoutes } from './interactionRoutes';
import { errorPage } from './pages';

/**
 * The identity provider: OpenID Connect for the people of the seed, without
 * passwords. Its issuer is its own URL, so it must be known (`world.urls.oidc`)
 * before the first request.
 */
export function createOidcServer(
  world: World,
  options: Pick<ProviderOptions, 'accessTokenSeconds'> = {},
): FastifyInstance {
  const store = OidcStore.open(world);
  const server = createServer({
    upstream: 'oidc',
    world,
    error: oidcError,
    path: routeOf,
  });

  let provider: Promise<Provider> | undefined;
  const ready = () => {
    provider ??= openOidcKeys(world.dataDir).then(keys =>
      createProvider({
        ...options,
        issuer: world.urls.oidc,
        world,
        store,
        keys,
      }),
    );
    return provider;
  };

  addInteractionRoutes(server, world, ready);
  server.get('/', async (_request, reply) =>
    reply.redirect('/.well-known/openid-configuration'),
  );
  server.register(async scope => {
    // the provider reads bodies itself
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all('/*', async (request, reply) => {
      const handle = (await ready()).callback();
      reply.hijack();
      await handle(request.raw, reply.raw);
    });
  });
  return server;
}

/** What counters and faults know a request by: ids of interactions are left out. */
function routeOf(request: FastifyRequest): string {
  return request.url
    .split('?')[0]
    .replace(/^\/(interaction|auth)\/[^/]+/, '/$1/:uid');
}

function oidcError(error: HttpError, request?: FastifyRequest) {
  const code = error.status >= 500 ? 'server_error' : 'invalid_request';
  return request?.url.startsWith('/interaction/')
    ? {
        body: errorPage(code, error.message),
        contentType: 'text/html; charset=utf-8',
      }
    : { body: { error: code, error_description: error.message } };
}
