import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { enforceProtection } from '../../world/protection';
import { gitEnvironment, runGit } from '../../world/runGit';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { accountOfToken, RepositoryParams, tokenOf } from './context';
import { wordRefusals } from './pushRefusals';

/** No push of a template or overlay takes longer; a hanging client must not hold a process. */
const LONGEST_MS = 120_000;

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

let backendPath: Promise<string> | undefined;

/** Where git keeps its CGI program. */
function httpBackend(): Promise<string> {
  backendPath ??= runGit(['--exec-path']).then(out =>
    join(out.toString().trim(), 'git-http-backend'),
  );
  return backendPath;
}

async function serve(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
  service: string,
) {
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
  const pushes = request.url.includes('git-receive-pack');
  if (pushes) {
    enforceProtection(world, repository, account.login);
  }

  const [, query = ''] = request.url.split('?');
  const body = request.method === 'POST' ? request.body : undefined;
  const environment: Record<string, string> = {
    GIT_PROJECT_ROOT: world.git.root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_HTTP_MAX_REQUEST_BUFFER: '100M',
    PATH_INFO: `/${repository.fullName}.git/${service}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: query,
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    REMOTE_USER: account.login,
    REMOTE_ADDR: request.ip,
    ...(request.headers['content-encoding']
      ? { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }
      : {}),
    ...(request.headers['content-length']
      ? { CONTENT_LENGTH: request.headers['content-length'] }
      : {}),
    ...(request.headers['git-protocol']
      ? { GIT_PROTOCOL: String(request.headers['git-protocol']) }
      : {}),
  };
  const child = spawn(await httpBackend(), [], {
    env: gitEnvironment(environment),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  timer.unref();

  reply.hijack();
  const { raw } = reply;
  const errors: Buffer[] = [];
  child.stderr.on('data', chunk => errors.push(chunk));
  child.stdin.on('error', () => {});
  raw.on('close', () => {
    if (!raw.writableFinished) {
      child.kill();
    }
  });

  if (body && typeof (body as NodeJS.ReadableStream).pipe === 'function') {
    (body as NodeJS.ReadableStream).pipe(child.stdin);
  } else {
    child.stdin.end(body instanceof Buffer ? body : undefined);
  }

  let head = Buffer.alloc(0);
  let headDone = false;
  // What a push is answered with is small, and is read before it goes on.
  const answer: Buffer[] | undefined =
    service === 'git-receive-pack' ? [] : undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    if (headDone) {
      if (answer) {
        answer.push(chunk);
      } else if (!raw.write(chunk)) {
        child.stdout.pause();
        raw.once('drain', () => child.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      headDone = true;
      writeHead(raw, head.subarray(0, end).toString('latin1'));
      if (answer) {
        answer.push(head.subarray(end + 4));
      } else {
        raw.write(head.subarray(end + 4));
      }
    }
  });

  const code = await new Promise<number | null>(resolve => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  clearTimeout(timer);
  if (pushes && service !== 'info/refs') {
    repository.updatedAt = world.clock.now().toISOString();
    world.github.save();
    await world.git.sync(repository.fullName);
  }
  if (!headDone) {
    if (!raw.destroyed) {
      world.report(
        `git http-backend ended with ${code} for ${request.method} ${request.url}`,
        Buffer.concat(errors).toString(),
      );
      raw.writeHead(500, { 'content-type': 'text/plain' });
      raw.end('git http-backend failed\n');
    }
    return;
  }
  raw.end(answer && wordRefusals(Buffer.concat(answer)));
}

/** Turns a CGI head into an HTTP one. */
function writeHead(raw: FastifyReply['raw'], head: string) {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const [name, ...rest] = line.split(':');
    const value = rest.join(':').trim();
    if (name.toLowerCase() === 'status') {
      status = Number.parseInt(value, 10);
    } else if (name) {
      headers[name.toLowerCase()] = value;
    }
  }
  raw.writeHead(status, headers);
}
