import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { enforceProtection } from '../../world/protection';
import { runGit } from '../../world/runGit';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { accountOfToken, RepositoryParams, tokenOf } from './context';
import { runHttpBackend } from './httpBackend';
import { wordRefusals } from './pushRefusals';

const SERVICES = ['git-upload-pack', 'git-receive-pack'];

/**
 * Clone, fetch and push over HTTP, answered by git's own `git http-backend`.
 * All repositories ask for a token, as private ones do on GitHub.
 *
 * @see https://git-scm.com/docs/git-http-backend
 */
export function gitHttpRoutes(server: FastifyInstance, world: World): void {
  // Packs can be large: they are piped to git, not read into memory.
  for (const service of SERVICES) {
    server.addContentTypeParser(
      `application/x-${service}-request`,
      (_request, payload, done) => done(null, payload),
    );
  }

  server.get('/:owner/:repo/info/refs', async (request, reply) => {
    const { service } = request.query as { service?: string };
    if (!SERVICES.includes(String(service))) {
      throw new HttpError(
        403,
        'Please upgrade your git client.\nGitHub.com no longer supports git over dumb-http',
      );
    }
    return serve(world, request, reply, 'info/refs');
  });
  for (const service of SERVICES) {
    server.post(`/:owner/:repo/${service}`, async (request, reply) =>
      serve(world, request, reply, service),
    );
  }
}

async function serve(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
  service: string,
): Promise<FastifyReply> {
  const { owner, repo } = request.params as RepositoryParams;
  const token = tokenOf(request.headers.authorization);
  const account = token && accountOfToken(world, token);
  if (!account) {
    throw new HttpError(
      401,
      token
        ? 'Invalid username or token.'
        : 'Repository not found or you have to sign in.',
      {},
      { 'www-authenticate': 'Basic realm="GitHub"' },
    );
  }
  const name = `${owner}/${repo.replace(/\.git$/, '')}`;
  const moved = world.github.renamedRepository(name);
  if (moved) {
    return reply.redirect(
      `${world.urls.github}/${moved.fullName}.git${request.url.slice(
        `/${owner}/${repo}`.length,
      )}`,
      301,
    );
  }
  const repository = world.github.repository(name);
  if (!repository || !world.git.has(repository.fullName)) {
    throw new HttpError(404, 'Repository not found.');
  }
  if (request.url.includes('git-receive-pack')) {
    enforceProtection(world, repository, account.login);
  }
  if (service === 'info/refs' && asksForCapabilities(request)) {
    return reply
      .header('cache-control', 'no-cache, max-age=0, must-revalidate')
      .type('application/x-git-upload-pack-advertisement')
      .send(await readCapabilities(world.git.path(repository.fullName)));
  }
  const pushes = service === 'git-receive-pack';
  const { failure, finish } = await runHttpBackend(
    {
      root: world.git.root,
      repository: repository.fullName,
      service,
      login: account.login,
      // What a push is answered with is small, and is read before it goes on.
      rewrite: pushes ? wordRefusals : undefined,
    },
    request,
    reply,
  );
  if (pushes) {
    repository.updatedAt = world.clock.now().toISOString();
    world.github.save();
    await world.git.sync(repository.fullName);
  }
  if (failure) {
    world.report(`${request.method} ${request.url}`, failure);
  }
  finish();
  return reply;
}

/** In version 2 the first answer tells what the server can do, and nothing of the repository. */
function asksForCapabilities({ query, headers }: FastifyRequest): boolean {
  const { service } = query as { service?: string };
  return (
    service === 'git-upload-pack' &&
    /(^|:)version=2(:|$)/.test(String(headers['git-protocol']))
  );
}

let capabilities: Promise<Buffer> | undefined;

/**
 * What git can do here, as it says it of any of our repositories: they are all
 * configured alike, so one process answers for every fetch to come.
 *
 * @see https://git-scm.com/docs/gitprotocol-v2#_capability_advertisement
 */
function readCapabilities(path: string): Promise<Buffer> {
  capabilities ??= runGit(['upload-pack', '--http-backend-info-refs', path], {
    env: { GIT_PROTOCOL: 'version=2' },
  }).catch(error => {
    capabilities = undefined;
    throw error;
  });
  return capabilities;
}
