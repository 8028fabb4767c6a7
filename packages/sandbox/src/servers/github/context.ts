import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { GITHUB_LOGIN, GITHUB_TOKEN } from '../../world/GithubState';
import {
  GithubAccount,
  GithubRepository,
} from '../../world/github/githubTypes';
import { World } from '../../world/types';
import { HttpError, jsonBody } from '../createServer';

/** Text as git and GitHub take it: without the character NUL. */
export const text = z
  .string()
  .refine(value => !value.includes('\0'), 'contains a NUL character');

/** What the route files share. */
export interface GithubContext {
  world: World;
  /** Server that answers below `/api/v3`; every call on it is signed in. */
  api: FastifyInstance;
}

/** Options that all routes of a repository have in their path. */
export interface RepositoryParams {
  owner: string;
  repo: string;
}

/**
 * Who a token belongs to: `sandbox-github-token` is the portal's machine user;
 * `sandbox-github-token-<login>` is any seeded person, so that a pull request
 * can have an author and another reviewer.
 */
export function accountOfToken(
  world: World,
  token: string,
): GithubAccount | undefined {
  if (token === GITHUB_TOKEN) {
    return world.github.account(GITHUB_LOGIN);
  }
  return token.startsWith(`${GITHUB_TOKEN}-`)
    ? world.github.account(token.slice(GITHUB_TOKEN.length + 1))
    : undefined;
}

/** The token of an Authorization header: `token x`, `Bearer x` or Basic with any user name. */
export function tokenOf(authorization: string | undefined): string | undefined {
  const [scheme, value] = (authorization ?? '').trim().split(/\s+/, 2);
  switch (scheme?.toLowerCase()) {
    case 'bearer':
    case 'token':
      return value;
    case 'basic': {
      const [user, ...password] = Buffer.from(value ?? '', 'base64')
        .toString('utf8')
        .split(':');
      // GitHub also takes a token as user name with any or no password.
      return password.join(':').startsWith(GITHUB_TOKEN)
        ? password.join(':')
        : user;
    }
    default:
      return undefined;
  }
}

/** The signed-in account of an API call. */
export function actorOf(world: World, request: FastifyRequest): GithubAccount {
  const token = tokenOf(request.headers.authorization);
  if (!token) {
    throw new HttpError(401, 'Requires authentication');
  }
  const account = accountOfToken(world, token);
  if (!account) {
    throw new HttpError(401, 'Bad credentials');
  }
  return account;
}

/** @throws HttpError - 301 or 307 to a repository's new name; 404, as GitHub says for what is absent or hidden. */
export function repositoryOf(
  world: World,
  request: FastifyRequest,
): GithubRepository {
  const { owner, repo } = request.params as RepositoryParams;
  const moved = world.github.renamedRepository(`${owner}/${repo}`);
  if (moved) {
    throw movedTo(world, moved, request);
  }
  return repositoryNamed(world, owner, repo);
}

/** GitHub's answer for a name that a repository had before: where it is now, for good. */
function movedTo(
  world: World,
  repository: GithubRepository,
  request: FastifyRequest,
): HttpError {
  const { owner, repo } = request.params as RepositoryParams;
  const api = request.url.startsWith('/api/v3/');
  const [path] = request.url.split(`/${owner}/${repo}`).slice(1);
  const url = api
    ? `${world.urls.github}/api/v3/repositories/${repository.id}${path ?? ''}`
    : `${world.urls.github}/${repository.fullName}${path ?? ''}`;
  return new HttpError(
    // What is not only read must keep its method.
    request.method === 'GET' || request.method === 'HEAD' ? 301 : 307,
    'Moved Permanently',
    { url },
    { location: url },
  );
}

/** @throws HttpError - 404 when there is none. */
export function repositoryNamed(
  world: World,
  owner: string,
  repo: string,
): GithubRepository {
  const repository = world.github.repository(`${owner}/${repo}`);
  if (!repository || !world.git.has(repository.fullName)) {
    throw new HttpError(404, 'Not Found');
  }
  return repository;
}

/** The one that an id of the path names. @throws HttpError - 404 when there is none. */
export function byId<T extends { id: number }>(items: T[], id: string): T {
  const found = items.find(item => item.id === Number(id));
  if (!found) {
    throw new HttpError(404, 'Not Found');
  }
  return found;
}

/**
 * Commit SHA of a branch, tag or SHA; the default branch when `ref` is empty.
 *
 * @throws HttpError - 409 when the repository is empty, 404 or the given status when there is no such ref.
 */
export async function commitOf(
  world: World,
  repository: GithubRepository,
  ref: string | undefined,
  missing: { status: number; message: string } = {
    status: 404,
    message: `No commit found for the ref ${ref}`,
  },
): Promise<string> {
  const wanted = ref || repository.defaultBranch;
  const sha = await world.git.resolve(repository.fullName, wanted);
  if (!sha) {
    if (world.git.refs(repository.fullName).length === 0) {
      throw new HttpError(409, 'Git Repository is empty.');
    }
    throw new HttpError(missing.status, missing.message);
  }
  return sha;
}

/**
 * The JSON body, checked.
 *
 * @throws HttpError - 400 when it is not a JSON object, 422 when a field is wrong.
 */
export function bodyOf<T extends z.ZodType>(
  request: FastifyRequest,
  schema: T,
): z.output<T> {
  const body = jsonBody(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpError(400, 'Body should be a JSON object');
  }
  return checked(body, schema);
}

/** @throws HttpError - 422 that names the first field that is wrong. */
export function checked<T extends z.ZodType>(
  value: unknown,
  schema: T,
): z.output<T> {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue.path.join('.') || 'body';
    const absent =
      issue.code === 'invalid_type' && issue.message.endsWith('undefined');
    throw new HttpError(
      422,
      absent
        ? `Invalid request.\n\n"${field}" wasn't supplied.`
        : `Invalid request.\n\nInvalid property /${field}: ${issue.message}.`,
    );
  }
  return result.data;
}

/** One page of a list, with the `Link` header that leads to the others. */
export function page<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  items: T[],
): T[] {
  const { number, size } = pageOf(request);
  const last = Math.max(1, Math.ceil(items.length / size));
  linkPages(request, reply, number, last);
  return items.slice((number - 1) * size, number * size);
}

/** Page number (from 1) and size (1-100, 30 unless told) that a call asks for. */
export function pageOf(request: FastifyRequest): {
  number: number;
  size: number;
} {
  const query = request.query as { page?: string; per_page?: string };
  const positive = (value: string | undefined, fallback: number) => {
    const parsed = Number.parseInt(String(value ?? ''), 10);
    return parsed > 0 ? parsed : fallback;
  };
  return {
    number: positive(query.page, 1),
    size: Math.min(100, positive(query.per_page, 30)),
  };
}

/** Sets `Link` with first, prev, next and last as they apply. */
export function linkPages(
  request: FastifyRequest,
  reply: FastifyReply,
  number: number,
  last: number,
): void {
  const url = (target: number) => {
    const { pathname, searchParams } = new URL(
      request.url,
      `http://${request.headers.host ?? 'localhost'}`,
    );
    searchParams.set('page', String(target));
    return `http://${request.headers.host}${pathname}?${searchParams}`;
  };
  const links = [
    ...(number > 1 ? [`<${url(number - 1)}>; rel="prev"`] : []),
    ...(number < last
      ? [`<${url(number + 1)}>; rel="next"`, `<${url(last)}>; rel="last"`]
      : []),
    ...(number > 1 ? [`<${url(1)}>; rel="first"`] : []),
  ];
  if (links.length) {
    reply.header('link', links.join(', '));
  }
}
