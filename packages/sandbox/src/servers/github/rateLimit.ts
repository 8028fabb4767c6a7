import { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimitResource } from '../../world/github/GithubRateLimit';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { actorOf } from './context';

const DOCS =
  'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';

/**
 * Refuses calls by the limits in force, counts the others, and says in headers
 * where the account stands. A reply "not modified" is free, and so is asking
 * for the limits.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function limitCalls(
  api: FastifyInstance,
  world: World,
  resourceOf: (request: FastifyRequest) => RateLimitResource,
): void {
  const { rateLimit } = world.github;
  const isFree = (request: FastifyRequest) =>
    /\/rate_limit(\?|$)/.test(request.url);
  const headers = (request: FastifyRequest) => {
    const { login } = actorOf(world, request);
    return Object.fromEntries(
      Object.entries(
        rateLimit.read(login, resourceOf(request), world.clock.now()),
      ).map(([name, value]) => [`x-ratelimit-${name}`, String(value)]),
    );
  };

  api.addHook('onRequest', async (request, reply) => {
    const { login, id } = actorOf(world, request);
    if (isFree(request)) {
      return undefined;
    }
    const now = world.clock.now();
    const resource = resourceOf(request);
    if (rateLimit.exhausted(login, resource, now)) {
      const message = `API rate limit exceeded for user ID ${id}. If you reach out to GitHub Support for help, please include the request ID ${
        request.id
      } and timestamp ${stamp(now)}.`;
      if (resource === 'graphql') {
        return reply.send({ errors: [{ type: 'RATE_LIMITED', message }] });
      }
      throw new HttpError(403, message, {
        documentationUrl:
          'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
      });
    }
    return undefined;
  });

  api.addHook('onSend', async (request, reply, payload) => {
    try {
      const { login } = actorOf(world, request);
      const now = world.clock.now();
      const resource = resourceOf(request);
      const refused = reply.statusCode === 403 || reply.statusCode === 429;
      if (
        reply.statusCode !== 304 &&
        !isFree(request) &&
        !(refused && rateLimit.exhausted(login, resource, now))
      ) {
        rateLimit.count(login, resource, now);
      }
      reply.headers(headers(request));
    } catch (error) {
      // Who is not signed in has no limits to be told of.
      if (!(error instanceof HttpError)) {
        throw error;
      }
    }
    return payload;
  });
}

/** What GitHub says to who calls too often or too much at once. */
export function secondaryLimit(
  now: Date,
  requestId: string,
  retryAfterSeconds: number,
): HttpError {
  return new HttpError(
    403,
    `You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID ${requestId} and timestamp ${stamp(
      now,
    )}.`,
    { documentationUrl: DOCS },
    { 'retry-after': String(retryAfterSeconds) },
  );
}

/** `2026-11-21 15:04:05 UTC` */
function stamp(now: Date): string {
  return `${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
